/** The table as Markdown, CSV and JSON. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import { columnsOf } from "./columns.ts";
import type { Table } from "./rows.ts";

export const FORMATS = ["md", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

export function written(table: Table, format: Format, language: Language): string {
  if (format === "json") return JSON.stringify(table, null, 2);
  return format === "csv" ? csv(table) : markdown(table, language);
}

function markdown(table: Table, language: Language): string {
  const text = messages[language].table;
  const columns = columnsOf(table, language);
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  const first = table.rows[0]?.label ?? "?";
  return [
    line(columns.map(({ title }) => title)),
    `|${" --- |".repeat(columns.length)}`,
    ...table.rows.map((row) => line(columns.map((column) => column.cell(row)))),
    "",
    fill(text.legend, { first }),
    "",
    ...table.runs.map(({ kind, source, digest, how, state, done, total }) => {
      const whole = state === "done" ? "" : ` **${fill(text.cut, { done, total: total ?? "?" })}**`;
      return `- ${text[kind]}: ${source}, SHA-256 \`${digest.slice(0, 16)}…\`; ${how}.${whole}`;
    }),
    ...(table.machine ? [`- ${fill(text.machine, { machine: table.machine })}`] : []),
    "",
    line(text.citedColumns),
    "| --- | --- | --- |",
    ...table.cited.map((one) => line([one.label, one.says, one.source])),
  ].join("\n");
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
