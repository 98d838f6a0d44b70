/** Intervals, tests, agreement and rankings: against reference values, and what must hold of any. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exact, random, sum } from "../../../../src/core/statistics.ts";
import {
  alpha,
  alphaInterval,
  quadraticKappa,
  verdictOf,
} from "../../../../src/features/evaluation/metrics/agreement.ts";
import { type Game, rank } from "../../../../src/features/evaluation/metrics/ranking.ts";
import {
  bootstrap,
  pairedBootstrap,
} from "../../../../src/features/evaluation/metrics/resample.ts";
import {
  binomialTest,
  holm,
  mcnemar,
  signTest,
  votesNeeded,
} from "../../../../src/features/evaluation/metrics/significance.ts";

const mean = (values: readonly number[]) => sum(values) / values.length;

describe("the bootstrap", () => {
  const values = Array.from({ length: 60 }, (_, n) => (n * 37) % 101);
  test("is the same for the same seed, and around the value", () => {
    const one = bootstrap(values, mean, { seed: 7 });
    expect(one).toEqual(bootstrap(values, mean, { seed: 7 }));
    expect(one).not.toEqual(bootstrap(values, mean, { seed: 8 }));
    expect(one.low).toBeLessThan(one.value);
    expect(one.high).toBeGreaterThan(one.value);
  });
  test("is about as wide as theory says, 3.92 standard errors", () => {
    const spread = Math.sqrt(
      mean(values.map((value) => (value - mean(values)) ** 2)) / values.length,
    );
    const { low, high } = bootstrap(values, mean, { samples: 4000 });
    expect((high - low) / (3.92 * spread)).toBeCloseTo(1, 1);
  });
  test("in pairs tells apart what is always better by little, and not what is alike", () => {
    const better = values.map((value): [number, number] => [value + 0.5, value]);
    expect(pairedBootstrap(better, mean).difference).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
    expect(pairedBootstrap(better, mean).p).toBeLessThan(0.01);
    const next = random(1);
    const alike = values.map((): [number, number] => [next(), next()]);
    expect(pairedBootstrap(alike, mean).p).toBeGreaterThan(0.05);
  });
});

/** Of R's `binom.test`, and by hand where nothing was hit. */
test.each([
  [8, 10, 0.4439045, 0.9747893],
  [3, 10, 0.06673951, 0.6524529],
  [5, 10, 0.187086, 0.812914],
  [0, 1000, 0, 1 - 0.025 ** (1 / 1000)],
  [1000, 1000, 0.025 ** (1 / 1000), 1],
  [0, 0, 0, 1],
])("the exact interval of %i of %i", (hits, of, low, high) => {
  const [from, to] = exact({ hits, of });
  expect(from).toBeCloseTo(low, 6);
  expect(to).toBeCloseTo(high, 6);
});

describe("exact tests", () => {
  /** Of SciPy 1.17.1, `binomtest`. */
  test.each([
    [8, 10, 0.5, 0.109375],
    [3, 10, 0.5, 0.34375],
    [85, 150, 0.5, 0.1205291697094882],
    [0, 5, 0.5, 0.0625],
    [700, 1500, 0.5, 0.010559255466711506],
    [5, 10, 0.5, 1],
    [3, 20, 0.25, 0.4393741000631053],
    [60, 150, 0.25, 6.209626776721206e-5],
  ])("%i of %i against %f", (hits, of, expected, p) => {
    expect(binomialTest(hits, of, expected) / p).toBeCloseTo(1, 9);
  });
  test("are the same seen from the other side", () => {
    expect(signTest(12, 5)).toBe(signTest(5, 12));
    expect(mcnemar(5, 12)).toBe(signTest(12, 5));
    expect(signTest(0, 0)).toBe(1);
  });
  test("are corrected for being several, as Holm does", () => {
    const corrected = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [at, p] of [0.03, 0.06, 0.06, 0.02].entries())
      expect(corrected[at]).toBeCloseTo(p, 12);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (values) => {
        for (const [at, p] of holm(values).entries()) {
          expect(p).toBeGreaterThanOrEqual(values[at] as number);
          expect(p).toBeLessThanOrEqual(Math.min(1, (values[at] as number) * values.length) + 1);
        }
      }),
    );
  });
  test("say how many votes would settle it", () => {
    expect([0.55, 0.6, 0.7].map(votesNeeded)).toEqual([783, 194, 47]);
    expect(votesNeeded(0.4)).toBe(votesNeeded(0.6));
  });
});

