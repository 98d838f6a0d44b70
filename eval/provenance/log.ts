/**
 * What replays have found, a line of a file each, as soon as it is known: a run that is stopped goes on
 * where it was, and what is said of them can be said again by another rule.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Replayed } from "../../src/core/extras.ts";

export interface Line {
  /** Number of the answer. */
  readonly n: number;
  /** What it was computed again with. */
  readonly by: string;
  readonly honest: boolean;
  /** The text is not as it was written. */
  readonly edited?: boolean;
  readonly tokens: number;
  /** Of each token that would not have been taken: its index, and its distance. */
  readonly off: readonly (readonly [at: number, behind: number])[];
}

export type Places = readonly Pick<Replayed, "behind">[];

export const read = (path: string): readonly Line[] =>
  existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
    : [];

export function keep(
  path: string,
  line: Pick<Line, "n" | "by" | "honest" | "edited">,
  places: Places,
): void {
  const off = [...places.entries()].flatMap(([at, { behind }]) =>
    behind > 0 ? [[at, Number(behind.toPrecision(4))] as const] : [],
  );
  const whole: Line = { ...line, tokens: places.length, off };
  appendFileSync(path, `${JSON.stringify(whole)}\n`);
}

/** @param most of an answer, no more than its first tokens */
export function placesOf({ tokens, off }: Line, most = tokens): Places {
  const behind = new Map(off);
  return Array.from({ length: Math.min(tokens, most) }, (_, at) => ({
    behind: behind.get(at) ?? 0,
  }));
}
