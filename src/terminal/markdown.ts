/**
 * Markdown for a terminal, while it is being written: words go out as they end, spans when they are
 * closed, lines of code when they are whole, and a table when it has ended, since its columns are as
 * wide as their widest cell. Without colours the marks stay, for nothing else would tell.
 */
import { paintCode } from "./code.ts";
import { colourful, type Format, plain } from "./colours.ts";
import { table } from "./text.ts";
import { Words } from "./words.ts";

const FENCE = /^( *)(`{3,}|~{3,}) *([\w+#.-]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6}) +(.*?)(?: +#+)? *$/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])( +)/;
const QUOTE = /^ {0,3}> ?/;
const RULE = /^ {0,3}([-*_])(?: *\1){2,} *$/;
const ROW = /^ {0,3}\|/;
const DIVIDER = /^[ |:-]*-[ |:-]*$/;
/** What a line may still become anything from. */
const UNDECIDED = /^ *(?:[-*+_]+ *|[-*_][-*_ ]*|\d{1,9}(?:[.)] *)?|`{1,2}|~{1,2}|#{1,6}|>)?$/;
/** What ends where a mark is repeated. A mark that stands between blanks is none. */
const SPANS: ReadonlyArray<readonly [open: RegExp, span: RegExp, formats: readonly Format[]]> = [
  [/^`/, /^(`{1,8})(?!`)(.{1,900}?)(?<!`)\1(?!`)/, ["cyan"]],
  [/^\*\*\*(?!\s)/, /^(\*\*\*)(?=\S)(.{1,900}?)(?<=\S)\*\*\*(?!\*)/, ["bold", "italic"]],
  [/^\*\*(?!\s)/, /^(\*\*)(?=\S)(.{1,900}?)(?<=\S)\*\*(?!\*)/, ["bold"]],
  [/^__(?!\s)/, /^(__)(?=\S)(.{1,900}?)(?<=\S)__(?!\w)/, ["bold"]],
  [/^\*(?!\s)/, /^(\*)(?=\S)(.{1,900}?)(?<=\S)\*(?!\*)/, ["italic"]],
  [/^_(?!\s)/, /^(_)(?=\S)(.{1,900}?)(?<=\S)_(?!\w)/, ["italic"]],
  [/^~~(?!\s)/, /^(~~)(?=\S)(.{1,900}?)(?<=\S)~~/, ["strikethrough"]],
];
const LINK = /^!?\[([^\]]{0,300})\]\(<?([^()\s<>]{0,600})>?(?: {1,9}"[^"]{0,60}")?\)/;
const LINK_BEGUN = /^!?\[[^\]]*(?:\](?:\([^)]*)?)?$/;
const ESCAPED = /^\\([!-/:-@[-`{-~])/;
/** Up to where a mark may begin. */
const TEXT = /^(?:[^\\`*_~![]+|[\s\S])/;
/** For the end of a span no more characters are waited for; none of them is longer. */
const PATIENCE = 1000;

export class Markdown {
  readonly #write: (text: string) => void;
  readonly #columns: number;
  readonly #colours: boolean;
  readonly #words: Words;
  /** Of the line that is being written, what was not shown yet. */
  #rest = "";
  /** Where in its line the rest begins: at the start, or inside what was begun. */
  #inside: { formats: readonly Format[] } | undefined;
  #code: { fence: string; language: string } | undefined;
  #rows: string[] = [];
  /** The last character that was shown, since a mark inside a word is none. */
  #last = " ";

  /** @param columns of the terminal; endless where no line is to be broken */
  constructor(write: (text: string) => void, columns: number, colours: boolean) {
    this.#write = write;
    this.#columns = columns;
    this.#colours = colours;
    this.#words = new Words(write, columns, colours);
  }

  /** Whether something has come that cannot be shown yet. */
  get holds(): boolean {
    return this.#rows.length > 0;
  }

  push(text: string): void {
    const lines = (this.#rest + text.replaceAll("\r", "")).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const rest = this.#line(line, true);
      if (rest !== undefined) this.#spans(rest, true);
      if (this.#inside) this.#words.newline();
      this.#inside = undefined;
    }
    const rest = this.#line(this.#rest, false);
    if (rest !== undefined) this.#rest = this.#spans(rest, false);
  }

  /** The text has ended: what was held back. */
  end(): void {
    if (this.#rest !== "" || this.#inside) this.push("\n");
    this.#flushTable();
  }

  /**
   * Shows what a line begins with, or all of one that is more than text.
   *
   * @returns the text in it; undefined where all was shown, or too little is there to tell
   */
  #line(line: string, whole: boolean): string | undefined {
    if (this.#inside) return line;
    if (this.#code) return whole ? this.#codeLine(line) : undefined;
    if (ROW.test(line) || (!whole && /^ {0,3}$/.test(line) && this.holds)) {
      if (whole) this.#rows.push(line);
      return undefined;
    }
    if (!whole && (UNDECIDED.test(line) || /^ *(`{3}|~{3})/.test(line) || line === "")) return;
    this.#flushTable();
    if (FENCE.test(line)) return this.#beginCode(line);
    if (RULE.test(line))
      return this.#whole(this.#colours ? this.#dim("─".repeat(this.#short)) : line);
    if (HEADING.test(line) || /^ {0,3}#{1,6} /.test(line)) return this.#heading(line, whole);
    this.#last = " ";
    const [mark = "", blanks = "", bullet = ""] =
      ITEM.exec(line) ?? QUOTE.exec(line) ?? /^ +/.exec(line) ?? [];
    const shown = this.#colours ? this.#mark(mark, blanks, bullet) : mark;
    this.#words.begin(shown, mark.trim() === ">" ? shown : " ".repeat(mark.length));
    this.#inside = { formats: [] };
    return line.slice(mark.length);
  }

  #mark(mark: string, blanks: string, bullet: string): string {
    if (mark.trim() === ">") return this.#dim("│ ");
    if (bullet === "") return mark;
    const shown = /\d/.test(bullet) ? bullet : "•";
    return blanks + colourful("yellow", shown) + mark.slice(blanks.length + bullet.length);
  }

  #heading(line: string, whole: boolean): string | undefined {
    if (!whole) return undefined;
    this.#words.begin("", "");
    const [, marks = "", text = ""] = HEADING.exec(line) ?? [];
    this.#inside = { formats: marks.length === 1 ? ["bold", "underline"] : ["bold"] };
    return this.#colours ? text : line;
  }

  #beginCode(line: string): undefined {
    const [, , fence = "", language = ""] = FENCE.exec(line) ?? [];
    this.#code = { fence, language: language.toLowerCase() };
    const title = language === "" ? "" : `── ${language} `;
    this.#whole(this.#colours ? this.#dim(title.padEnd(this.#short, "─")) : line);
  }

  #codeLine(line: string): undefined {
    const { fence, language } = this.#code ?? { fence: "", language: "" };
    const ends = line.trim().startsWith(fence) && /^(`+|~+)$/.test(line.trim());
    if (ends) this.#code = undefined;
    if (!this.#colours) return this.#whole(line);
    const shown = ends ? this.#dim("─".repeat(this.#short)) : paintCode(line, language, colourful);
    this.#whole(shown);
  }

  #flushTable(): void {
    const [head = "", divider = "", ...body] = this.#rows.splice(0);
    if (head === "") return;
    if (!DIVIDER.test(divider)) {
      for (const row of [head, divider, ...body].filter((row) => row !== "")) this.#whole(row);
      return;
    }
    const rows = [head, ...body].map(cellsOf);
    const bold = (cell: string) => this.#paint("bold", cell);
    const lines = table(rows, this.#columns, { between: " │ ", rule: "─", head: bold });
    for (const line of lines) this.#whole(line);
  }

  /** Shows text with its spans; what is left is a span that has not been closed yet. */
  #spans(given: string, whole: boolean): string {
    let rest = given;
    const { formats = [] } = this.#inside ?? {};
    while (rest !== "") {
      const shown = this.#colours ? this.#span(rest, whole, formats) : this.#plain(rest, formats);
      if (shown === 0) return rest;
      this.#last = rest[shown - 1] ?? " ";
      rest = rest.slice(shown);
    }
    return "";
  }

  #plain(text: string, formats: readonly Format[]): number {
    this.#words.put(text, formats);
    return text.length;
  }

  /** @returns how many characters of the text were shown; none while a span may still be closed */
  #span(text: string, whole: boolean, formats: readonly Format[]): number {
    const escaped = ESCAPED.exec(text);
    if (escaped?.[1]) {
      this.#words.put(escaped[1], formats);
      return 2;
    }
    const waits = !whole && text.length < PATIENCE;
    const link = LINK.exec(text);
    if (link) {
      const [all, label = "", address = ""] = link;
      this.#words.put(label || address, [...formats, "underline"]);
      if (label && address && label !== address) this.#words.put(` (${address})`, ["dim"]);
      return all.length;
    }
    if (waits && (LINK_BEGUN.test(text) || text === "\\")) return 0;
    const intraword = /\w/.test(this.#last) && text.startsWith("_");
    for (const [open, span, added] of intraword ? [] : SPANS) {
      if (!open.test(text)) continue;
      const [all = "", mark = "", inner = ""] = span.exec(text) ?? [];
      // Not yet where the mark is the last that has come: it may go on.
      if (all !== "" && !(waits && all.length === text.length)) {
        this.#inner(inner, mark.startsWith("`"), [...formats, ...added]);
        return all.length;
      }
      if (waits) return 0;
    }
    if (waits && /^[*_~`]+$/.test(text)) return 0;
    const [piece = ""] = TEXT.exec(text) ?? [];
    this.#words.put(piece, formats);
    return piece.length;
  }

  #inner(text: string, code: boolean, formats: readonly Format[]): void {
    this.#last = " ";
    for (let rest = text; rest !== ""; ) {
      const shown = code ? this.#plain(rest, formats) : this.#span(rest, true, formats);
      this.#last = rest[shown - 1] ?? " ";
      rest = rest.slice(shown);
    }
  }

  #whole(line: string): undefined {
    this.#write(`${line}\n`);
  }

  #paint(format: Format, text: string): string {
    return (this.#colours ? colourful : plain)(format, text);
  }

  #dim(text: string): string {
    return this.#paint("dim", text);
  }

  /** Of a line that only divides. */
  get #short(): number {
    return Math.min(this.#columns, 40);
  }
}

/** Cells of a row, without the marks in them. */
function cellsOf(row: string): string[] {
  const inner = row
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) =>
    cell
      .trim()
      .replaceAll("\\|", "|")
      .replace(/<br ?\/?>/g, " ")
      .replace(/(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1/g, "$2"),
  );
}
