/**
 * Makes summaries of answers that have left the window, in the background: one at a time, while nobody is
 * answered, and only with a model that has passed. What people have said themselves is never summarised.
 * What a restart loses is made after the next question.
 */
import type { Belongs, Intake } from "../../core/intake.ts";
import type { RunTurn } from "../../core/turn.ts";
import type { ModelCard } from "../../core/types.ts";
import { digestOf, type SummaryStore } from "./store.ts";
import { summarise } from "./write.ts";

/** Answers that have left the window of a chat. */
export interface Gone {
  readonly belongs: Belongs;
  readonly card: ModelCard;
  readonly answers: readonly string[];
}

/** Answers, and characters of them: fewer are not worth it. */
const LEAST = 3;
const LEAST_CHARACTERS = 1500;
/** Of the window, what is summarised at once may take; a token has so many characters or more. */
const SHARE = 0.5;
const CHARACTERS = 2.5;

interface Given {
  readonly store: SummaryStore;
  readonly run: RunTurn;
  readonly intake: Intake;
  /** Resolves when nobody who chats has to wait for it. */
  quiet(): Promise<void>;
}

export async function summariseGone(
  { store, run, intake, quiet }: Given,
  { belongs, card, answers }: Gone,
  signal: AbortSignal,
): Promise<void> {
  const { owner, conversation, privacy } = belongs;
  const model = card.digest ?? card.id;
  const may = (await store.checked()).some((one) => one.model === model && one.passed);
  if (!may) return;
  const covered = new Set((await store.of(owner, conversation)).flatMap((one) => one.answers));
  const open = answers.filter((answer) => answer !== "" && !covered.has(digestOf(answer)));
  const most = card.contextWindow * SHARE * CHARACTERS;
  const taken: string[] = [];
  let left = most;
  for (const answer of open) {
    left -= answer.length;
    if (left < 0 && taken.length > 0) break;
    taken.push(answer.slice(0, most));
  }
  const characters = taken.reduce((sum, { length }) => sum + length, 0);
  if (taken.length < LEAST || characters < Math.min(LEAST_CHARACTERS, most / 2)) return;
  await quiet();
  if (signal.aborted) return;
  const written = await summarise(run, taken, { model: card.id, signal });
  // A summary that is as long as what it stands for is none.
  if (written === "" || written.length >= characters || signal.aborted) return;
  const text = await intake({ owner, conversation, privacy, kind: "message", text: written });
  const stands = open.slice(0, taken.length).map(digestOf);
  await store.add(owner, conversation, {
    ...{ text, answers: stands, modelName: card.name, edited: false },
  });
}
