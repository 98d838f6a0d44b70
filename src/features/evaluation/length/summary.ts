/** From single facts to the length up to which a model finds them. */
import { type Share, wilson } from "../../../core/statistics.ts";
import type { Measured } from "./measure.ts";

/** Of the facts of a length; a model that finds fewer does not have that length. */
export const ENOUGH = 0.8;

export interface LengthReport {
  /** By language and length. */
  readonly rows: readonly {
    readonly language: string;
    readonly length: number;
    readonly found: Share & { readonly interval: readonly [number, number] };
    readonly depths: readonly { readonly depth: number; readonly found: Share }[];
  }[];
  /** Tokens up to which enough is found in each language, at no shorter length less; 0 for none. */
  readonly measured: number;
  /** The longest that was tried. */
  readonly tried: number;
  /** By language and place in the window. */
  readonly stretches: readonly {
    readonly language: string;
    readonly from: number;
    readonly to: number;
    readonly perplexity: number;
  }[];
}

const shareOf = (some: readonly { readonly found: boolean }[]): Share => ({
  hits: some.filter(({ found }) => found).length,
  of: some.length,
});

/** Null where nothing was measured yet. */
export function lengthReport(all: readonly Measured[]): LengthReport | null {
  const needles = all.filter((one) => one.what === "needle");
  if (needles.length === 0) return null;
  const groups = Map.groupBy(needles, ({ language, length }) => `${language} ${length}`);
  const rows = [...groups.values()].map((some) => {
    const { language, length } = some[0] as (typeof some)[number];
    const found = shareOf(some);
    const depths = [...Map.groupBy(some, ({ depth }) => depth)].map(([depth, those]) => ({
      depth,
      found: shareOf(those),
    }));
    return { language, length, found: { ...found, interval: wilson(found) }, depths };
  });
  const lengths = [...new Set(rows.map(({ length }) => length))].toSorted((a, b) => a - b);
  const holds = (length: number) =>
    rows
      .filter((row) => row.length === length)
      .every(({ found }) => found.hits / found.of >= ENOUGH);
  const fails = lengths.findIndex((length) => !holds(length));
  const measured = fails < 0 ? lengths.at(-1) : lengths[fails - 1];
  return {
    ...{ rows, measured: measured ?? 0, tried: lengths.at(-1) ?? 0 },
    stretches: all.flatMap((one) =>
      one.what === "stretch"
        ? one.parts.map(({ from, to, tokens, nats }) => ({
            ...{ language: one.language, from, to, perplexity: Math.exp(nats / tokens) },
          }))
        : [],
    ),
  };
}
