/** What replays have found, in a table and as a picture: which answers are taken for what, by their length. */
import { writeFileSync } from "node:fs";
import { median, wilson } from "../../src/core/statistics.ts";
import { verdictOf } from "../../src/features/provenance/replay/verdict.ts";
import { type Line, placesOf } from "./log.ts";
import { rocOf } from "./roc.ts";

/** Tokens of an answer that are looked at. */
const LENGTHS = [48, 100, 200, 300];
/** Of that length are answers that have nearly so many. */
const NEARLY = 0.8;

interface Wish {
  readonly json: boolean;
  /** Path of the picture. */
  readonly svg?: string | undefined;
}

export function told(lines: readonly Line[], { json, svg }: Wish): void {
  const table = LENGTHS.flatMap((most) => {
    const some = lines.filter(({ tokens }) => tokens >= NEARLY * most);
    const honest = some.filter((line) => line.honest).map((line) => scoreOf(line, most));
    const kinds = [...new Set(some.map(({ by }) => by))];
    return kinds.map((by) =>
      rowOf(
        by,
        some.filter((line) => line.by === by),
        honest,
        most,
      ),
    );
  });
  if (json) console.log(JSON.stringify(table, null, 2));
  else console.table(table);
  if (svg === undefined) return;
  const [short = 0] = LENGTHS;
  const scores = (by: string) =>
    lines.filter((line) => line.by === by).map((line) => scoreOf(line, short));
  const honest = lines.filter((line) => line.honest).map((line) => scoreOf(line, short));
  const others = [...new Set(lines.filter((line) => !line.honest).map(({ by }) => by))];
  const series = others.map((by) => ({ label: by, points: pointsOf(honest, scores(by)) }));
  writeFileSync(svg, rocOf(series, short));
}

/** As a receipt's own text, where nobody has edited it. */
const judged = (line: Line, most: number) => verdictOf(placesOf(line, most), line.edited !== true);

/** How unlikely it is that an honest answer is so far off: the logarithm, by which they are ranked. */
const scoreOf = (line: Line, most: number) =>
  -Math.log(Math.max(Number.MIN_VALUE, judged(line, most).chance));

function rowOf(by: string, some: readonly Line[], honest: readonly number[], most: number) {
  const means = some.map((line) => judged(line, most).mean);
  const scores = some.map((line) => scoreOf(line, most));
  const agree = some.map((line) => judged(line, most)).map(({ agree, tokens }) => agree / tokens);
  const verdicts = some.map((line) => judged(line, most).verdict);
  const said = (word: string) => {
    const hits = verdicts.filter((one) => one === word).length;
    const [low, high] = wilson({ hits, of: some.length }).map((one) => (100 * one).toFixed(1));
    return `${hits} (${low} to ${high} %)`;
  };
  const digits = (one: number) => Number(one.toPrecision(3));
  return {
    ...{ by, tokens: most, answers: some.length, agree: digits(median(agree)) },
    "mean: least": digits(Math.min(...means)),
    median: digits(median(means)),
    most: digits(Math.max(...means)),
    AUC: some[0]?.honest ? undefined : Number(auc(honest, scores).toFixed(4)),
    same: said("same"),
    "cannot be told": said("inconclusive"),
    ...(some[0]?.edited && { edited: said("edited") }),
    different: said("different"),
  };
}

/** Share of pairs in which the other one is further off than the honest one. */
const auc = (honest: readonly number[], other: readonly number[]) =>
  honest.reduce(
    (sum, a) => sum + other.reduce((more, b) => more + (b > a ? 1 : b === a ? 0.5 : 0), 0),
    0,
  ) /
  (honest.length * other.length);

/** By each threshold: of the honest ones and of the others, the share that is further off. */
function pointsOf(honest: readonly number[], other: readonly number[]) {
  const share = (list: readonly number[], least: number) =>
    list.filter((one) => one > least).length / list.length;
  const thresholds = [...new Set([...honest, ...other])].toSorted((a, b) => b - a);
  const points = thresholds.map((one) => [share(honest, one), share(other, one)] as const);
  return [...points, [1, 1] as const];
}
