/** A bar for each model, with its interval. */
import { scaleLinear } from "d3-scale";
import { formatIn } from "../told/format.ts";
import { at, LINE, line, picture, text, WIDTH, type Words, widthOf } from "./frame.ts";

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

const TOP = 56;
const MOST_NAME = 300;

export interface Scale {
  readonly digits: number;
  /** Shares, up to all. */
  readonly percent?: boolean;
  /** Where chance would be, or no preference. */
  readonly chance?: number | undefined;
}

/** @param bars at least one, none below 0 */
export function barsOf(
  bars: readonly Bar[],
  words: Omit<Words, "says">,
  { digits, percent = false, chance }: Scale,
): string {
  const format = formatIn(words.language);
  const { number, range } = format;
  const told = ({ value, interval }: Bar) =>
    percent
      ? format.percent(value) + (interval ? format.percentRange(interval) : "")
      : number(value, digits) + range(interval, digits);
  const names = Math.min(MOST_NAME, Math.max(...bars.map(({ label }) => widthOf(label))) + 12);
  const values = Math.max(...bars.map((bar) => widthOf(told(bar)))) + 12;
  const highs = bars.map(({ value, interval }) => Math.max(value, interval?.high ?? 0));
  const most = percent ? 1 : Math.max(...highs);
  const scale = scaleLinear([0, most || 1], [names, WIDTH - values]);
  const parts = bars.flatMap((bar, index) => {
    const top = TOP + index * (LINE + 6);
    const middle = top + LINE / 2;
    const end = scale(bar.value);
    const right = bar.interval ? Math.max(end, scale(bar.interval.high)) : end;
    return [
      text(0, middle + 4, shortened(bar.label, names)),
      `<rect x="${at(names)}" y="${at(top + 2)}" width="${at(end - names)}" height="${LINE - 4}" class="c0"/>`,
      ...(bar.interval ? whisker(scale(bar.interval.low), scale(bar.interval.high), middle) : []),
      text(right + 8, middle + 4, told(bar)),
    ];
  });
  const height = TOP + bars.length * (LINE + 6);
  const atChance =
    chance === undefined ? [] : [line([scale(chance), TOP - 6], [scale(chance), height], "axis")];
  const says = bars.map((bar) => `${bar.label}: ${told(bar)}`).join("; ");
  return picture({ ...words, says }, height, [...atChance, ...parts]);
}

const whisker = (low: number, high: number, y: number): readonly string[] => [
  line([low, y], [high, y], "whisker"),
  line([low, y - 5], [low, y + 5], "whisker"),
  line([high, y - 5], [high, y + 5], "whisker"),
];

function shortened(label: string, width: number): string {
  // What was measured by the same rule fits, however the division rounds.
  const most = Math.floor((width - 12) / 7.2 + 0.01);
  return label.length <= most ? label : `${label.slice(0, Math.max(1, most - 1))}…`;
}
