/**
 * Keeps the line breaks of a paragraph. Markdown joins its lines; models that write a poem or an
 * address mean them.
 */
import type { Node } from "./hast.ts";

const BREAK: Node = { type: "element", tagName: "br", properties: {}, children: [] };

export function lineBreaks() {
  return function visit(node: Node): void {
    if (node.tagName === "p") node.children = node.children?.flatMap(breakLines);
    for (const child of node.children ?? []) visit(child);
  };
}

function breakLines(node: Node, index: number, siblings: Node[]): Node[] {
  if (node.type !== "text" || !node.value?.includes("\n")) return [node];
  const lines = node.value.split("\n");
  // A break that Markdown knows has a line end behind it already.
  if (siblings[index - 1]?.tagName === "br" && lines[0] === "") lines.shift();
  return lines.flatMap((value, at) => {
    const text: Node = { type: "text", value };
    return at === 0 ? [text] : [{ ...BREAK }, text];
  });
}
