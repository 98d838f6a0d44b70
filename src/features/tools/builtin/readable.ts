/**
 * What can be read of a page: its title and its text, by a parser that reads once from the beginning to
 * the end and holds no tree. What is nested more deeply than any page is not read further: the parser's
 * own list of open elements takes a time that grows with the square of their number.
 */
import { Parser } from "htmlparser2";

/** What nobody reads, or what stands on every page of a site. */
const LEFT_OUT = new Set([
  ...["script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas"],
  ...["nav", "footer", "aside", "form", "button", "select", "dialog"],
]);
const BLOCKS = new Set([
  ...["p", "div", "section", "article", "main", "header", "ul", "ol", "dl", "dt", "dd", "table"],
  ...[
    "tr",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "br",
    "hr",
    "address",
    "details",
    "summary",
  ],
]);
const HEADING = /^h([1-6])$/;
/** They have no end of their own. */
const VOID = new Set(["br", "hr", "img", "input", "meta", "link", "source", "wbr", "col", "embed"]);

/** Elements within each other. */
const MAX_DEPTH = 1000;

export interface Readable {
  readonly title: string;
  readonly text: string;
}

/** @param most characters of the text; what comes after them is not read */
export function readable(html: string, most: number): Readable {
  let text = "";
  let title = "";
  let inTitle = false;
  /** Elements within the outermost one that is left out; its name. */
  let depth = 0;
  let left = "";
  let open = 0;
  const line = (mark = "") => {
    text = text.trimEnd();
    text += text === "" ? mark : `\n${mark}`;
  };
  const parser = new Parser({
    onopentag(name, { hidden, "aria-hidden": unseen, style = "" }) {
      open += 1;
      if (open > MAX_DEPTH) throw TOO_DEEP;
      if (left !== "") {
        if (name === left) depth += 1;
        return;
      }
      const invisible = hidden !== undefined || unseen === "true" || HIDDEN.test(style);
      if (LEFT_OUT.has(name) || (invisible && !VOID.has(name) && name !== "body")) {
        left = name;
        depth = 1;
        return;
      }
      if (name === "title") inTitle = true;
      const level = HEADING.exec(name)?.[1];
      if (level !== undefined) line(`\n${"#".repeat(Number(level))} `);
      else if (name === "li") line("- ");
      else if (name === "td" || name === "th") text += text.endsWith("\n") ? "" : " | ";
      else if (BLOCKS.has(name)) line(name === "p" ? "\n" : "");
    },
    ontext(piece) {
      if (left !== "" || text.length >= most) return;
      if (inTitle) title += piece;
      else {
        const words = piece.replace(/\s+/g, " ");
        text += /\s$/.test(text) || text === "" ? words.trimStart() : words;
      }
    },
    onclosetag(name) {
      open -= 1;
      if (left !== "") {
        if (name !== left) return;
        depth -= 1;
        if (depth === 0) left = "";
        return;
      }
      if (name === "title") inTitle = false;
      if (BLOCKS.has(name) || HEADING.test(name) || name === "li") text = `${text.trimEnd()}\n`;
    },
  });
  try {
    parser.end(html);
  } catch (thrown) {
    if (thrown !== TOO_DEEP) throw thrown;
  }
  return {
    title: title.replace(/\s+/g, " ").trim().slice(0, 200),
    text: text
      .replace(/\n{3,}/g, "\n\n")
      .trim()
      .slice(0, most),
  };
}

const TOO_DEEP = new Error("nested too deeply");

/** Nobody sees it: the usual place for words that are meant for machines alone. */
const HIDDEN =
  /display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0/i;
