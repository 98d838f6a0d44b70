/** What `charla quantize` prints at the end: as JSON just so, and in words for people. */
import { fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";
import { messages } from "./messages.ts";
import type { Measures, Report } from "./report.ts";

export interface Result {
  /** Paths of the files, absolute. */
  readonly input: string;
  readonly output: string;
  readonly type: string;
  /** Of the whole files. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Tensors: all, those given another type, and those of them that did not fit the type. */
  readonly tensors: number;
  readonly converted: number;
  readonly fallbacks: number;
  readonly report: Report | null;
}

export function told(result: Result, language: Language): string {
  const text = messages[language];
  const { output, type, bytesBefore, bytesAfter, converted, fallbacks, report } = result;
  const percent = ((100 * bytesAfter) / bytesBefore).toFixed(0);
  const sizes = { before: megabytes(bytesBefore), after: megabytes(bytesAfter), percent };
  const lines = [fill(text.written, { output, type, ...sizes })];
  if (fallbacks > 0) lines.push(fill(text.fallbacks, { fallbacks, converted, type }));
  if (report) lines.push("", ...table(report, language));
  return lines.join("\n");
}

function table({ before, after, perplexity, textTokens }: Report, language: Language): string[] {
  const text = messages[language];
  const rows = [
    ["", ...text.columns],
    [text.size, megabytes(before.bytes), megabytes(after.bytes), change(before, after, "bytes")],
    [
      text.perplexity,
      before.perplexity.toPrecision(4),
      after.perplexity.toPrecision(4),
      `${percentage(perplexity.ratio)} ± ${(100 * perplexity.standardError).toFixed(2)}`,
    ],
    [
      text.speed,
      before.tokensPerSecond?.toFixed(1) ?? "-",
      after.tokensPerSecond?.toFixed(1) ?? "-",
      change(before, after, "tokensPerSecond"),
    ],
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  const body = rows.map(([name = "", ...cells]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(12))].join(" ").trimEnd(),
  );
  return [...body, fill(text.legend, { tokens: textTokens })];
}

function change(before: Measures, after: Measures, of: "bytes" | "tokensPerSecond"): string {
  const [from, to] = [before[of], after[of]];
  return from === null || to === null ? "" : percentage(to / from);
}

function percentage(ratio: number): string {
  const percent = 100 * (ratio - 1);
  return `${percent < 0 ? "" : "+"}${percent.toFixed(Math.abs(percent) < 10 ? 2 : 0)} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
}
