/** A file of questions as rows, one by one, so that a million of them need no more memory than one. */
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { brokenLine, raggedRow, tooLong } from "./errors.ts";

/** An object of JSON, or a line of a table by the names of its columns. */
export interface Row {
  /** In the file, from 1. */
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Characters of one row; a chat of 200 long messages fits. */
const LONGEST = 4_000_000;

/** @throws CharlaError `evaluation_set_broken_line`, `..._long_line` */
export async function* jsonRows(file: string, text: AsyncIterable<string>): AsyncGenerator<Row> {
  for await (const { line, content } of lines(file, text)) {
    if (content.trim() === "") continue;
    yield { line, fields: parsed(file, line, content) };
  }
}

function parsed(file: string, line: number, content: string): Row["fields"] {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Row["fields"];
    }
  } catch (error) {
    throw brokenLine(file, line, error);
  }
  throw brokenLine(file, line);
}

async function* lines(file: string, text: AsyncIterable<string>) {
  let rest = "";
  let line = 0;
  for await (const piece of text) {
    const parts = (rest + piece).split("\n");
    rest = parts.pop() as string;
    for (const content of parts) yield { line: ++line, content };
    if (rest.length > LONGEST) throw tooLong(file, line + 1);
  }
  if (rest !== "") yield { line: line + 1, content: rest };
}

/** Whichever of the usual ones stands most often in the first line, outside of quotation marks. */
function delimiterOf(head: string): string {
  const [first = ""] = head.replace(/"[^"]*"/g, "").split(/\r?\n/);
  const count = (mark: string) => first.split(mark).length;
  return [",", ";", "\t"].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/** @throws CharlaError `evaluation_set_ragged`, `..._broken_line`, `..._long_line` */
export async function* csvRows(file: string, text: AsyncIterable<string>): AsyncGenerator<Row> {
  const pieces = text[Symbol.asyncIterator]();
  let head = "";
  while (!head.includes("\n") && head.length < LONGEST) {
    const next = await pieces.next();
    if (next.done) break;
    head += next.value;
  }
  const whole = (async function* () {
    yield head;
    yield* { [Symbol.asyncIterator]: () => pieces };
  })();
  const parser = parse({
    delimiter: delimiterOf(head),
    ...{ bom: true, info: true, relaxColumnCount: true, skipEmptyLines: true },
    maxRecordSize: LONGEST,
  });
  const source = Readable.from(whole);
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let names: readonly string[] | undefined;
  // The line on which a row ends is told; where it begins is after the one before.
  let begin = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRow>) {
      const line = begin;
      begin = info.lines + 1;
      if (!names) {
        names = record.map((name) => name.trim().toLowerCase());
        continue;
      }
      if (record.length !== names.length) {
        throw raggedRow(file, line, record.length, names.length);
      }
      yield { line, fields: Object.fromEntries(names.map((name, at) => [name, record[at]])) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Rows before it may not have been taken yet, so it says itself where it is.
    const line = typeof error.lines === "number" ? error.lines : begin;
    throw error.code === "CSV_MAX_RECORD_SIZE"
      ? tooLong(file, line)
      : brokenLine(file, line, error);
  } finally {
    source.destroy();
  }
}

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}
