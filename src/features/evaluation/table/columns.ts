/** Which columns a table has, and what stands in them: shown by Markdown, CSV and the terminal alike. */
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import { formatIn } from "../told/format.ts";
import type { Table, TableRow } from "./rows.ts";

export interface Column {
  readonly title: string;
  /** For people, with intervals; "" where it is not known. */
  cell(row: TableRow): string;
  /** For programs; null where it is not known. */
  value(row: TableRow): string | number | null;
}

export function columnsOf({ rows }: Table, language: Language): readonly Column[] {
  const text = messages[language].table;
  const { number, range, percent, percentRange } = formatIn(language);
  const scaled = (known: number | null, by: number) => (known === null ? null : known / by);
  const plain = (
    title: string,
    value: (row: TableRow) => number | null,
    shown: (value: number) => string,
  ): Column => ({
    title,
    value,
    cell(row) {
      const known = value(row);
      return known === null ? "" : shown(known);
    },
  });
  const word = (title: string, value: (row: TableRow) => string | null): Column => ({
    ...{ title, value },
    cell: (row) => value(row) ?? "",
  });
  const parts = [...new Set(rows.flatMap(({ perplexity }) => Object.keys(perplexity)))];
  const languages = parts.length > 1 ? parts.filter((part) => part !== "all") : parts;
  const named = (title: string, part: string) => (part === "all" ? title : `${title} ${part}`);
  const figures = (title: string, of: "perplexity" | "bitsPerByte", digits: number) =>
    languages.map(
      (part): Column => ({
        title: named(title, part),
        value: (row) => row[of][part]?.value ?? null,
        cell: (row) => {
          const known = row[of][part];
          return known ? number(known.value, digits) + range(known.interval, digits) : "";
        },
      }),
    );
  const share = (title: string, of: (row: TableRow) => Share | null | undefined): Column => ({
    title,
    value: (row) => of(row)?.value ?? null,
    cell: (row) => {
      const known = of(row);
      return known ? percent(known.value) + percentRange(known) : "";
    },
  });
  const seconds = (title: string, of: (row: TableRow) => number | undefined) =>
    plain(
      title,
      (row) => scaled(of(row) ?? null, 1000),
      (seconds) => number(seconds, 2),
    );
  const all: readonly Column[] = [
    word(text.model, ({ label }) => label),
    word(text.architecture, ({ architecture }) => architecture),
    plain(
      text.parameters,
      (row) => row.parameters,
      (count) => `${number(count / 1e6, 1)} M`,
    ),
    word(text.type, ({ quantisation }) => quantisation),
    plain(
      "MB",
      (row) => scaled(row.fileBytes, 1e6),
      (megabytes) => number(megabytes, 1),
    ),
    plain(
      text.prefill,
      (row) => row.prefill,
      (speed) => number(speed, 1),
    ),
    plain(
      text.decode,
      (row) => row.decode,
      (speed) => number(speed, 1),
    ),
    plain(
      text.memory,
      (row) => scaled(row.memoryBytes, 1e6),
      (megabytes) => number(megabytes, 0),
    ),
    plain(
      text.measured,
      (row) => row.length,
      (tokens) => number(tokens, 0),
    ),
    ...figures(text.perplexity, "perplexity", 2),
    ...figures(text.bits, "bitsPerByte", 3),
    {
      title: text.ratio,
      value: (row) => row.ratio?.value ?? null,
      cell: ({ ratio }) => (ratio ? number(ratio.value, 3) + range(ratio.interval, 3) : ""),
    },
    share(text.contained, (row) => row.questions?.contained),
    share("F1", (row) => row.questions?.f1),
    plain(
      "chrF",
      (row) => row.questions?.chrf?.value ?? null,
      (value) => number(value, 1),
    ),
    share(text.careless, (row) => {
      if (!row.robust) return null;
      const { hits, of, interval } = row.robust.robust;
      return { value: hits / of, low: interval[0], high: interval[1] };
    }),
    share(text.choice, (row) => row.questions?.choice?.byByte),
    share(text.similar, (row) => row.questions?.similarity?.similar),
    share(text.similarOther, (row) => row.questions?.similarity?.similarOther),
    seconds(text.firstP50, (row) => row.questions?.first?.p50),
    seconds(text.wholeMean, (row) => row.questions?.whole?.mean),
    seconds(text.wholeP95, (row) => row.questions?.whole?.p95),
  ];
  // What nobody has measured would be an empty column.
  return all.filter((column) => rows.some((row) => column.value(row) !== null));
}

interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
