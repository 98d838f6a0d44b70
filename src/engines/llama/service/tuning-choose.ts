/** From what was measured to what is best. */
import type { Plan } from "../process/protocol.ts";
import { LEAST_ROUNDS, type Score } from "./tuning-contest.ts";

export type Attention = Pick<Plan, "flashAttention" | "kvType">;

/** The part of a plan that speed decides, as far as it could be measured; memory decides the rest. */
export type Tuned = Partial<
  Attention & Pick<Plan, "threads" | "batchThreads" | "batchTokens" | "draftTokens">
>;

/** Tokens a second, by what was varied. */
export interface Contests {
  /** By threads: so many sequences write a token each. */
  readonly decode1: readonly Score<number>[];
  readonly decode2: readonly Score<number>[];
  readonly decode4: readonly Score<number>[];
  /** By threads: a prompt is read. */
  readonly prefill: readonly Score<number>[];
  /** By tokens of a batch: a prompt is read. */
  readonly batch: readonly Score<number>[];
  /** By draft tokens behind the one that is sure; all of a batch count. */
  readonly draft: readonly Score<number>[];
  /** By attention: a prompt is read, and continued. */
  readonly attentionPrefill: readonly Score<Attention>[];
  readonly attentionDecode: readonly Score<Attention>[];
}

/**
 * What is worth less than this is left to the modest one: fewer threads leave room for others,
 * smaller batches let a cancel take effect sooner, and f16 is exact.
 */
const MARGIN = 0.03;
const ATTENTION_MARGIN = 0.1;
/** How often a guess from the prompt is right, where there is something to guess. */
const RIGHT = 0.5;

export function choose(contests: Contests): Tuned {
  const { decode1, decode2, decode4, prefill, batch, draft } = contests;
  const { attentionPrefill, attentionDecode } = contests;
  const chosen = {
    threads: best(decode1),
    batchThreads: best(together(decode2, decode4, prefill)),
    batchTokens: best(batch),
    ...best(together(attentionPrefill, attentionDecode), ATTENTION_MARGIN),
    draftTokens: best(draft.map(gain)),
  };
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
}

/**
 * The first, and so the most modest, that is hardly slower than the fastest; undefined when there
 * was no time to measure all, or the best a few times.
 */
function best<Value>(scores: readonly Score<Value>[], margin = MARGIN): Value | undefined {
  if (scores.some(({ runs }) => runs.length === 0)) return undefined;
  const fastest = Math.max(...scores.map((score) => score.median));
  const found = scores.find((score) => score.median >= fastest * (1 - margin));
  return found && found.runs.length >= LEAST_ROUNDS ? found.value : undefined;
}

/** Several contests over the same candidates as one: the geometric mean of their medians. */
function together<Value>(
  first: readonly Score<Value>[],
  ...others: readonly (readonly Score<Value>[])[]
): readonly Score<Value>[] {
  return first.map((score, index) => {
    const all = [score, ...others.map((scores) => scores[index] ?? score)];
    const logs = all.map((one) => Math.log(one.median));
    const fewest = all.reduce((one, other) => (other.runs.length < one.runs.length ? other : one));
    return { ...fewest, median: Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length) };
  });
}

/** Tokens a second that come out: those of a batch up to the first guess that is wrong. */
function gain(score: Score<number>): Score<number> {
  const batches = score.median / (1 + score.value);
  const expected = (1 - RIGHT ** (score.value + 1)) / (1 - RIGHT);
  return { ...score, median: batches * expected };
}
