/**
 * A fair comparison on a machine that others use as well: the candidates take turns, several
 * rounds, each round beginning with another one, and the median of a candidate's runs counts.
 */
import { median } from "../../../core/statistics.ts";

export interface Candidate<Value> {
  readonly value: Value;
  /** One short run: tokens a second. */
  run(): Promise<number>;
}

export interface Score<Value> {
  readonly value: Value;
  /** Tokens a second of each run, in the order of the rounds. */
  readonly runs: readonly number[];
  /** NaN when there was no time for one. */
  readonly median: number;
}

/** A median of fewer runs says nothing on a busy machine. */
export const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 15;
/** Who never came so near to the best one's median is out: it would take most of the time. */
const HOPELESS = 0.7;

export interface Limits {
  /** When to end, once there were a few rounds; on the clock of `now`, in milliseconds. */
  readonly until: number;
  /** When to end at the latest, in the middle of a round. */
  readonly latest: number;
  now?(): number;
}

export async function contend<Value>(
  candidates: readonly Candidate<Value>[],
  { until, latest, now = () => performance.now() }: Limits,
): Promise<readonly Score<Value>[]> {
  const all = candidates.map(({ value, run }) => ({ value, run, runs: [] as number[] }));
  let field = all;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (round >= LEAST_ROUNDS && now() >= until) break;
    for (let turn = 0; turn < field.length && now() < latest; turn++) {
      const one = field[(round + turn) % field.length];
      one?.runs.push(await one.run());
    }
    if (now() >= latest) break;
    const best = Math.max(...field.map(({ runs }) => median(runs)));
    if (round > 0) field = field.filter(({ runs }) => Math.max(...runs) >= HOPELESS * best);
  }
  return all.map(({ value, runs }) => ({ value, runs, median: median(runs) }));
}
