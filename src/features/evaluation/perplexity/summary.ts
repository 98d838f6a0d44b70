/** From windows that were scored to perplexities, each with its interval. Pure. */
import { bootstrap, type Interval } from "../interval.ts";
import type { PerplexityPlan } from "../plan.ts";
import type { Scored } from "./measure.ts";

export interface Figure {
  readonly value: number;
  /** 95 %; null where there are not two units to resample. */
  readonly interval: Interval | null;
}

export interface Perplexity {
  /** "all", or a language where there are several. */
  readonly of: string;
  readonly tokens: number;
  readonly words: number;
  readonly bytes: number;
  /** What is resampled: texts where the protocol reads them one by one and there are several. */
  readonly units: number;
  readonly resampled: "windows" | "documents";
  readonly token: Figure;
  readonly word: Figure;
  readonly byte: Figure;
  readonly bitsPerByte: Figure;
}

/** Of two models on the same windows: above 1 where the second finds the text harder. */
export interface Ratio extends Figure {
  /** Whether both cut the text into the same tokens; else it is one of bits per byte. */
  readonly level: "token" | "byte";
}

type Counted = "tokens" | "words" | "bytes";

/** @returns nothing for nothing that was scored */
export function summarise(
  items: readonly Scored[],
  { protocol, seed }: Pick<PerplexityPlan, "protocol" | "seed">,
): readonly Perplexity[] {
  const byLanguage = Map.groupBy(items, ({ language }) => language);
  const parts: (readonly [string, readonly Scored[]])[] = [["all", items]];
  if (byLanguage.size > 1) parts.push(...byLanguage);
  return parts.flatMap(([of, some]) => {
    const units = unitsOf(some, protocol);
    const all = units.list.reduce(plus, NONE);
    if (all.tokens === 0) return [];
    const figure = (by: Counted, shown: (nats: number) => number): Figure => ({
      value: shown(all.nats / all[by]),
      interval: resampled(units.list, by, seed, shown),
    });
    const { tokens, words, bytes } = all;
    return {
      ...{ of, tokens, words, bytes, units: units.list.length, resampled: units.kind },
      token: figure("tokens", Math.exp),
      word: figure("words", Math.exp),
      byte: figure("bytes", Math.exp),
      bitsPerByte: figure("bytes", bits),
    };
  });
}

/** Paired: both on the same resamples, since most of a text's difficulty is the same for both. */
export function ratioOf(
  first: readonly Scored[],
  second: readonly Scored[],
  { protocol, seed }: Pick<PerplexityPlan, "protocol" | "seed">,
): Ratio | undefined {
  const [before, after] = [unitsOf(first, protocol), unitsOf(second, protocol)];
  const count = before.list.length;
  if (count === 0 || count !== after.list.length) return undefined;
  const same = before.list.every((one, at) => one.tokens === after.list[at]?.tokens);
  // Windows of other tokens are other parts of the text; documents are the same.
  if (!same && (before.kind !== "documents" || after.kind !== "documents")) return undefined;
  const by = same ? "tokens" : "bytes";
  const level = (units: readonly Sum[], times?: Uint32Array) => meanOf(units, by, times);
  const value = (times?: Uint32Array) => {
    const [low, high] = [level(before.list, times), level(after.list, times)];
    return same ? Math.exp(high - low) : high / low;
  };
  return {
    level: same ? "token" : "byte",
    value: value(),
    interval: bootstrap(count, seed, value) ?? null,
  };
}

const bits = (nats: number) => nats / Math.LN2;

type Sum = Pick<Scored, "nats" | Counted>;
const NONE: Sum = { nats: 0, tokens: 0, words: 0, bytes: 0 };

const plus = (a: Sum, b: Sum): Sum => ({
  nats: a.nats + b.nats,
  tokens: a.tokens + b.tokens,
  words: a.words + b.words,
  bytes: a.bytes + b.bytes,
});

function unitsOf(
  items: readonly Scored[],
  protocol: PerplexityPlan["protocol"],
): { readonly kind: Perplexity["resampled"]; readonly list: readonly Sum[] } {
  const texts = Map.groupBy(items, ({ text }) => text);
  if (protocol !== "bits" || texts.size < 2) return { kind: "windows", list: items };
  const list = [...texts.values()].map((some) => some.reduce(plus, NONE));
  return { kind: "documents", list };
}

function resampled(
  units: readonly Sum[],
  by: Counted,
  seed: number,
  shown: (nats: number) => number,
): Interval | null {
  return bootstrap(units.length, seed, (times) => shown(meanOf(units, by, times))) ?? null;
}

/** Nats of each token, word or byte, over a resample. */
function meanOf(units: readonly Sum[], by: Counted, times?: Uint32Array): number {
  let [nats, count] = [0, 0];
  for (const [at, unit] of units.entries()) {
    const often = times ? (times[at] as number) : 1;
    nats += often * unit.nats;
    count += often * unit[by];
  }
  return nats / count;
}
