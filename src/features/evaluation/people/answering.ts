/** Asks the systems of a study its questions: a job, system by system, so that each model loads once. */
import * as z from "zod";
import { CharlaError } from "../../../core/errors.ts";
import type { JobKind } from "../../../core/jobs.ts";
import type { RunTurn } from "../../../core/turn.ts";
import type { Message } from "../../../core/types.ts";
import type { Study, StudyStore } from "./store.ts";
import type { Answer } from "./study.ts";

const input = z.object({ study: z.string(), title: z.string() });
export type AnsweringInput = z.output<typeof input>;

export const answeringJob = (store: StudyStore, run: RunTurn): JobKind<AnsweringInput> => ({
  name: "evaluation.answers",
  lane: "compute",
  label: { en: "Answers for a study", es: "Respuestas para un estudio" },
  unit: "items",
  input,
  title: ({ title }) => title,
  same: ({ study }) => study,
  async run({ owner, input: { study: id }, signal, progress, turn }) {
    const study = await store.one(owner, id);
    const answers = await store.answers(study);
    const total = study.questions.length * study.systems.length;
    let done = answers.flat().filter(Boolean).length;
    progress(done, total);
    for (const system of study.systems.keys()) {
      for (const place of study.questions.keys()) {
        if (answers[place]?.[system]) continue;
        await turn();
        const said = await answered(run, study, place, system, signal);
        await store.keepAnswer(study, place, system, said);
        progress(++done, total);
      }
    }
  },
});

/**
 * What fails for good, as a question that is too long, is an answer that failed; what may pass ends
 * the job, which can be gone on with.
 *
 * @throws CharlaError that can be tried again; the signal's reason
 */
async function answered(
  run: RunTurn,
  { owner, questions, systems, maxTokens, seed }: Study,
  place: number,
  at: number,
  signal: AbortSignal,
): Promise<Answer> {
  const { model, adapter, prompt, temperature } = systems[at] as Study["systems"][number];
  const asked = questions[place]?.messages ?? [];
  const messages: Message[] = prompt ? [{ role: "system", content: prompt }, ...asked] : asked;
  const sampling = { temperature, topP: 0.9, maxTokens, seed };
  let text = "";
  try {
    const turn = { messages, sampling, model, origin: "evaluation", user: owner, signal };
    const how = adapter === undefined ? turn : { ...turn, extras: { adapter } };
    for await (const delta of run(how)) if (delta.type === "text") text += delta.text;
  } catch (thrown) {
    signal.throwIfAborted();
    const { retryable, status, code } = CharlaError.from(thrown);
    if (retryable || status >= 500) throw thrown;
    return { text: "", failed: code };
  }
  signal.throwIfAborted();
  return { text };
}
