/**
 * What ratings say, with how sure it is: levels by system and dimension, never one mean of several
 * dimensions; a ranking from pairs; how far raters agree; and whether there are enough votes.
 */
import { median, type Share, sum, wilson } from "../../../core/statistics.ts";
import { alphaInterval, quadraticKappa, type Verdict, verdictOf } from "../metrics/agreement.ts";
import { type Game, rank } from "../metrics/ranking.ts";
import { bootstrap, type Interval } from "../metrics/resample.ts";
import { votesNeeded } from "../metrics/significance.ts";
import { identical } from "./order.ts";
import type { Rating, StudyBody } from "./study.ts";

/** The useful minimum of answers, each by so many raters. */
export const LEAST = { answers: 50, raters: 3 } as const;
/** Fewer drawings than for a report: a page waits for it. */
const DRAWING = { samples: 400, seed: 12345 } as const;

export interface Agreement {
  /** Krippendorff's alpha, ordinal for levels and nominal for votes; null where nothing can be told. */
  readonly alpha: Interval | null;
  readonly verdict: Verdict;
  /** Of exactly two raters. */
  readonly kappa: number | null;
}

export interface LevelResult {
  readonly system: number;
  readonly dimension: number;
  readonly ratings: number;
  readonly median: number;
  /** By answers, with all ratings of one answer drawn together. */
  readonly mean: Interval;
  /** Of the two best levels. */
  readonly good: Share & { readonly interval: readonly [number, number] };
}

export interface PairResult {
  readonly votes: number;
  readonly ties: number;
  readonly bad: number;
  /** Pairs that nobody was shown, since both answers are the same. */
  readonly identical: number;
  readonly ranking: ReturnType<typeof rank> | null;
  /** Of two systems: wins of the first, ties as half, and the votes that would settle it. */
  readonly share: { readonly value: number; readonly interval: readonly [number, number] } | null;
  readonly needed: number | null;
}

export interface Results {
  /** In the order in which they began. */
  readonly raters: readonly string[];
  readonly rated: number;
  readonly enough: boolean;
  readonly agreement: readonly Agreement[];
  /** How often a rater said the same the second time. */
  readonly again: Share;
  readonly levels: readonly LevelResult[];
  readonly pairs: PairResult | null;
}

/** @param ratings those that were given. @param texts of the answers, by question and system */
export function resultsOf(
  study: Pick<StudyBody, "kind" | "dimensions" | "systems">,
  ratings: readonly Rating[],
  texts: readonly (readonly string[])[],
): Results {
  const first = ratings.filter(({ again }) => !again);
  const raters = [...new Set(ratings.map(({ rater }) => rater))];
  const units = Map.groupBy(first, unitOf);
  const common = {
    raters,
    rated: first.length,
    enough:
      [...units.values()].filter((unit) => unit.length >= LEAST.raters).length >= LEAST.answers,
    again: consistency(ratings),
  };
  if (study.kind === "pairs") {
    const values = (rating: Rating) => [winnerOf(rating)];
    const agreement = [agreementOf([...units.values()], raters, values, 0, "nominal")];
    return { ...common, agreement, levels: [], pairs: pairsOf(study, first, texts) };
  }
  const values = ({ levels = [] }: Rating) => levels;
  const agreement = study.dimensions.map((_, at) =>
    agreementOf([...units.values()], raters, values, at, "ordinal"),
  );
  return { ...common, agreement, levels: levelsOf(study, first), pairs: null };
}

/** What raters rate in common, whatever order they saw it in. */
const unitOf = ({ place, systems }: Rating) =>
  `${place}/${systems.toSorted((a, b) => a - b).join("/")}`;

/** For agreement: the system that won, 100 for a tie, 101 for both bad. */
function winnerOf({ vote, systems }: Rating): number {
  if (vote === "first" || vote === "second") return systems[vote === "first" ? 0 : 1] as number;
  return vote === "tie" ? 100 : 101;
}

function agreementOf(
  units: readonly (readonly Rating[])[],
  raters: readonly string[],
  values: (rating: Rating) => readonly number[],
  at: number,
  level: "nominal" | "ordinal",
): Agreement {
  const rated = units.map((unit) => unit.map((rating) => values(rating)[at] as number));
  const alpha = alphaInterval(rated, level, DRAWING);
  const both = units.filter((unit) => unit.length === 2);
  const [one, other] = raters;
  const kappa =
    raters.length === 2 && level === "ordinal"
      ? quadraticKappa(
          both.map((unit) => {
            const of = (name?: string) => unit.find(({ rater }) => rater === name);
            return [of(one), of(other)].map((rating) => values(rating as Rating)[at] as number) as [
              number,
              number,
            ];
          }),
        )
      : Number.NaN;
  return {
    alpha: Number.isNaN(alpha.value) ? null : alpha,
    verdict: verdictOf(alpha.value),
    kappa: Number.isNaN(kappa) ? null : kappa,
  };
}

/** Of levels, all dimensions have to be the same. */
function consistency(ratings: readonly Rating[]): Share {
  const keyOf = (rating: Rating) => `${rating.rater}/${unitOf(rating)}`;
  const before = new Map(ratings.filter(({ again }) => !again).map((one) => [keyOf(one), one]));
  const pairs = ratings.flatMap((rating) => {
    const earlier = rating.again && before.get(keyOf(rating));
    return earlier ? [[earlier, rating] as const] : [];
  });
  const same = pairs.filter(([a, b]) => JSON.stringify(a.levels) === JSON.stringify(b.levels));
  return { hits: same.length, of: pairs.length };
}

function levelsOf(
  { dimensions, systems }: Pick<StudyBody, "dimensions" | "systems">,
  ratings: readonly Rating[],
): LevelResult[] {
  return systems.flatMap((_, system) => {
    const own = ratings.filter((rating) => rating.systems[0] === system);
    if (own.length === 0) return [];
    return dimensions.map(({ anchors }, dimension): LevelResult => {
      const level = ({ levels = [] }: Rating) => levels[dimension] as number;
      const all = own.map(level);
      const items = [...Map.groupBy(own, ({ place }) => place).values()].map((unit) =>
        unit.map(level),
      );
      const mean = (drawn: readonly (readonly number[])[]) => {
        const values = drawn.flat();
        return sum(values) / values.length;
      };
      const good = { hits: all.filter((one) => one > anchors.length - 2).length, of: all.length };
      return {
        ...{ system, dimension, ratings: all.length, median: median(all) },
        mean: bootstrap(items, mean, DRAWING),
        good: { ...good, interval: wilson(good) },
      };
    });
  });
}

function pairsOf(
  { systems }: Pick<StudyBody, "systems">,
  ratings: readonly Rating[],
  texts: readonly (readonly string[])[],
): PairResult {
  const games = ratings.map(({ systems: [a, b], vote }): Game => {
    const [first, second] = [String(a), String(b)];
    return { first, second, winner: vote === "first" || vote === "second" ? vote : "tie" };
  });
  const count = (vote: string) => ratings.filter((rating) => rating.vote === vote).length;
  const wins = sum(
    games.map(({ first, winner }) =>
      winner === "tie" ? 0.5 : Number((winner === "first") === (first === "0")),
    ),
  );
  const two = systems.length === 2 && games.length > 0;
  const value = wins / games.length;
  return {
    ...{ votes: games.length, ties: count("tie"), bad: count("bad"), identical: identical(texts) },
    ranking: games.length > 0 ? rank(games, DRAWING) : null,
    share: two ? { value, interval: wilson({ hits: wins, of: games.length }) } : null,
    needed: two && value !== 0.5 ? votesNeeded(value) : null,
  };
}
