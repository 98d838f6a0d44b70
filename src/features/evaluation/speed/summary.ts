/** From rounds to speeds: medians, since whatever else runs on the machine only slows down. */
import { median } from "../../../core/statistics.ts";
import type { Round } from "./measure.ts";

export interface Speed {
  readonly rounds: number;
  /** Tokens a second; null where it was not told, or too little was written. */
  readonly prefill: number | null;
  readonly decode: number | null;
  /** The most that was seen. */
  readonly memoryBytes: number | null;
}

export function summariseSpeed(rounds: readonly Round[]): Speed | null {
  if (rounds.length === 0) return null;
  const speeds = (tokens: (one: Round) => number, ms: (one: Round) => number) => {
    const known = rounds.filter((one) => tokens(one) > 0 && ms(one) > 0);
    return known.length > 0 ? median(known.map((one) => (1000 * tokens(one)) / ms(one))) : null;
  };
  return {
    rounds: rounds.length,
    prefill: speeds(
      ({ promptTokens }) => promptTokens,
      ({ prefillMs }) => prefillMs,
    ),
    decode: speeds(
      ({ tokens }) => tokens,
      ({ decodeMs }) => decodeMs,
    ),
    memoryBytes: Math.max(...rounds.map(({ memoryBytes }) => memoryBytes)) || null,
  };
}
