/** The table as Markdown, CSV and JSON. */
import { wilson } from "../../../core/statistics.ts";
import type { Language } from "../../../locales/index.ts";
import type { Told } from "../told/format.ts";
import { columnsOf } from "./columns.ts";
import type { Table } from "./rows.ts";
import { tableTold } from "./told.ts";

export const FORMATS = ["md", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

export function written(table: Table, format: Format, language: Language): string {
  if (format === "json") return JSON.stringify(table, null, 2);
  return format === "csv" ? csv(table) : markdown(table, language);
}

function markdown(table: Table, language: Language): string {
  const {
    tables: [first, ...others],
    notes,
  } = tableTold(table, language);
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  const lines = (one: Told["tables"][number] | undefined) =>
    one ? [line(one.head), `|${" --- |".repeat(one.head.length)}`, ...one.rows.map(line)] : [];
  const [legend = "", ...made] = notes;
  const list = made.map((one) => `- ${one}`);
  const rest = others.flatMap((one) => ["", ...lines(one)]);
  return [...lines(first), "", legend, "", ...list, ...rest].join("\n");
}

const escaped = (cell: string) => cell.replaceAll("|", "\\|");

/** Source: RFC 4180. Numbers as they are, titles in English. */
function csv(table: Table): string {
  const cell = (value: string | number | null) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const written = (lines: readonly (readonly (string | number | null)[])[]) =>
    lines.map((line) => line.map(cell).join(",")).join("\r\n");
  const columns = columnsOf(table, "en");
  const models = [
    columns.map(({ title }) => title),
    ...table.rows.map((row) => columns.map((column) => column.value(row))),
  ];
  if (table.measured.length === 0) return written(models);
  const measured = written(measuredLines(table));
  return table.rows.length === 0 ? measured : `${written(models)}\r\n\r\n${measured}`;
}

/** A line for each share. */
function measuredLines({ measured }: Table): readonly (readonly (string | number)[])[] {
  const head = ["Measure", "Table", "Row", "Figure", "Hits", "Of", "Share", "Low", "High"];
  const lines = measured.flatMap(({ of: measure, title, columns, rows }) =>
    rows.flatMap(({ label, shares }) =>
      shares.map((share, at) => {
        const { hits, of } = share;
        const [low, high] = wilson(share);
        const figure = columns[at]?.en ?? "";
        return [measure, title.en, label.en, figure, hits, of, of && hits / of, low, high];
      }),
    ),
  );
  return [head, ...lines];
}
