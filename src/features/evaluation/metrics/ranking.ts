/**
 * A ranking from comparisons of two at a time: Bradley and Terry's model by maximum likelihood, with
 * the advantage of being shown first as a number of its own. Votes are taken all at once, so their
 * order does not matter, unlike with Elo's online rating.
 *
 * Sources: Bradley and Terry 1952; Ford 1957 (when there is a maximum); Chiang et al. 2024 (Chatbot
 * Arena: ties as half a win each, 400 points for odds of ten to one, around 1000).
 */
import { type Drawing, draws, type Interval, middle } from "./resample.ts";

/** One vote; "both bad" is a tie here, and is counted for itself elsewhere. */
export interface Game {
  /** The one that was shown first, or on the left. */
  readonly first: string;
  readonly second: string;
  readonly winner: "first" | "second" | "tie";
}

export interface Ranked {
  readonly name: string;
  readonly rating: Interval;
  readonly games: number;
}

export type Ranking =
  /** Some were never compared with the others, directly or through third ones. */
  | { readonly refused: "unconnected"; readonly groups: readonly (readonly string[])[] }
  | {
      readonly refused?: never;
      /** Best first. */
      readonly ranked: readonly Ranked[];
      /** Points that being shown first is worth. */
      readonly first: Interval;
      /**
       * Somebody never lost, or never won, so there is no maximum: each pair that was compared got half
       * a win for either side.
       */
      readonly pseudo: boolean;
      /** Of the drawings for the interval, how many needed that. */
      readonly pseudoDrawn: number;
    };

const POINTS = 400 / Math.LN10;
const MEAN = 1000;

export function rank(games: readonly Game[], drawing: Drawing = {}): Ranking {
  const names = [...new Set(games.flatMap(({ first, second }) => [first, second]))].toSorted();
  const groups = connected(names, games);
  if (groups.length > 1) return { refused: "unconnected", groups };
  const fitted = fitOrPad(names, games, games);
  const drawn = draws(games, drawing).map((some) => fitOrPad(names, some, games, fitted.padded));
  const interval = (of: (one: Fitted) => number): Interval => ({
    value: of(fitted),
    ...middle(drawn.map(of)),
  });
  const ranked = names.map((name, index) => ({
    name,
    rating: interval(({ strengths }) => MEAN + POINTS * (strengths[index] as number)),
    games: games.filter((game) => game.first === name || game.second === name).length,
  }));
  return {
    ranked: ranked.toSorted((a, b) => b.rating.value - a.rating.value),
    first: interval(({ order }) => POINTS * order),
    pseudo: fitted.padded,
    pseudoDrawn: drawn.filter(({ padded }) => padded).length,
  };
}

/** Sets of names that comparisons hold together. */
function connected(names: readonly string[], games: readonly Game[]): string[][] {
  const edges = games.flatMap(({ first, second }) => [
    [first, second],
    [second, first],
  ]) as [string, string][];
  const left = new Set(names);
  const groups: string[][] = [];
  for (const name of names) {
    if (!left.has(name)) continue;
    const group = reached(name, edges);
    for (const one of group) left.delete(one);
    groups.push([...group].toSorted());
  }
  return groups;
}

