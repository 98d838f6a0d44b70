/**
 * The metrics against numbers that the reference implementations gave (sacrebleu 2.6.0, rouge-score
 * 0.1.2); `tests/with-python/evaluation` asks the tools themselves.
 */
import { describe, expect, test } from "vitest";
import { answerF1, exactMatch } from "../../../../src/features/evaluation/metrics/answers.ts";
import { type BleuOptions, bleu } from "../../../../src/features/evaluation/metrics/bleu.ts";
import { chrf } from "../../../../src/features/evaluation/metrics/chrf.ts";
import { porter } from "../../../../src/features/evaluation/metrics/porter.ts";
import {
  ROUGES,
  rouge,
  rougeSignature,
} from "../../../../src/features/evaluation/metrics/rouge.ts";
import { ter } from "../../../../src/features/evaluation/metrics/ter.ts";
import { sums } from "../../../../src/features/evaluation/metrics/text.ts";
import type { CorpusMetric, Pair } from "../../../../src/features/evaluation/metrics/types.ts";
import vectors from "./vectors.json" with { type: "json" };

const pairOf = (one: (typeof vectors)[number]): Pair => ({ hypothesis: one.h, references: one.r });
const sentence = (options: BleuOptions = {}) => bleu({ effectiveOrder: true, ...options });
const alone = (metric: CorpusMetric, pair: Pair) => metric.score(metric.counts(pair));
const close = (value: number, expected: number) =>
  expect(Math.abs(value - expected)).toBeLessThan(1e-9);

describe.each(vectors)("$id", (one) => {
  const pair = pairOf(one);
  test.each(["13a", "intl", "char"] as const)("BLEU by %s", (tokeniser) => {
    close(alone(sentence({ tokeniser }), pair), one[tokeniser]);
  });
  test("chrF, chrF++ and TER", () => {
    close(alone(chrf(), pair), one.chrf);
    close(alone(chrf({ wordOrder: 2 }), pair), one["chrf++"]);
    close(alone(ter(), pair), one.ter);
  });
  test("ROUGE, and by stems", () => {
    const scores = rouge(pair);
    for (const [index, kind] of ROUGES.entries()) close(scores[kind].f, one.rouge[index] as number);
    const stems = rouge(pair, { stem: true });
    for (const [index, f] of (one.stem ?? []).entries()) {
      close(stems[ROUGES[index] as (typeof ROUGES)[number]].f, f);
    }
  });
});

test("a corpus is scored from the sums of its counts", () => {
  const corpus = (metric: CorpusMetric) =>
    metric.score(
      sums(vectors.map(({ h, r }) => metric.counts({ hypothesis: h, references: r.slice(0, 1) }))),
    );
  close(corpus(bleu()), 38.605519619742886);
  close(corpus(bleu({ tokeniser: "intl" })), 25.769199875248834);
  close(corpus(bleu({ tokeniser: "char" })), 55.132913488700304);
  close(corpus(chrf()), 55.14831382271582);
  close(corpus(chrf({ wordOrder: 2 })), 52.43997499142338);
  close(corpus(ter()), 66.15384615384615);
});

test.each([
  ["floor", 3.303164318013807, 38.260294162784454, 36.78794411714425],
  ["add-k", 16.149930819624288, 48.10977290978806, 36.78794411714425],
  ["none", 0, 38.260294162784454, 36.78794411714425],
] as const)("smoothing by %s", (smoothing, ...expected) => {
  for (const [index, id] of ["clip", "spanish", "one-word"].entries()) {
    const pair = pairOf(vectors.find((one) => one.id === id) as (typeof vectors)[number]);
    close(alone(sentence({ smoothing }), pair), expected[index] as number);
  }
});

test("signatures are sacrebleu's", () => {
  const of = { references: 1 };
  const common = "nrefs:1|case:mixed";
  expect(bleu().signature(of)).toBe(`${common}|eff:no|tok:13a|smooth:exp|version:2.6.0`);
  expect(bleu({ smoothing: "floor", tokeniser: "intl", lowercase: true }).signature(of)).toBe(
    "nrefs:1|case:lc|eff:no|tok:intl|smooth:floor[0.10]|version:2.6.0",
  );
  expect(bleu().signature({ references: "var", bootstrap: { samples: 1000, seed: 12345 } })).toBe(
    "nrefs:var|bs:1000|seed:12345|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
  );
  expect(chrf().signature(of)).toBe(`${common}|eff:yes|nc:6|nw:0|space:no|version:2.6.0`);
  expect(chrf({ wordOrder: 2 }).signature(of)).toContain("|nw:2|");
  expect(ter().signature(of)).toBe(
    "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0",
  );
  expect([chrf().name, chrf({ wordOrder: 2 }).name]).toEqual(["chrF2", "chrF2++"]);
});

