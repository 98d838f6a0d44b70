/**
 * The metrics against the reference implementations themselves: sacrebleu 2.6.0, rouge-score 0.1.2 with
 * NLTK's stemmer, the definitions of SQuAD and MLQA; over 2,000 generated pairs in two languages.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { random } from "../../../src/core/statistics.ts";
import { alpha, LEVELS, type Level } from "../../../src/features/evaluation/metrics/agreement.ts";
import { answerF1, exactMatch } from "../../../src/features/evaluation/metrics/answers.ts";
import { bleu } from "../../../src/features/evaluation/metrics/bleu.ts";
import { chrf } from "../../../src/features/evaluation/metrics/chrf.ts";
import { porter } from "../../../src/features/evaluation/metrics/porter.ts";
import { ROUGES, rouge } from "../../../src/features/evaluation/metrics/rouge.ts";
import { ter } from "../../../src/features/evaluation/metrics/ter.ts";
import { sums } from "../../../src/features/evaluation/metrics/text.ts";
import type { CorpusMetric } from "../../../src/features/evaluation/metrics/types.ts";
import { ROOT } from "../../fixtures/charla.ts";
import { hardWords, nasty } from "../../unit/evaluation/metrics/nasty.ts";

const HERE = join(ROOT, "tests/with-python/evaluation");
const SEED = Number(process.env.CHARLA_TEST_SEED ?? 1);
const TOLERANCE = 1e-9;

const pairs = nasty(2000, SEED);
const words = hardWords(20_000, SEED);
/** Of three raters, forty items on a scale of five; some have not rated, some agree more. */
const next = random(SEED);
const ratings = Array.from({ length: 40 }, (_, table) =>
  Array.from({ length: 40 }, () => {
    const truth = 1 + Math.floor(next() * 5);
    return [0, 1, 2].map(() => {
      if (next() < 0.2) return null;
      return next() < table / 40 ? truth : 1 + Math.floor(next() * 5);
    });
  }),
);

interface Said {
  readonly pairs: readonly (Record<string, number> & {
    readonly rouge: number[][];
    readonly "rouge-stem": number[][];
    readonly exact: boolean;
  })[];
  readonly corpus: { readonly scores: Record<string, number>; readonly signature: string };
  readonly porter: readonly string[];
  readonly alphas: readonly Record<Level, number>[];
}
let said: Said;
/** The reference wants a row for each rater. */
const transposed = (items: readonly (readonly (number | null)[])[]) =>
  [0, 1, 2].map((rater) => items.map((item) => item[rater] ?? null));

beforeAll(async () => {
  const { installClients } = await import(join(ROOT, "scripts/python.mjs"));
  const python = await installClients(pathToFileURL(join(HERE, "requirements.txt")));
  const child = spawn(python, [join(HERE, "reference.py")]);
  child.stdin.end(JSON.stringify({ pairs, words, ratings: ratings.map(transposed) }));
  const [out, err] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  if (out === "") throw new Error(err);
  said = JSON.parse(out) as Said;
}, 600_000);

/** The pairs of which the two numbers differ, with both. */
const differing = (value: (index: number) => number, theirs: (index: number) => number) =>
  pairs.flatMap((pair, index) => {
    const [mine, other] = [value(index), theirs(index)];
    return Math.abs(mine - other) <= TOLERANCE ? [] : [{ index, mine, other, pair }];
  });

const SENTENCES: Readonly<Record<string, CorpusMetric>> = {
  "bleu-13a": bleu({ effectiveOrder: true }),
  "bleu-intl": bleu({ effectiveOrder: true, tokeniser: "intl" }),
  "bleu-char": bleu({ effectiveOrder: true, tokeniser: "char" }),
  "bleu-floor": bleu({ effectiveOrder: true, smoothing: "floor" }),
  "bleu-add-k": bleu({ effectiveOrder: true, smoothing: "add-k" }),
  "bleu-none": bleu({ smoothing: "none" }),
  "bleu-lc": bleu({ effectiveOrder: true, lowercase: true }),
  chrf: chrf(),
  "chrf++": chrf({ wordOrder: 2 }),
  ter: ter(),
};

describe("of 2,000 pairs, one by one", () => {
  test.each(Object.entries(SENTENCES))("%s", (name, metric) => {
    const mine = pairs.map((pair) => metric.score(metric.counts(pair)));
    expect(new Set(mine).size).toBeGreaterThan(100);
    expect(
      differing(
        (at) => mine[at] as number,
        (at) => said.pairs[at]?.[name] as number,
      ),
    ).toEqual([]);
  });

  test.each(["rouge", "rouge-stem"] as const)("%s", (name) => {
    const mine = pairs.map((pair) => rouge(pair, { stem: name === "rouge-stem" }));
    for (const [index, kind] of ROUGES.entries()) {
      for (const [column, part] of (["precision", "recall", "f"] as const).entries()) {
        const value = (at: number) => mine[at]?.[kind][part] as number;
        expect(differing(value, (at) => said.pairs[at]?.[name][index]?.[column] as number)).toEqual(
          [],
        );
      }
    }
  });

  test("exact match and F1", () => {
    const f1 = (at: number) => {
      const pair = pairs[at] as (typeof pairs)[number];
      return answerF1(pair, pair.language);
    };
    expect(differing(f1, (at) => said.pairs[at]?.f1 as number)).toEqual([]);
    const exact = pairs.map((pair) => exactMatch(pair, pair.language));
    expect(exact).toEqual(said.pairs.map((one) => one.exact));
    expect(new Set(exact).size).toBe(2);
  });
});

test("of the corpus, with several references for some", () => {
  const metrics = { "bleu-13a": bleu(), "bleu-intl": bleu({ tokeniser: "intl" }), chrf: chrf() };
  const all = { ...metrics, "chrf++": chrf({ wordOrder: 2 }), ter: ter() };
  for (const [name, metric] of Object.entries(all)) {
    const score = metric.score(sums(pairs.map((pair) => metric.counts(pair))));
    expect(Math.abs(score - (said.corpus.scores[name] as number)), name).toBeLessThan(TOLERANCE);
  }
  expect(bleu().signature({ references: "var" })).toBe(said.corpus.signature);
});

test("of 20,000 words, their stems", () => {
  const other = words.filter((word, index) => porter(word) !== said.porter[index]);
  expect(other).toEqual([]);
});

test.each(LEVELS)("of forty tables of ratings, Krippendorff's alpha, %s", (level) => {
  for (const [index, table] of ratings.entries()) {
    const units = table.map((item) => item.filter((value) => value !== null));
    const theirs = said.alphas[index]?.[level] as number;
    expect(Math.abs(alpha(units, level) - theirs)).toBeLessThan(TOLERANCE);
  }
});
