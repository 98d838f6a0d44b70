/**
 * Keeps the line breaks of a paragraph. Markdown joins its lines; models that write a poem or an
 * address mean them.
 */
import { classesOf, type Node } from "./hast.ts";

const BREAK: Node = { type: "element", tagName: "br", properties: {}, children: [] };

export function lineBreaks() {
  return function visit(node: Node): void {
    if (node.tagName === "p" && !classesOf(node).includes("as-written"))
      node.children = node.children?.flatMap(breakLines);
    for (const child of node.children ?? []) visit(child);
  };
}

function breakLines(node: Node, index: number, siblings: Node[]): Node[] {
  if (node.type !== "text" || !node.value?.includes("\n")) return [node];
  const lines = node.value.split("\n");
  // A break that Markdown knows has a line end behind it already; a formula has a line of its own.
  const [before, after] = [siblings[index - 1], siblings[index + 1]];
  if ((before?.tagName === "br" || isDisplayed(before)) && lines[0] === "") lines.shift();
  if (isDisplayed(after) && lines.at(-1) === "") lines.pop();
  return lines.flatMap((value, at) => {
    const text: Node = { type: "text", value };
    return at === 0 ? [text] : [{ ...BREAK }, text];
  });
}

const isDisplayed = (node: Node | undefined) => classesOf(node).includes("math-display");
