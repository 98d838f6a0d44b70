/** Plain text, source code, Markdown and CSV, in whatever encoding they were written. */
import { analyse } from "chardet";
import { facts, Outline, type Reader, tidy, Unreadable } from "./sections.ts";

/** Bytes that are looked at to find the encoding. */
const SAMPLE = 65_536;

/** @throws Unreadable where it is no text */
export function decode(bytes: Uint8Array): string {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return utf(bytes, "utf-8");
  if (a === 0xff && b === 0xfe) return utf(bytes, "utf-16le");
  if (a === 0xfe && b === 0xff) return utf(bytes, "utf-16be");
  const sample = bytes.subarray(0, SAMPLE);
  const wide = wideOf(sample);
  if (wide) return utf(bytes, wide);
  if (sample.includes(0)) throw new Unreadable("file_unknown");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return utf(bytes, encodingOf(sample));
  }
}

const utf = (bytes: Uint8Array, encoding: string): string =>
  new TextDecoder(encoding).decode(bytes);

/** UTF-16 without a mark: every other byte of Western text is 0. */
function wideOf(sample: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (sample.length < 4) return undefined;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < sample.length; at++) {
    if (sample[at] !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  const many = sample.length * 0.3;
  if (odd > many && even < many / 10) return "utf-16le";
  if (even > many && odd < many / 10) return "utf-16be";
  return undefined;
}

/** Where two are as likely, the one that Windows has written in Western countries for decades. */
function encodingOf(sample: Uint8Array): string {
  const matches = analyse(sample);
  const best = matches[0];
  const western = matches.find(({ name }) => /^(ISO-8859-1|windows-1252)$/i.test(name));
  if (!best || (western && western.confidence >= best.confidence - 15)) return "windows-1252";
  try {
    return new TextDecoder(best.name).encoding;
  } catch {
    return "windows-1252";
  }
}

/** Lines of a section of what has no headings. */
const LINES = 200;

export const plain: Reader = (bytes, reading) => {
  const lines = tidyLines(decode(bytes));
  let cut = false;
  for (let at = 0; at < lines.length && !cut; at += LINES) {
    const text = tidy(lines.slice(at, at + LINES).join("\n"));
    if (text !== "") cut = !reading.section({ place: {}, text });
  }
  return facts({ cut });
};

const tidyLines = (text: string): string[] => text.replace(/\r\n?/g, "\n").split("\n");

export const markdown: Reader = (bytes, reading) => {
  const outline = new Outline(reading);
  const lines = tidyLines(decode(bytes));
  let fence: string | undefined;
  // Data for programs at the top, between two lines of dashes.
  const front = lines[0] === "---" ? lines.indexOf("---", 1) : -1;
  for (const line of lines.slice(front + 1)) {
    if (outline.enough) break;
    const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (mark && (fence === undefined || (line.trim() === mark && mark.startsWith(fence))))
      fence = fence === undefined ? mark : undefined;
    const [, signs = "", title = ""] =
      (fence === undefined && /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(line)) || [];
    if (signs !== "") outline.heading(signs.length, title);
    else outline.line(line);
  }
  outline.end();
  return facts({ cut: outline.enough });
};

/** Rows of a section of a table. */
export const ROWS = 40;

export const csv: Reader = async (bytes, reading) => {
  const { parse } = await import("csv-parse/sync");
  const text = decode(bytes);
  const first = text.slice(0, 5000).split(/\r\n?|\n/, 1)[0] ?? "";
  const delimiter = [",", ";", "\t", "|"].toSorted(
    (one, other) => first.split(other).length - first.split(one).length,
  )[0];
  const rows: string[][] = parse(text, {
    ...{ delimiter, relax_quotes: true, relax_column_count: true, skip_empty_lines: true },
    ...{ bom: true, max_record_size: 1_000_000 },
  });
  return facts({ cut: !table(rows, reading, {}) });
};

/** "A", "Z", "AA" */
export function column(index: number): string {
  let name = "";
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}

/**
 * Rows with the names of their columns, so that each says by itself what its values are.
 *
 * @returns false once there is enough
 */
export function table(
  rows: readonly (readonly string[])[],
  reading: { section: (section: { place: object; text: string }) => boolean },
  base: { readonly sheet?: string },
): boolean {
  const [head = [], ...body] = rows;
  const named = head.length > 1 && head.every((cell) => !/^[-+]?[\d.,]+$/.test(cell.trim()));
  const wide = rows.reduce((most, row) => Math.max(most, row.length), 1);
  const last = column(wide - 1);
  const lines = named ? body : rows;
  const skipped = named ? 1 : 0;
  for (let at = 0; at < Math.max(1, lines.length); at += ROWS) {
    const some = lines.slice(at, at + ROWS);
    const written = some.map((row) => {
      const cells = row.map((cell, index) => {
        const value = cell.replace(/\s+/g, " ").trim();
        const name = named ? (head[index] ?? "").replace(/\s+/g, " ").trim() : "";
        if (value === "") return "";
        return name === "" ? value : `${name}: ${value}`;
      });
      return cells.filter(Boolean).join(" | ");
    });
    const text = tidy(lines.length === 0 ? head.join(" | ") : written.join("\n"));
    if (text === "") continue;
    const from = lines.length === 0 ? 1 : at + 1 + skipped;
    const cells = `A${from}:${last}${Math.max(from, at + some.length + skipped)}`;
    if (!reading.section({ place: { ...base, cells }, text })) return false;
  }
  return true;
}
