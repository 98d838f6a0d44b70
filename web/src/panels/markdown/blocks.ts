/**
 * Where a text can be cut so that each part becomes the same as within the whole: a growing answer
 * renders its last block again, not all of it. In doubt it does not cut, which costs time and is
 * never wrong.
 */
import { opensFormula } from "./isFormula.ts";

/** Footnotes, and addresses that links elsewhere in the text refer to. */
const DEFINITION = /^[ \t>]*\[[^\]\n]+\]:/;

const MARKER = /^\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const PREFIX = /^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*/;
const FENCE = /^(?:(`{3,})[^`]*|(~{3,}).*)$/;

/** HTML that goes over empty lines: what begins it, and what ends it. */
const RAW: readonly (readonly [RegExp, RegExp])[] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
];
const PAIRS =
  /<(\/?)(?:blockquote|details|div|dl|li|ol|section|table|tbody|td|th|thead|tr|ul)(?=[\s>])/g;

/** What a line stands in: code or a formula, until a line ends it. */
interface Inside {
  ends(line: string): boolean;
  /** Whether the line is no longer part of the list or quote that it stands in. */
  leaves(line: string): boolean;
}

/** Characters; each block costs something, and less is not worth it. */
const SHORTEST = 200;

export function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let block = "";
  let inside: Inside | undefined;
  let afterBlank = false;
  let depth = 0;
  let list = false;
  const cut = () => {
    if (block !== "") blocks.push(block);
    block = "";
    depth = 0;
  };
  for (const line of text.split(/(?<=\n)/)) {
    const bare = line.replace(/\r?\n$/, "");
    const blank = bare.trim() === "";
    if (inside && !blank && inside.leaves(bare)) inside = undefined;
    if (!inside && !blank) {
      if (DEFINITION.test(bare)) return [text];
      const goesOn = /^\s/.test(bare) || (list && MARKER.test(bare));
      if (afterBlank && !goesOn) list = false;
      const code = !list && FENCE.test(bare);
      const free = depth <= 0 && !goesOn;
      if (free && (code || (afterBlank && (block.length > SHORTEST || isCode(block))))) cut();
    }
    block += line;
    afterBlank = blank;
    if (inside) {
      if (inside.ends(bare)) inside = undefined;
      continue;
    }
    list ||= MARKER.test(bare);
    inside = opened(bare, list);
    if (!inside) for (const [, closes] of bare.matchAll(PAIRS)) depth += closes ? -1 : 1;
  }
  cut();
  return blocks;
}

/** Whether a block is a fence of code and nothing else. */
export function isCode(block: string): boolean {
  const [first = "", ...lines] = block.trimEnd().split("\n");
  const [, ticks, tildes] = FENCE.exec(first) ?? [];
  const fence = ticks ?? tildes;
  if (!fence) return false;
  const end = lines.findIndex((line) => closingOf(fence).test(line));
  return end < 0 || end === lines.length - 1;
}

const closingOf = (fence: string) => new RegExp(`^[ \\t>]*\\${fence[0]}{${fence.length},}[ \\t]*$`);

function opened(line: string, list: boolean): Inside | undefined {
  for (const [begins, ends] of RAW) {
    if (!begins.test(line)) continue;
    const rest = line.replace(begins, "");
    return ends.test(rest) ? undefined : { ends: (line) => ends.test(line), leaves: () => false };
  }
  // Code that is indented; within a list it may be the item's own indentation.
  if (!list && /^(?: {4}|\t)/.test(line)) return undefined;
  const prefix = PREFIX.exec(line)?.[0] ?? "";
  const rest = line.slice(prefix.length);
  const leaves = (line: string) =>
    (prefix.includes(">") && !/^\s*>/.test(line)) ||
    (list && prefix.length > 1 && !prefix.includes(">") && /^\S/.test(line));
  const [, ticks, tildes] = FENCE.exec(rest) ?? [];
  const fence = ticks ?? tildes;
  if (fence) {
    const closing = closingOf(fence);
    return { ends: (line) => closing.test(line), leaves };
  }
  const closing = opensFormula(rest);
  return closing ? { ends: (line) => line.includes(closing), leaves } : undefined;
}
