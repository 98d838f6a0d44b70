/** What the reader keeps as files: every rating of a study, for a spreadsheet or a program, and others. */
import type { ExportReply } from "../../../../src/features/evaluation/people/api.ts";
import { desk } from "../../desk.ts";
import { getJson } from "../../ui/json.ts";

export async function save(study: string, as: "csv" | "json"): Promise<void> {
  await desk.attempt(async () => {
    const reply = await getJson<ExportReply>(`/api/studies/${study}/export`);
    const text = as === "csv" ? csvOf(reply) : `${JSON.stringify(reply, null, 2)}\n`;
    keep(`${reply.name.replace(/[^\p{L}\p{N}]+/gu, "-")}.${as}`, text);
  });
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ csv: "text/csv", json: "application/json", md: "text/markdown", svg: "image/svg+xml" },
};

/** Gives the reader a text as a file. */
export function keep(name: string, text: string): void {
  const type = TYPES[name.replace(/^.*\./, "")] ?? "text/plain";
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}

function csvOf({ rows }: ExportReply): string {
  const names = [...new Set(rows.flatMap(({ levels }) => Object.keys(levels)))];
  const head = ["question", "rater", "shown", "rated", "again", "model_a", "answer_a"];
  const lines = rows.map((row) => [
    ...[row.question, row.rater, row.shownAt, row.ratedAt, row.again],
    ...[row.systems[0], row.answers[0], row.systems[1] ?? "", row.answers[1] ?? ""],
    ...[row.vote ?? "", ...names.map((name) => row.levels[name] ?? "")],
  ]);
  const all = [[...head, "model_b", "answer_b", "vote", ...names], ...lines];
  return `\ufeff${all.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** What a spreadsheet would compute is marked as text. */
const cell = (value: unknown): string => {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
