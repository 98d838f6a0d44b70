/**
 * What a rater is shown next, and in which order: by chance from the study's seed and the rater's
 * name, so that raters differ, and one who comes back goes on.
 */
import { createHash } from "node:crypto";
import { random, shuffle } from "../../../core/statistics.ts";
import type { Rating, StudyBody } from "./study.ts";

/** What can be shown: a question with one answer or two. */
export type Shown = Pick<Rating, "place" | "systems" | "again">;

/** Of single answers, the share that is shown to the same rater twice. */
const TWICE = 0.2;

/**
 * @param texts of the answers, by question and system
 * @returns all that this rater is to rate; pairs without those whose answers are the same
 */
export function orderFor(
  { kind, seed }: Pick<StudyBody, "kind" | "seed">,
  rater: string,
  texts: readonly (readonly string[])[],
): Shown[] {
  const next = random(createHash("sha256").update(`${seed}\0${rater}`).digest().readUInt32BE());
  if (kind === "pairs") {
    const pairs = texts.flatMap((answers, place) =>
      combinations(answers)
        .filter(([a, b]) => answers[a]?.trim() !== answers[b]?.trim())
        .map(([a, b]) => ({ place, systems: next() < 0.5 ? [a, b] : [b, a], again: false })),
    );
    return shuffle(pairs, next);
  }
  const single = texts.flatMap((answers, place) =>
    answers.map((_, system) => ({ place, systems: [system], again: false })),
  );
  const once = shuffle(single, next);
  const twice = shuffle(single, next).slice(0, Math.round(single.length * TWICE));
  return [...once, ...twice.map((one) => ({ ...one, again: true }))];
}

/** Every two of them, by their places. */
export function combinations(list: readonly unknown[]): (readonly [number, number])[] {
  return list.flatMap((_, a) => list.slice(a + 1).map((_, b) => [a, a + 1 + b] as const));
}

/** Pairs of answers that are not shown, since there is nothing to compare. */
export const identical = (texts: readonly (readonly string[])[]): number =>
  texts.reduce((count, answers) => {
    const same = combinations(answers).filter(
      ([a, b]) => answers[a]?.trim() === answers[b]?.trim(),
    );
    return count + same.length;
  }, 0);
