/** What metrics are, for all who compute, resample or show them. */

/** An answer and what it is compared with: at least one reference. */
export interface Pair {
  readonly hypothesis: string;
  readonly references: readonly string[];
}

/**
 * A metric of a whole corpus that is no mean of its answers' values: counts are added first. So what
 * is resampled for an interval are the counts.
 */
export interface CorpusMetric {
  readonly name: string;
  /** What is counted of one pair; the same width for every pair. */
  counts(pair: Pair): readonly number[];
  /** Of counts that were added: from 0 to 100, TER above it too. */
  score(counts: readonly number[]): number;
  /** How the number was made, as sacrebleu says it. */
  signature(of: Signed): string;
}

/** What a signature says of the data. */
export interface Signed {
  /** References of each answer; "var" where they differ. */
  readonly references: number | "var";
  /** Of the interval that stands beside the number. */
  readonly bootstrap?: { readonly samples: number; readonly seed: number };
}

/** The release of sacrebleu whose numbers these are, which the tests compare them with. */
const SACREBLEU = "2.6.0";

/** As sacrebleu writes it: `nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0`. */
export function signed({ references, bootstrap }: Signed, own: readonly string[]): string {
  const drawn = bootstrap ? [`bs:${bootstrap.samples}`, `seed:${bootstrap.seed}`] : [];
  return [`nrefs:${references}`, ...drawn, ...own, `version:${SACREBLEU}`].join("|");
}
