/** What the workloads have in common. */

import { quantile, sum } from "../../src/core/statistics.ts";
import type { Bench } from "../contenders.ts";
import type { Answer, Row, System } from "../types.ts";

export interface Workload {
  readonly name: string;
  /** One sentence for the report. */
  readonly about: string;
  run(bench: Bench): Promise<Row[]>;
}

/** Refuses answers that are not whole. @throws Error with the first one's reason */
export function whole(answers: readonly Answer[]): readonly Answer[] {
  for (const { error, deltas } of answers) {
    if (error !== null) throw new Error(error);
    if (deltas.length === 0) throw new Error("an answer without text");
  }
  return answers;
}

/** Milliseconds from asking to the first piece of text. */
export const firstTokenMs = ({ began, deltas }: Answer): number =>
  (deltas[0] ?? Number.NaN) - began;

/** Tokens a second of answers that ran at the same time, from the first question to the last end. */
export function throughput(answers: readonly Answer[]): number {
  const began = Math.min(...answers.map((answer) => answer.began));
  const ended = Math.max(...answers.map(({ deltas }) => deltas.at(-1) ?? Number.NaN));
  return sum(answers.map(tokensOf)) / ((ended - began) / 1000);
}

/** What the system reports; the pieces that came where it reports nothing. */
export const tokensOf = ({ completionTokens, deltas }: Answer): number =>
  completionTokens ?? deltas.length;

/** Tokens a second of one answer after its first piece. */
export function decodeSpeed(answer: Answer): number {
  const { deltas } = answer;
  const seconds = ((deltas.at(-1) ?? Number.NaN) - (deltas[0] ?? Number.NaN)) / 1000;
  return (tokensOf(answer) - 1) / seconds;
}

/** Asks several questions of one size at once, each by a user of its own. */
export function askAtOnce(
  { prompts }: Bench,
  system: System,
  { chats, promptTokens, maxTokens }: { chats: number; promptTokens: number; maxTokens: number },
): Promise<Answer[]> {
  const questions = Array.from({ length: chats }, (_, n) => ({
    messages: prompts.question(promptTokens),
    ...{ promptTokens, maxTokens, user: `user-${n}` },
  }));
  return Promise.all(questions.map((question) => system.ask(question)));
}

/** A short answer instead of a whole trial, where there is nothing to choose and no time. */
export async function warmUp(bench: Bench, system: System): Promise<Record<string, number>> {
  whole(await askAtOnce(bench, system, { chats: 1, promptTokens: 64, maxTokens: 8 }));
  return {};
}

/** Says when a system wrote less than it was asked for: its figures then mean another work. */
export function complainOfShort(system: System, answers: readonly Answer[], asked: number): void {
  const short = answers.filter((answer) => tokensOf(answer) < asked);
  if (short.length === 0) return;
  const least = Math.round(quantile(short.map(tokensOf), 0));
  console.error(`  ${system.name}: ${short.length} answers are short, from ${least} of ${asked}`);
}
