/** What is told of a run, as tables and sentences; and how numbers and tables look in a terminal. */
import { type Share, wilson } from "../../../core/statistics.ts";
import type { Language } from "../../../locales/index.ts";
import type { Interval } from "../interval.ts";

export interface Format {
  number(value: number, digits: number): string;
  percent(value: number): string;
  /** "[1.2, 3.4]", or nothing. */
  range(interval: Interval | null | undefined, digits: number): string;
  percentRange(interval: Interval): string;
}

export function formatIn(language: Language): Format {
  const number = (value: number, digits: number) =>
    value.toLocaleString(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  const percent = (value: number) => `${number(100 * value, 1)} %`;
  return {
    ...{ number, percent },
    range: (interval, digits) =>
      interval ? ` [${number(interval.low, digits)}, ${number(interval.high, digits)}]` : "",
    percentRange: ({ low, high }) => ` [${number(100 * low, 1)}, ${number(100 * high, 1)}]`,
  };
}

/** "50.0 % [9.5, 90.5]", or nothing of nothing. */
export const shareIn =
  (language: Language) =>
  ({ hits, of }: Share): string => {
    if (of === 0) return "";
    const { percent, percentRange } = formatIn(language);
    const [low, high] = wilson({ hits, of });
    return percent(hits / of) + percentRange({ low, high });
  };

export interface Told {
  readonly tables: readonly {
    /** Columns; the first cell of a row says what the row is. */
    readonly head: readonly string[];
    readonly rows: readonly (readonly string[])[];
  }[];
  /** How it was made, and how to read it. */
  readonly notes: readonly string[];
}

export const inTerminal = ({ tables, notes }: Told): string =>
  [...tables.flatMap(({ head, rows }) => [aligned([head, ...rows]), ""]), ...notes].join("\n");

/** Columns beside each other; the last one ends where it ends. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
