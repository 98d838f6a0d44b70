/** What a figure of each model was at each run, as lines over time. */
import { scaleLinear, scaleUtc } from "d3-scale";
import { DAY_MS } from "../../../core/time.ts";
import { formatIn } from "../told/format.ts";
import { at, COLOURS, line, picture, text, WIDTH, type Words, widthOf } from "./frame.ts";

export interface Series {
  readonly label: string;
  /** Oldest first; at least one. */
  readonly points: readonly { readonly at: Date; readonly value: number }[];
}

const HEIGHT = 380;
const BOX = { left: 56, top: 64, bottom: HEIGHT - 36 };

/** @param series at least one */
export function historyOf(series: readonly Series[], words: Omit<Words, "says">): string {
  const { number } = formatIn(words.language);
  const right = WIDTH - Math.max(...series.map(({ label }) => widthOf(label))) - 20;
  const all = series.flatMap(({ points }) => points);
  const times = all.map((one) => one.at.getTime());
  const values = all.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || high || 1) * 0.1;
  const x = scaleUtc([Math.min(...times), Math.max(...times)], [BOX.left + 8, right]);
  const y = scaleLinear([Math.max(0, low - margin), high + margin], [BOX.bottom, BOX.top]).nice();
  const several = Math.max(...times) - Math.min(...times) > 2 * DAY_MS;
  const ticks = [
    ...y
      .ticks(5)
      .flatMap((tick) => [
        line([BOX.left, y(tick)], [right, y(tick)], "axis"),
        text(BOX.left - 8, y(tick) + 4, y.tickFormat(5)(tick), 'class="quiet" text-anchor="end"'),
      ]),
    ...x
      .ticks(3)
      .map((tick) =>
        text(
          x(tick),
          BOX.bottom + 20,
          told(tick, words.language, several),
          'class="quiet" text-anchor="middle"',
        ),
      ),
  ];
  const ends = spread(series.map(({ points }) => y((points.at(-1) as { value: number }).value)));
  const marks = series.flatMap(({ label, points }, index) => {
    const colour = index % COLOURS;
    const path = points.map((one) => `${at(x(one.at))},${at(y(one.value))}`).join(" ");
    return [
      `<polyline points="${path}" class="line l${colour}"/>`,
      ...points.map(
        (one) =>
          `<circle cx="${at(x(one.at))}" cy="${at(y(one.value))}" r="4" class="c${colour}"/>`,
      ),
      text(right + 12, (ends[index] as number) + 4, label, `class="c${colour}"`),
    ];
  });
  const says = series
    .map(({ label, points }) => {
      const all = points.map((one) => `${told(one.at, words.language)} ${number(one.value, 3)}`);
      return `${label}: ${all.join(", ")}`;
    })
    .join("; ");
  return picture({ ...words, says }, HEIGHT, [...ticks, ...marks]);
}

/** A day, with its hour where all is within two. */
function told(date: Date, language: string, several = false): string {
  const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const how = { day: "numeric", month: "short", timeZone: "UTC", ...(!several && hour) } as const;
  return date.toLocaleString(language, how);
}

/** Between two labels, in pixels. */
const APART = 16;

/** Heights for labels near these, none on another. */
export function spread(heights: readonly number[]): readonly number[] {
  const order = heights
    .map((_, index) => index)
    .toSorted((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const found = [...heights];
  let last = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    last = Math.max(found[index] as number, last + APART);
    found[index] = last;
  }
  return found;
}
