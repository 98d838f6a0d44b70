/**
 * The HTML in an answer. A pair of tags that is on the list becomes an element; every other tag is
 * shown as it was written, since `Vec<T>`, `<url>` and a piece of XML are what somebody wants to read.
 * Nothing is made but what stands here, and `lastLook.ts` looks at it once more.
 */
import { decodeNamedCharacterReference } from "decode-named-character-reference";
import type { Node } from "./hast.ts";

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** Within a line of text, and wherever a block may stand. */
const PHRASING = words(
  "a abbr b br code del em i img ins kbd mark q s samp small span strong sub sup u var",
);
const BLOCKS = words(
  `blockquote dd details div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section summary table tbody td
   tfoot th thead tr ul`,
);
const VOID = words("br hr img");

/** What holds blocks; a cell of a table holds lists as well, for want of another way. */
const FLOW = words("root blockquote listItem footnoteDefinition tableCell");

/** Attributes that are kept, by their name in the tree. The others are left out. */
const KEPT: Record<string, string> = {
  ...{ align: "align", alt: "alt", colspan: "colSpan", dir: "dir", href: "href", lang: "lang" },
  ...{ open: "open", rowspan: "rowSpan", src: "src", start: "start", title: "title" },
};

/** An attribute without a value is one of these; "a<b and c>d" is no tag. */
const BARE = words("open hidden");

const TAG =
  /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z_:][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*\/?>/g;
const ATTRIBUTE = /([a-z_:][\w:.-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/gi;

interface Tag {
  readonly name: string;
  readonly closes: boolean;
  readonly properties: Record<string, unknown>;
}

type Piece = { readonly node: Node; readonly tag?: Tag };

interface Processor {
  parse(text: string): Node;
}

/** For unified, before what makes HTML of the tree. */
export function html(this: unknown) {
  const processor = this as Processor;
  return (tree: Node) => visit(tree, (text) => processor.parse(text).children ?? []);
}

type Parse = (text: string) => Node[];

function visit(parent: Node, parse: Parse): void {
  if (!parent.children) return;
  const flow = FLOW.has(parent.type);
  parent.children = parent.children.flatMap((node) =>
    flow ? labelled(node, parse) : namespaced(node),
  );
  for (const child of parent.children) visit(child, parse);
  if (!parent.children.some(({ type }) => type === "html")) return;
  const pieces = parent.children.flatMap((node): Piece[] =>
    node.type === "html" ? piecesOf(node.value ?? "", flow) : [{ node }],
  );
  const children = paired(pieces);
  parent.children = flow && parent.type !== "tableCell" ? inParagraphs(children) : children;
}

/**
 * A line with a tag of the model's own, <think> or <answer>, and Markdown below it, which for the
 * parser are one block of HTML.
 */
function labelled(node: Node, parse: Parse): Node[] {
  const { type, value = "" } = node;
  const [, tag = "", name = "", rest = ""] =
    (type === "html" && /^(<\/?([a-z][\w-]*)>)[ \t]*\n(?![ \t<])([\s\S]*)$/i.exec(value)) || [];
  if (!name || PHRASING.has(name) || BLOCKS.has(name)) return [node];
  return [{ type: "paragraph", children: [{ type: "text", value: tag }] }, ...parse(rest)];
}

/** For Markdown <std::string> and <soap:Body/> are addresses, though none that a page would open. */
function namespaced(node: Node): Node {
  const [child] = node.children ?? [];
  const written = node.type === "link" && child?.type === "text" && child.value === node.url;
  if (!written || /^(?:https?|mailto):/i.test(node.url ?? "")) return node;
  return { type: "text", value: `<${node.url}>` };
}

/** Tags and the texts between them. */
function piecesOf(source: string, flow: boolean): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  const text = (until: number) => {
    if (until > end)
      pieces.push({ node: { type: "text", value: decode(source.slice(end, until)) } });
  };
  for (const match of source.matchAll(TAG)) {
    const [raw, slash, name = "", attributes = ""] = match;
    const properties = propertiesOf(attributes);
    if (!(PHRASING.has(name) || (flow && BLOCKS.has(name))) || !properties) continue;
    if (name === "a" && !slash && properties.href === undefined) continue;
    text(match.index);
    end = match.index + raw.length;
    pieces.push({
      node: { type: "text", value: raw },
      tag: { name, closes: slash === "/", properties },
    });
  }
  text(source.length);
  return pieces;
}

/** Undefined where one has no value and should have. */
function propertiesOf(source: string): Record<string, unknown> | undefined {
  const properties: Record<string, unknown> = {};
  for (const [, name = "", ...values] of source.matchAll(ATTRIBUTE)) {
    const value = values.find((value) => value !== undefined);
    if (value === undefined && !BARE.has(name)) return undefined;
    const kept = KEPT[name];
    if (kept) properties[kept] = value === undefined ? true : decode(value);
  }
  return properties;
}

/** A tag stays a text until the one that closes it is found. */
function paired(pieces: readonly Piece[]): Node[] {
  const done: Node[] = [];
  const open: { readonly tag: Tag; readonly at: number }[] = [];
  for (const { node, tag } of pieces) {
    if (!tag) done.push(node);
    else if (VOID.has(tag.name)) done.push(element(tag, []));
    else if (!tag.closes) {
      open.push({ tag, at: done.length });
      done.push(node);
    } else {
      const index = open.findLastIndex((other) => other.tag.name === tag.name);
      const opening = open[index];
      if (opening) {
        open.length = index;
        const [, ...children] = done.splice(opening.at);
        done.push(element(opening.tag, children));
      } else done.push(node);
    }
  }
  return done;
}

/** Spaces between the parts of a list or a table are nobody's text. */
const HOLDERS = words("dl ol table tbody tfoot thead tr ul");
const isBlank = (node: Node) => node.type === "text" && node.value?.trim() === "";

function element({ name, properties }: Tag, children: Node[]): Node {
  const kept = HOLDERS.has(name) ? children.filter((child) => !isBlank(child)) : children;
  return { type: "markup", data: { hName: name, hProperties: properties }, children: kept };
}

/** Where blocks stand, what belongs into a line gets a paragraph, with its spaces as they are. */
function inParagraphs(nodes: readonly Node[]): Node[] {
  const blocks: Node[] = [];
  let line: Node[] = [];
  const finish = () => {
    if (!line.every(isBlank)) {
      const data = { hProperties: { className: ["as-written"] } };
      blocks.push({ type: "paragraph", data, children: line });
    }
    line = [];
  };
  for (const node of nodes) {
    const inLine = node.type === "text" || PHRASING.has(node.data?.hName ?? "");
    if (inLine) line.push(node);
    else {
      finish();
      blocks.push(node);
    }
  }
  finish();
  return blocks;
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return decodeNamedCharacterReference(name) || whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
