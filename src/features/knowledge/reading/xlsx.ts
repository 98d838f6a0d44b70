/** Workbooks of Excel: each sheet as rows with the names of their columns. */
import { facts, type Reader, Unreadable } from "./sections.ts";
import { relations, within } from "./slides.ts";
import { table } from "./text.ts";
import { readXml } from "./xml.ts";
import { Archive } from "./zip.ts";

/** Rows of a sheet, and cells of a row. */
const MOST_ROWS = 200_000;
const MOST_CELLS = 500;

export const xlsx: Reader = (bytes, reading) => {
  const archive = new Archive(bytes);
  const book = archive.text("xl/workbook.xml");
  if (book === undefined) throw new Unreadable("file_broken");
  const targets = relations(archive.text("xl/_rels/workbook.xml.rels") ?? "");
  const strings = stringsOf(archive.text("xl/sharedStrings.xml") ?? "");
  const dates = datesOf(archive.text("xl/styles.xml") ?? "");
  const sheets: { name: string; path: string }[] = [];
  readXml(book, {
    open(name, attributes) {
      const target = name === "sheet" && targets.get(attributes["r:id"] ?? "");
      if (target) sheets.push({ name: attributes.name ?? "", path: within("xl/", target) });
    },
  });
  let cut = false;
  for (const [index, { name, path }] of sheets.entries()) {
    const rows = rowsOf(archive.text(path) ?? "", strings, dates);
    if (rows.length > 0) cut = !table(rows, reading, { sheet: name.slice(0, 100) });
    reading.progress(index + 1, sheets.length);
    if (cut) break;
  }
  return facts({ pages: sheets.length, cut });
};

function stringsOf(source: string): readonly string[] {
  const strings: string[] = [];
  let string = "";
  let text = false;
  let phonetic = 0;
  readXml(source, {
    open(name) {
      if (name === "si") string = "";
      if (name === "rPh") phonetic += 1;
      if (name === "t") text = phonetic === 0;
    },
    text(data) {
      if (text) string += data;
    },
    close(name) {
      if (name === "t") text = false;
      if (name === "rPh") phonetic -= 1;
      if (name === "si") strings.push(string);
    },
  });
  return strings;
}

/** Which formats of cells are dates: those of the standard (ECMA-376, 18.8.30), and those that say y or d. */
function datesOf(source: string): ReadonlySet<number> {
  const own = new Set<number>();
  const dates = new Set<number>();
  let cells = false;
  let index = 0;
  readXml(source, {
    open(name, attributes) {
      if (name === "numFmt") {
        const code = (attributes.formatCode ?? "").replace(/"[^"]*"|\[[^\]]*\]|\\./g, "");
        if (/[yd]/i.test(code)) own.add(Number(attributes.numFmtId));
      }
      if (name === "cellXfs") cells = true;
      if (name === "xf" && cells) {
        const id = Number(attributes.numFmtId);
        if ((id >= 14 && id <= 17) || id === 22 || own.has(id)) dates.add(index);
        index += 1;
      }
    },
    close(name) {
      if (name === "cellXfs") cells = false;
    },
  });
  return dates;
}

function rowsOf(
  source: string,
  strings: readonly string[],
  dates: ReadonlySet<number>,
): readonly string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let [at, type, style, value] = [0, "", 0, ""];
  let taking = false;
  readXml(source, {
    open(name, attributes) {
      if (name === "row") {
        // Rows that are empty are not written; their numbers are kept.
        const number = Math.min(MOST_ROWS, Number(attributes.r ?? rows.length + 1));
        while (rows.length < number - 1 && rows.length > 0) rows.push([]);
        row = [];
        at = -1;
      } else if (name === "c") {
        at = attributes.r ? indexOf(attributes.r) : at + 1;
        type = attributes.t ?? "";
        style = Number(attributes.s ?? 0);
        value = "";
      } else if (name === "v" || name === "t") taking = true;
    },
    text(data) {
      if (taking) value += data;
    },
    close(name) {
      if (name === "v" || name === "t") taking = false;
      else if (name === "c" && at < MOST_CELLS) {
        while (row.length < at) row.push("");
        row[at] = shown(value, type, dates.has(style), strings);
      } else if (name === "row" && rows.length < MOST_ROWS) rows.push(row);
    },
  });
  return rows;
}

/** "C7" -> 2 */
function indexOf(reference: string): number {
  let index = 0;
  for (const letter of reference.replace(/[^A-Z]/g, ""))
    index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}

/** Days since the end of 1899, in which 1900 was a leap year. */
const EPOCH = Date.UTC(1899, 11, 30);

function shown(value: string, type: string, date: boolean, strings: readonly string[]): string {
  if (type === "s") return strings[Number(value)] ?? "";
  if (type === "b") return value === "1" ? "TRUE" : "FALSE";
  const number = Number(value);
  if (date && type === "" && value !== "" && number > 0 && number < 3_000_000) {
    const iso = new Date(EPOCH + Math.round(number * 86_400) * 1000).toISOString();
    return number % 1 === 0 ? iso.slice(0, 10) : iso.slice(0, 16).replace("T", " ");
  }
  // What a binary number makes of 0.1 + 0.2 is nobody's figure.
  if (type === "" && value.length > 15 && Number.isFinite(number))
    return String(+number.toPrecision(12));
  return value;
}
