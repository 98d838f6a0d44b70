/** A page of HTML: its headings, paragraphs, lists and tables, without what stands around them. */
import { facts, Outline, type Reader } from "./sections.ts";
import { decode } from "./text.ts";
import { readTags } from "./xml.ts";

const HIDDEN = new Set(
  "script style noscript template svg nav iframe object select button textarea".split(" "),
);
const BLOCKS = new Set(
  `address article aside blockquote br caption dd details div dl dt figcaption figure footer form
   header hr li main ol p pre section summary table tr ul`.split(/\s+/),
);

export const html: Reader = (bytes, reading) => {
  const outline = new Outline(reading);
  outlineOf(withDeclared(bytes), outline);
  return facts({ cut: outline.enough });
};

/** By the encoding that the page names, where it is not the one of its bytes. */
function withDeclared(bytes: Uint8Array): string {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 2048));
  const [, name] = /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head) ?? [];
  if (name && !/^utf-?8$/i.test(name)) {
    try {
      return new TextDecoder(name).decode(bytes);
    } catch {
      // A name that nobody knows says nothing.
    }
  }
  return decode(bytes);
}

/** Also of the chapters of a book. */
export function outlineOf(source: string, outline: Outline): void {
  let hidden = 0;
  let level = 0;
  let line = "";
  let cell = false;
  let pre = 0;
  let title = false;
  const flush = () => {
    const text = pre > 0 ? line : line.replace(/\s+/g, " ").trim();
    if (text !== "") outline.line(text);
    line = "";
  };
  readTags(source, {
    open(name) {
      if (HIDDEN.has(name)) hidden += 1;
      if (name === "title") title = true;
      if (hidden > 0 || title) return;
      const [, digit] = /^h([1-6])$/.exec(name) ?? [];
      if (digit) {
        flush();
        level = Number(digit);
      } else if (name === "td" || name === "th") {
        if (cell) line += " | ";
        cell = true;
      } else if (BLOCKS.has(name)) {
        flush();
        if (name === "tr") cell = false;
        if (name === "pre") pre += 1;
        if (name === "li") line = "- ";
        if (name === "p" || name === "blockquote" || name === "table") outline.line("");
      }
    },
    text(text) {
      if (hidden === 0 && !title && !outline.enough) line += text;
    },
    close(name) {
      if (name === "title") title = false;
      if (HIDDEN.has(name) && hidden > 0) hidden -= 1;
      if (hidden > 0) return;
      if (level > 0 && name === `h${level}`) {
        outline.heading(level, line);
        line = "";
        level = 0;
      } else if (BLOCKS.has(name)) {
        flush();
        if (name === "pre" && pre > 0) pre -= 1;
        if (name === "p") outline.line("");
      }
    },
  });
  flush();
  outline.end();
}
