/**
 * How likely it is that an answer is so far off: tokens that differ come one by one (Poisson), each as
 * far off as chance has it (exponentially), so that their sum is a compound Poisson number, of which
 * both tails are exact sums. Pure, so that a verifier without a server can have it.
 */
import { logGammaTail } from "../watermark/gamma.ts";

/** Of one way to compute an answer again. */
export interface Apart {
  /** Share of the tokens that differ. */
  readonly rate: number;
  /** How far one of them is off, on average. */
  readonly size: number;
}

/** The chance that the distances of so many tokens sum up to this or more. */
export function atLeast({ rate, size }: Apart, tokens: number, sum: number): number {
  if (sum <= 0) return 1;
  return over(rate * tokens, (some) => (some === 0 ? 0 : Math.exp(logGammaTail(some, sum / size))));
}

/** The chance that they sum up to this or less. */
export const atMost = ({ rate, size }: Apart, tokens: number, sum: number): number =>
  over(rate * tokens, (some) =>
    some === 0 ? 1 : sum <= 0 ? 0 : 1 - Math.exp(logGammaTail(some, sum / size)),
  );

/** The chance of more than so many where `expected` are. */
export const moreThan = (most: number, expected: number): number =>
  over(expected, (some) => (some > most ? 1 : 0));

/** Over how many there may be, each with its chance. */
function over(expected: number, chance: (some: number) => number): number {
  const last = Math.ceil(expected + 12 * Math.sqrt(expected) + 30);
  let [total, log] = [0, -expected];
  for (let some = 0; some <= last; some++) {
    total += Math.exp(log) * chance(some);
    log += Math.log(expected / (some + 1));
  }
  return Math.min(1, total);
}
