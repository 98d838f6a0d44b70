/**
 * A teacher's probabilities: at each token of the answers that are learned, its likeliest tokens, asked of the
 * engine once and kept beside the chats. Both models must cut texts alike, or a token is another one.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Engine } from "../../../core/engine.ts";
import type { Chat } from "../data/chat.ts";
import { labelOf } from "../data/provenance.ts";
import { digestOf } from "../digest.ts";
import { noFile } from "../errors.ts";
import type { Run, RunStore } from "../store.ts";
import type { Tools } from "../tools.ts";
import { converse, type Talk } from "../worker/conversation.ts";
import { noTeacher, otherVocabulary } from "./errors.ts";

/** Id of the chat; of each token of its answers, the likeliest with their logarithms, likeliest first. */
export const soft = z.object({
  id: z.string(),
  likely: z.array(z.array(z.tuple([z.int(), z.number()]))),
});
export type Soft = z.output<typeof soft>;

/** As many as an engine tells. */
const TOP = 20;
/** Tokens of answers that are asked of the teacher at most; the chats behind are learned word for word. */
const MOST = 250_000;
/** Known to the engine by this name. */
const ADAPTER = "teacher";

interface Task {
  /** What the worker is told of a run. */
  readonly task: object;
  /** Path of the file that learns. */
  readonly base: string;
  readonly home: string;
  readonly tools: Pick<Tools, "find" | "vocabulary" | "openAlone">;
}

/**
 * @returns the chats, each with what the teacher finds likely beside it as far as it was asked
 * @throws CharlaError `training_vocabulary`, `training_no_teacher`; the signal's reason
 */
export async function withLikely(
  store: RunStore,
  run: Run,
  chats: readonly Chat[],
  given: Task,
  talk: Talk,
): Promise<readonly (Chat & Partial<Soft>)[]> {
  const { teacher, model } = run.plan;
  if (run.plan.settings.soft === 0) return chats;
  if (!teacher) throw noTeacher();
  const found = await given.tools.find(teacher.model);
  if (!found) throw noFile(teacher.model);
  const [own, theirs] = [given.base, found.path].map((path) => given.tools.vocabulary(path));
  if ((await own) !== (await theirs)) throw otherVocabulary(labelOf(teacher), model);
  const known = new Map(await store.likely(run));
  const missing = chats.filter(({ id }) => !known.has(id));
  if (missing.length > 0) {
    const path = join(given.home, "models", "adapters", `${teacher.adapter}.gguf`);
    if (teacher.adapter !== undefined && !existsSync(path)) throw noFile(labelOf(teacher));
    const { signal } = talk;
    const adapter = teacher.adapter !== undefined && {
      adapter: { id: ADAPTER, path, digest: await digestOf(path, signal) },
    };
    const engine = await given.tools.openAlone(found.path, { ...adapter, signal });
    try {
      let tokens = [...known.values()].reduce((sum, { likely }) => sum + likely.length, 0);
      let place = known.size;
      const asked = { ...given.task, do: "tokens", train: missing, validation: [], test: [] };
      for await (const line of converse(asked, talk)) {
        if (line.type !== "tokens" || tokens > MOST) continue;
        await talk.turn();
        const likely = await likelyOf(engine, line, adapter ? ADAPTER : undefined, signal);
        if (likely.length === 0) continue;
        tokens += likely.length;
        const one = { id: line.id, likely };
        await store.keepLikely(run, place, one);
        known.set(one.id, one);
        place += 1;
      }
    } finally {
      await engine.close();
    }
  }
  return chats.map((chat) => ({ ...chat, ...known.get(chat.id) }));
}

interface Written {
  readonly tokens: readonly number[];
  readonly answer: readonly number[];
}

/** @returns of each token of the answers the likeliest; nothing where the engine does not tell */
export async function likelyOf(
  engine: Engine,
  { tokens, answer }: Written,
  adapter: string | undefined,
  signal: AbortSignal,
): Promise<Soft["likely"]> {
  if (!engine.scoreTokens) return [];
  // What every text begins with, the engine puts there itself.
  const opening = engine.openingTokens ?? 0;
  // The first token is foretold by nothing.
  const first = answer.findIndex((is, at) => is === 1 && at > 0);
  if (first < 0) return [];
  const from = Math.max(first - opening, opening > 0 ? 0 : 1);
  const options = { from, top: TOP, yields: true, signal };
  const places = await engine.scoreTokens(tokens.slice(opening), {
    ...options,
    ...(adapter !== undefined && { adapter }),
  });
  return places.flatMap(({ top }, at) => {
    if (answer[at + from + opening] !== 1) return [];
    return [top.map(({ id, logprob }): [number, number] => [id, round(logprob ?? -99)])];
  });
}

const round = (value: number) => Math.round(value * 1e5) / 1e5;