/** Of NLTK 3.10.4; each is a rule, or where its extensions differ from Porter's algorithm. */
const STEMS = `always:alway aged:age ages:age dying:die lies:lie died:die ties:tie spied:spi
  skies:sky news:news innings:inning proceed:proceed caresses:caress ponies:poni cats:cat agreed:agre
  feed:feed plastered:plaster bled:bled motoring:motor sing:sing conflated:conflat troubled:troubl
  sized:size hopping:hop falling:fall hissing:hiss failing:fail filing:file happy:happi enjoy:enjoy
  spy:spi relational:relat conditional:condit rational:ration valency:valenc digitizer:digit
  radically:radic differently:differ vilely:vile analogously:analog vietnamization:vietnam
  operator:oper feudalism:feudal decisiveness:decis hopefulness:hope callousness:callous
  formality:formal sensitivity:sensit sensibility:sensibl hopefully:hope geology:geolog
  archaeology:archaeolog theology:theolog triplicate:triplic formative:form electricity:electr
  goodness:good revival:reviv allowance:allow airliner:airlin gyroscopic:gyroscop adjustable:adjust
  replacement:replac adjustment:adjust dependent:depend adoption:adopt communism:commun
  activate:activ bowdlerize:bowdler probate:probat rate:rate cease:ceas controlling:control roll:roll
  yyyy:yyyi syzygy:syzygi owed:owe ivory:ivori played:play ally:alli totally:total on:on 1990s:1990
  generically:gener eed:eed ied:i ies:i ing:ing sses:ss ion:ion ions:ion sion:sion oed:o`;

test.each(STEMS.split(/\s+/).map((one) => one.split(":") as [string, string]))(
  "the stem of %s is %s",
  (word, stem) => expect(porter(word)).toBe(stem),
);

describe("ROUGE with letters of every language", () => {
  const spanish: Pair = { hypothesis: "¿Dónde está?", references: ["donde ESTA"] };
  test("keeps what the reference cuts", () => {
    const word: Pair = { hypothesis: "café", references: ["Cafe\u0301"] };
    expect(rouge(word).rouge1.f).toBe(0);
    expect(rouge(word, { unicode: "es" }).rouge1.f).toBe(1);
    expect(rouge({ hypothesis: "東京", references: ["東京"] }, { unicode: "en" }).rouge1.f).toBe(1);
    expect(rouge(spanish, { unicode: "es" }).rouge1.f).toBe(0);
  });
  test("stems by the language", () => {
    const pair: Pair = {
      hypothesis: "las bibliotecas públicas",
      references: ["biblioteca pública"],
    };
    expect(rouge(pair, { unicode: "es" }).rouge1.recall).toBe(0);
    expect(rouge(pair, { unicode: "es", stem: true }).rouge1.recall).toBe(1);
  });
  test("says under its own name how it was made", () => {
    expect(rougeSignature()).toBe("tok:rouge|stem:no|version:0.1.2");
    expect(rougeSignature({ stem: true })).toBe("tok:rouge|stem:porter-nltk|version:0.1.2");
    expect(rougeSignature({ unicode: "es", stem: true })).toBe(
      "tok:unicode-nfc|lang:es|stem:snowball-es|own:1",
    );
  });
});

describe("short answers", () => {
  const of = (hypothesis: string, ...references: string[]) => ({ hypothesis, references });
  test("are compared without case, punctuation and articles", () => {
    expect(exactMatch(of("The Eiffel Tower!", "eiffel tower"), "en")).toBe(true);
    expect(exactMatch(of("¿La Torre Eiffel?", "torre eiffel"), "es")).toBe(true);
    expect(exactMatch(of("¿torre?", "torre"), "en")).toBe(false);
    expect(exactMatch(of("Lima", "Quito", "lima"), "es")).toBe(true);
  });
  test("count by the tokens in common with the best of the right ones", () => {
    expect(answerF1(of("in the year 1492", "1492"), "en")).toBe(0.5);
    expect(answerF1(of("en 1492", "1500", "el 1492"), "es")).toBeCloseTo(2 / 3, 12);
    expect(answerF1(of("", "x"), "en")).toBe(0);
    expect([answerF1(of("the", "a"), "en"), answerF1(of("la", "el"), "es")]).toEqual([1, 0]);
  });
});