describe("agreement", () => {
  /** Krippendorff's own example: four raters, twelve items, absent ratings left out. */
  const RATINGS = [
    [1, 1, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [5, 5, 5],
    [1, 1],
    [3],
  ];
  test.each([
    ["nominal", 0.743421052631579],
    ["ordinal", 0.8153875037548814],
    ["interval", 0.8491071428571428],
    ["ratio", 0.7974027747116121],
  ] as const)("%s is the reference's", (level, expected) => {
    expect(Math.abs(alpha(RATINGS, level) - expected)).toBeLessThan(1e-9);
  });
  test("has an interval over items", () => {
    const { value, low, high } = alphaInterval(RATINGS, "ordinal");
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    expect(high).toBeLessThanOrEqual(1);
  });
  test("allows what Krippendorff says it does", () => {
    const values = [1, 0.8, 0.79, 0.667, 0.66, -0.2, Number.NaN];
    expect(values.map(verdictOf)).toEqual([
      ...["firm", "firm", "tentative", "tentative", "weak", "weak", "unknown"],
    ]);
  });
  test("is nothing where nothing can be told", () => {
    expect(alpha([[1], [2]], "ordinal")).toBeNaN();
    expect(
      alpha(
        [
          [2, 2],
          [2, 2],
        ],
        "ordinal",
      ),
    ).toBeNaN();
    expect(
      quadraticKappa([
        [3, 3],
        [3, 3],
      ]),
    ).toBeNaN();
  });
  test("of two raters weighs a difference by its square", () => {
    expect(
      quadraticKappa([
        [1, 1],
        [2, 2],
        [5, 5],
      ]),
    ).toBe(1);
    // By hand: observed 2, expected (0+4+16+1+1+9+9+1+1) / 3.
    expect(
      quadraticKappa([
        [1, 1],
        [2, 3],
        [4, 5],
      ]),
    ).toBeCloseTo(1 - 2 / (42 / 3), 12);
  });
});

describe("a ranking", () => {
  const times = (count: number, game: Game) => Array.from({ length: count }, () => game);
  /** So many wins and losses of the first name, half of them in either order. */
  const played = (a: string, b: string, wins: number, losses: number): Game[] => [
    ...times(wins, { first: a, second: b, winner: "first" }),
    ...times(wins, { first: b, second: a, winner: "second" }),
    ...times(losses, { first: a, second: b, winner: "second" }),
    ...times(losses, { first: b, second: a, winner: "first" }),
  ];

  test("is choix's where the order does not matter", () => {
    const games = [...played("a", "b", 7, 3), ...played("b", "c", 6, 4), ...played("a", "c", 8, 2)];
    const ranking = rank(games, { samples: 100 });
    if (ranking.refused) throw new Error("refused");
    // choix 0.4.1, mm_pairwise, in points.
    const expected = { a: 1128.6501745168464, b: 974.0982853249495, c: 897.2515401582041 };
    expect(ranking.ranked.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    for (const { name, rating, games: count } of ranking.ranked) {
      expect(rating.value).toBeCloseTo(expected[name as "a"], 6);
      expect(rating.low).toBeLessThan(rating.value);
      expect(count).toBe(40);
    }
    expect(ranking.first.value).toBeCloseTo(0, 6);
    expect(ranking.pseudo).toBe(false);
  });

  test("tells the order's share from the strengths", () => {
    // Equal strengths: whoever is first wins three of four.
    const games = [
      ...times(75, { first: "a", second: "b", winner: "first" }),
      ...times(25, { first: "a", second: "b", winner: "second" }),
      ...times(75, { first: "b", second: "a", winner: "first" }),
      ...times(25, { first: "b", second: "a", winner: "second" }),
    ] as Game[];
    const ranking = rank(games, { samples: 200 });
    if (ranking.refused) throw new Error("refused");
    expect(ranking.first.value).toBeCloseTo(400 * Math.log10(3), 6);
    expect(ranking.first.low).toBeGreaterThan(0);
    for (const { rating } of ranking.ranked) expect(rating.value).toBeCloseTo(1000, 6);
  });

  test("takes a tie as half a win each", () => {
    const ties = times(4, { first: "a", second: "b", winner: "tie" });
    const ranking = rank([...ties, ...times(4, { first: "b", second: "a", winner: "tie" })], {
      samples: 50,
    });
    if (ranking.refused) throw new Error("refused");
    for (const { rating } of ranking.ranked) expect(rating.value).toBeCloseTo(1000, 6);
  });

  test("is refused where some were never compared", () => {
    expect(rank([...played("a", "b", 2, 1), ...played("c", "d", 2, 1)], { samples: 10 })).toEqual({
      refused: "unconnected",
      groups: [
        ["a", "b"],
        ["c", "d"],
      ],
    });
  });

  test.each([
    ["somebody never lost", played("a", "b", 5, 0)],
    [
      "the first always wins",
      [
        ...times(5, { first: "a", second: "b", winner: "first" }),
        ...times(5, { first: "b", second: "a", winner: "first" }),
      ] as Game[],
    ],
    [
      "one order is decided",
      [
        ...times(4, { first: "a", second: "b", winner: "first" }),
        ...times(4, { first: "a", second: "b", winner: "second" }),
        ...times(5, { first: "b", second: "a", winner: "first" }),
      ] as Game[],
    ],
    [
      "the order never changes",
      [
        ...times(4, { first: "a", second: "b", winner: "first" }),
        ...times(2, { first: "a", second: "b", winner: "second" }),
      ] as Game[],
    ],
  ])("gets half a win for either side, and says so, where %s", (_why, games) => {
    const ranking = rank(games, { samples: 50 });
    if (ranking.refused) throw new Error("refused");
    expect([ranking.pseudo, ranking.pseudoDrawn]).toEqual([true, 50]);
    for (const { rating } of ranking.ranked) {
      expect(Math.abs(rating.value - 1000)).toBeLessThan(1000);
      expect(rating.high).toBeGreaterThanOrEqual(rating.low);
    }
  });

  test("has the gradient of a maximum, for any votes", () => {
    const game = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom("first", "second", "tie"),
    );
    fc.assert(
      fc.property(fc.array(game, { minLength: 30, maxLength: 80 }), (list) => {
        const games = list.map(
          ([a, step, winner]): Game => ({
            first: `m${a}`,
            second: `m${(a + step) % 4}`,
            winner: winner as "tie",
          }),
        );
        const ranking = rank(games, { samples: 1 });
        fc.pre(!ranking.refused && !ranking.pseudo);
        if (ranking.refused) return;
        const at = new Map(ranking.ranked.map(({ name, rating }) => [name, rating.value]));
        const slope = new Map<string, number>();
        let order = 0;
        for (const { first, second, winner } of games) {
          const apart =
            (at.get(first) as number) + ranking.first.value - (at.get(second) as number);
          const rest =
            (winner === "tie" ? 0.5 : Number(winner === "first")) - 1 / (1 + 10 ** (-apart / 400));
          slope.set(first, (slope.get(first) ?? 0) + rest);
          slope.set(second, (slope.get(second) ?? 0) - rest);
          order += rest;
        }
        for (const value of [...slope.values(), order]) expect(Math.abs(value)).toBeLessThan(1e-6);
      }),
      { numRuns: 50 },
    );
  });
});
