/** A point for each model: how fast it writes, and how well it predicts. */
import { scaleLinear } from "d3-scale";
import { formatIn } from "../told/format.ts";
import { at, COLOURS, LINE, line, picture, text, WIDTH, type Words } from "./frame.ts";

export interface Point {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** Of y. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

const HEIGHT = 440;
const BOX = { left: 56, right: WIDTH - 16, top: 64, bottom: HEIGHT - 44 };
/** @param axes what stands below and, at the top, beside it. @param points at least one */
export function scatterOf(
  points: readonly Point[],
  words: Omit<Words, "says">,
  axes: { readonly x: string; readonly y: string },
): string {
  const { number, range } = formatIn(words.language);
  const lows = points.map(({ y, interval }) => Math.min(y, interval?.low ?? y));
  const highs = points.map(({ y, interval }) => Math.max(y, interval?.high ?? y));
  const x = scaleLinear([0, Math.max(...points.map((one) => one.x)) * 1.08], [BOX.left, BOX.right]);
  const [low, high] = [Math.min(...lows), Math.max(...highs)];
  const margin = (high - low || high || 1) * 0.08;
  const y = scaleLinear([Math.max(0, low - margin), high + margin], [BOX.bottom, BOX.top]).nice();
  const ticks = [
    ...x
      .ticks(6)
      .flatMap((tick) => [
        line([x(tick), BOX.top], [x(tick), BOX.bottom], "axis"),
        text(x(tick), BOX.bottom + 18, x.tickFormat(6)(tick), 'class="quiet" text-anchor="middle"'),
      ]),
    ...y
      .ticks(6)
      .flatMap((tick) => [
        line([BOX.left, y(tick)], [BOX.right, y(tick)], "axis"),
        text(BOX.left - 8, y(tick) + 4, y.tickFormat(6)(tick), 'class="quiet" text-anchor="end"'),
      ]),
    text(BOX.right, HEIGHT - 8, axes.x, 'class="quiet" text-anchor="end"'),
    text(BOX.left, BOX.top - 8, axes.y, 'class="quiet"'),
  ];
  const marks = points.flatMap(({ interval, ...point }, index) => {
    const [px, py] = [x(point.x), y(point.y)];
    const colour = index % COLOURS;
    return [
      ...(interval ? [line([px, y(interval.low)], [px, y(interval.high)], "whisker")] : []),
      `<circle cx="${at(px)}" cy="${at(py)}" r="10" class="c${colour}"/>`,
      text(px, py + 4, letterOf(index), 'class="letter" text-anchor="middle"'),
    ];
  });
  // Beside the points, long names would lie on each other; letters also tell who sees no colours.
  const legend = points.flatMap(({ label }, index) => {
    const middle = HEIGHT + 8 + index * LINE;
    return [
      `<circle cx="${BOX.left + 10}" cy="${middle}" r="10" class="c${index % COLOURS}"/>`,
      text(BOX.left + 10, middle + 4, letterOf(index), 'class="letter" text-anchor="middle"'),
      text(BOX.left + 28, middle + 4, label),
    ];
  });
  const says = points
    .map((one) => {
      const value = number(one.y, 3) + range(one.interval, 3);
      return `${one.label}: ${axes.x} ${number(one.x, 1)}, ${axes.y} ${value}`;
    })
    .join("; ");
  const height = HEIGHT + points.length * LINE + 8;
  return picture({ ...words, says }, height, [...ticks, ...marks, ...legend]);
}

/** A to Z, then AA and on. */
function letterOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last;
}
