/**
 * Whether a model may summarise: facts are planted in answers, the model summarises those, and what counts
 * is how many of the facts its summaries still hold, word by word.
 */
import { fold } from "../../core/folded.ts";
import type { RunTurn } from "../../core/turn.ts";
import planted from "./planted.json" with { type: "json" };
import { summarise } from "./write.ts";

/** Of the facts; a model that keeps fewer does not summarise. */
export const ENOUGH = 0.8;
/** Answers that are summarised together. */
const TOGETHER = 4;

export interface Kept {
  readonly kept: number;
  readonly of: number;
}

/** @param beside its model, and who waits; told how far it is, and asked before each piece */
export async function checkModel(
  run: RunTurn,
  model: string,
  beside: {
    readonly signal: AbortSignal;
    progress(done: number, total: number): void;
    turn(): Promise<void>;
  },
): Promise<Kept> {
  const groups = ["en", "es"].flatMap((lang) => {
    const own = planted.filter((one) => one.lang === lang);
    return Array.from({ length: Math.ceil(own.length / TOGETHER) }, (_, at) =>
      own.slice(at * TOGETHER, (at + 1) * TOGETHER),
    );
  });
  let kept = 0;
  let of = 0;
  for (const [at, group] of groups.entries()) {
    await beside.turn();
    const text = fold(
      await summarise(
        run,
        group.map(({ answer }) => answer),
        { model, signal: beside.signal },
      ),
    );
    for (const { facts } of group) {
      of += facts.length;
      kept += facts.filter((fact) => text.includes(fold(fact))).length;
    }
    beside.progress(at + 1, groups.length);
  }
  return { kept, of };
}
