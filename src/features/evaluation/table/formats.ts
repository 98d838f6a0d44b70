/** The table as Markdown, CSV and JSON. */
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
    tables: [figures, cited],
    notes,
  } = tableTold(table, language);
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  const lines = (one: Told["tables"][number] | undefined) =>
    one ? [line(one.head), `|${" --- |".repeat(one.head.length)}`, ...one.rows.map(line)] : [];
  const [legend = "", ...rest] = notes;
  const list = rest.map((one) => `- ${one}`);
  return [...lines(figures), "", legend, "", ...list, "", ...lines(cited)].join("\n");
}

const escaped = (cell: string) => cell.replaceAll("|", "\\|");

/** Source: RFC 4180. Numbers as they are, titles in English. */
function csv(table: Table): string {
  const columns = columnsOf(table, "en");
  const cell = (value: string | number | null) => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [
    columns.map(({ title }) => cell(title)),
    ...table.rows.map((row) => columns.map((column) => cell(column.value(row)))),
  ];
  return lines.map((line) => line.join(",")).join("\r\n");
}