function reached(from: string, edges: readonly (readonly [string, string])[]): Set<string> {
  const found = new Set([from]);
  const next = Map.groupBy(edges, ([start]) => start);
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const [, to] of next.get(name) ?? []) {
      if (found.has(to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}

/** With half a win more for either side of all that were ever compared, where there is no maximum. */
function fitOrPad(
  names: readonly string[],
  games: readonly Game[],
  all: readonly Game[],
  pad = false,
) {
  const plain = pad || unbounded(names, games) ? undefined : maximise(names, games);
  if (plain && !runsAway(plain)) return { ...plain, padded: false };
  return { ...maximise(names, games, all), padded: true };
}

/** A maximum at infinity that `unbounded` does not see: e^15 to one is more than any votes can tell. */
const runsAway = ({ strengths, order }: Fitted) =>
  [...strengths, order].some((value) => !(Math.abs(value) < 15));

/**
 * Whether the likelihood has no maximum: somebody cannot be reached from somebody by wins (Ford), or
 * the places tell who wins, or no two were ever shown in both orders.
 */
function unbounded(names: readonly string[], games: readonly Game[]): boolean {
  const wins = games.flatMap(({ first, second, winner }): [string, string][] => [
    ...(winner === "second" ? [] : ([[first, second]] as [string, string][])),
    ...(winner === "first" ? [] : ([[second, first]] as [string, string][])),
  ]);
  const losses = wins.map(([a, b]): [string, string] => [b, a]);
  const [start = ""] = names;
  if (reached(start, wins).size < names.length) return true;
  if (reached(start, losses).size < names.length) return true;
  const places = (["first", "second"] as const).map((place) =>
    games.some(({ winner }) => winner === place || winner === "tie"),
  );
  const orders = new Map<string, Set<string>>();
  for (const { first, second } of games) {
    const pair = [first, second].toSorted().join("\0");
    orders.set(pair, (orders.get(pair) ?? new Set()).add(first));
  }
  const turned = [...orders.values()].some((set) => set.size === 2);
  return places.includes(false) || !turned;
}

interface Fitted {
  /** Logarithms of odds, with a mean of 0. */
  readonly strengths: readonly number[];
  readonly order: number;
}

/** Newton's method; the likelihood is concave, and steps that do not raise it are halved. */
function maximise(
  names: readonly string[],
  games: readonly Game[],
  halves?: readonly Game[],
): Fitted {
  const rows = [...counted(names, games, halves).values()];
  const size = names.length + 1;
  let at = new Float64Array(size);
  let value = likelihood(rows, at);
  for (let round = 0; round < 100; round++) {
    const { gradient, hessian } = derivatives(rows, at, names.length);
    const step = solve(hessian, gradient);
    let length = 1;
    let next = at.map((one, index) => one + (step[index] as number));
    let raised = likelihood(rows, next);
    while (raised < value && length > 1e-9) {
      length /= 2;
      next = at.map((one, index) => one + length * (step[index] as number));
      raised = likelihood(rows, next);
    }
    at = next;
    value = Math.max(value, raised);
    if (Math.max(...step.map(Math.abs)) < 1e-10) break;
  }
  const strengths = [...at.slice(0, names.length)];
  const mean = strengths.reduce((total, one) => total + one, 0) / names.length;
  return { strengths: strengths.map((one) => one - mean), order: at[names.length] as number };
}

/** Of two in one order: how often they met, and how often the first won, ties as half. */
interface Row {
  readonly first: number;
  readonly second: number;
  games: number;
  wins: number;
}

function counted(names: readonly string[], games: readonly Game[], halves: readonly Game[] = []) {
  const rows = new Map<number, Row>();
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const add = (first: number, second: number, count: number, wins: number) => {
    const key = first * names.length + second;
    const row = rows.get(key) ?? { first, second, games: 0, wins: 0 };
    row.games += count;
    row.wins += wins;
    rows.set(key, row);
  };
  const index = (name: string) => indexOf.get(name) as number;
  for (const { first, second, winner } of games) {
    const wins = winner === "tie" ? 0.5 : Number(winner === "first");
    add(index(first), index(second), 1, wins);
  }
  const pairs = new Map(
    halves.map(({ first, second }) => {
      const pair = [index(first), index(second)].toSorted((a, b) => a - b) as [number, number];
      return [pair.join(), pair];
    }),
  );
  // Half a win for either, in either order, so that neither strength nor order gains.
  for (const [a, b] of pairs.values()) {
    add(a, b, 0.5, 0.25);
    add(b, a, 0.5, 0.25);
  }
  return rows;
}

const chance = ({ first, second }: Row, at: Float64Array) =>
  1 / (1 + Math.exp((at[second] as number) - (at[first] as number) - (at.at(-1) as number)));

function likelihood(rows: readonly Row[], at: Float64Array): number {
  let sum = 0;
  for (const row of rows) {
    const p = Math.min(1 - 1e-15, Math.max(1e-15, chance(row, at)));
    sum += row.wins * Math.log(p) + (row.games - row.wins) * Math.log(1 - p);
  }
  return sum;
}

function derivatives(rows: readonly Row[], at: Float64Array, names: number) {
  const size = names + 1;
  const gradient = new Float64Array(size);
  const hessian = Array.from({ length: size }, () => new Float64Array(size));
  for (const row of rows) {
    const p = chance(row, at);
    const [slope, bend] = [row.wins - row.games * p, row.games * p * (1 - p)];
    const signs: readonly (readonly [number, number])[] = [
      [row.first, 1],
      [row.second, -1],
      [names, 1],
    ];
    for (const [i, sign] of signs) {
      increase(gradient, i, sign * slope);
      for (const [j, other] of signs) increase(hessian[i] as Float64Array, j, sign * other * bend);
    }
  }
  // Only differences of strengths matter: their sum is held at 0.
  const total = at.slice(0, names).reduce((all, one) => all + one, 0);
  for (let i = 0; i < names; i++) {
    for (let j = 0; j < names; j++) increase(hessian[i] as Float64Array, j, 1);
    increase(gradient, i, -total);
  }
  return { gradient, hessian };
}

function increase(list: Float64Array, index: number, by: number): void {
  list[index] = (list[index] as number) + by;
}

/** Gaussian elimination with pivots. */
function solve(matrix: readonly Float64Array[], right: Float64Array): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] as number]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    const head = rows[column] as number[];
    for (let row = column + 1; row < size; row++) {
      const line = rows[row] as number[];
      const factor = (line[column] as number) / (head[column] as number);
      for (let k = column; k <= size; k++) {
        line[k] = (line[k] as number) - factor * (head[k] as number);
      }
    }
  }
  const result = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    const line = rows[row] as number[];
    let rest = line[size] as number;
    for (let k = row + 1; k < size; k++) rest -= (line[k] as number) * (result[k] as number);
    result[row] = rest / (line[row] as number);
  }
  return result;
}
