/**
 * Whether the adapter is better than the base, by perplexity on what neither training nor stopping has
 * seen. Paired: each text is measured with both, and drawn again as a whole (percentile bootstrap).
 */
import type { Engine } from "../../core/engine.ts";
import { quantile, random } from "../../core/statistics.ts";
import type { Compared, Preferred, Result } from "./plan.ts";

/** A text as tokens, and which of them count. */
export interface Counted {
  /** Texts of the same are drawn together. */
  readonly at?: number;
  readonly tokens: readonly number[];
  /** 1 or 0 for each token; all of them count if absent. */
  readonly answer?: readonly number[];
}

/** One of the answers of a chat, which was judged. */
export interface Judged extends Counted {
  readonly sign?: number | undefined;
}

interface Sums {
  readonly base: number;
  readonly tuned: number;
  readonly count: number;
}

const ROUNDS = 1000;
const SEED = 12_345;
/** What it may forget, as a share of the perplexity on other texts. */
const FORGETS = 1.05;

/** @returns null where nothing counts or the engine does not tell */
export async function compare(
  engine: Engine,
  adapter: string,
  texts: readonly Counted[],
  turn: () => Promise<void>,
  signal: AbortSignal,
): Promise<Compared | null> {
  const sums = new Map<string, Sums>();
  for (const [place, text] of texts.entries()) {
    await turn();
    const one = await sumsOf(engine, adapter, text, signal);
    if (!one || one.count === 0) continue;
    const key = text.at === undefined ? `text ${place}` : `chat ${text.at}`;
    const { base, tuned, count } = sums.get(key) ?? { base: 0, tuned: 0, count: 0 };
    const added = { base: base + one.base, tuned: tuned + one.tuned, count: count + one.count };
    sums.set(key, added);
  }
  return sums.size === 0 ? null : comparedOf([...sums.values()]);
}

async function sumsOf(
  engine: Engine,
  adapter: string,
  { tokens, answer }: Counted,
  signal: AbortSignal,
): Promise<Sums | undefined> {
  if (!engine.scoreTokens || tokens.length < 2) return undefined;
  // What every text begins with, the engine puts there itself.
  const opening = answer ? (engine.openingTokens ?? 0) : 0;
  const window = tokens.slice(opening);
  const from = opening > 0 ? 0 : 1;
  const options = { from, yields: true, signal };
  const plain = await engine.scoreTokens(window, options);
  const adapted = await engine.scoreTokens(window, { ...options, adapter });
  let [base, tuned, count] = [0, 0, 0];
  for (const [at, one] of plain.entries()) {
    const other = adapted[at];
    const counts = answer?.[at + from + opening] ?? 1;
    if (!counts || one.logprob === null || other?.logprob == null) continue;
    base -= one.logprob;
    tuned -= other.logprob;
    count += 1;
  }
  return { base, tuned, count };
}

/** @returns null where nothing counts or the engine does not tell */
export async function prefer(
  engine: Engine,
  adapter: string,
  texts: readonly Judged[],
  turn: () => Promise<void>,
  signal: AbortSignal,
): Promise<Preferred | null> {
  const gains = new Map<number, number>();
  for (const text of texts) {
    await turn();
    const one = await sumsOf(engine, adapter, text, signal);
    if (!one || one.count === 0) continue;
    const gain = ((text.sign ?? 1) * (one.base - one.tuned)) / one.count;
    gains.set(text.at ?? 0, (gains.get(text.at ?? 0) ?? 0) + gain);
  }
  return gains.size === 0 ? null : preferredOf([...gains.values()]);
}

/** @param gains of each chat, in nats a token */
export function preferredOf(gains: readonly number[]): Preferred {
  const next = random(SEED);
  const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const drawn = Array.from({ length: ROUNDS }, () =>
    mean(gains.map(() => gains[Math.floor(next() * gains.length)] as number)),
  );
  const [low, high] = [quantile(drawn, 0.025), quantile(drawn, 0.975)];
  return { gain: { value: mean(gains), low, high }, texts: gains.length };
}

export function comparedOf(sums: readonly Sums[]): Compared {
  const next = random(SEED);
  const ratio = (all: readonly Sums[]) => {
    const tokens = all.reduce((sum, { count }) => sum + count, 0);
    return Math.exp(all.reduce((sum, { base, tuned }) => sum + tuned - base, 0) / tokens);
  };
  const drawn = Array.from({ length: ROUNDS }, () =>
    ratio(sums.map(() => sums[Math.floor(next() * sums.length)] as Sums)),
  );
  const tokens = sums.reduce((sum, { count }) => sum + count, 0);
  const perplexity = (of: "base" | "tuned") =>
    Math.exp(sums.reduce((sum, one) => sum + one[of], 0) / tokens);
  return {
    ratio: { value: ratio(sums), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) },
    ...{ base: perplexity("base"), tuned: perplexity("tuned") },
    ...{ texts: sums.length, tokens },
  };
}

/** In one word; `same` is that no difference was shown. */
export function verdictOf(
  { test, general, preferred }: Pick<Result, "test" | "general" | "preferred">,
  bestStep: number,
): Pick<Result, "verdict" | "forgot"> {
  const forgot = general !== null && general.ratio.value > FORGETS && general.ratio.low > 1;
  // The first weights were the best: whatever was learned only fits what was learned from.
  if (bestStep === 0) return { verdict: "nothing", forgot };
  if (preferred) {
    const { low, high } = preferred.gain;
    return { verdict: low > 0 ? "better" : high < 0 ? "worse" : "same", forgot };
  }
  if (test === null) return { verdict: "same", forgot };
  if (test.ratio.high < 1) return { verdict: "better", forgot };
  return { verdict: test.ratio.low > 1 ? "worse" : "same", forgot };
}
