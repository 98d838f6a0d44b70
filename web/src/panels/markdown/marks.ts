/** Puts "[1]" and "[1, 2]" in texts into elements of their own, which may lead to something. */
import type { Node } from "./hast.ts";

const MARK = /\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\]/g;

/** What no text of is a mark: code, and what leads somewhere already. */
const ELSEWHERE = new Set(["code", "pre", "kbd", "samp", "a"]);

export function marks() {
  return function visit(node: Node): void {
    node.children = node.children?.flatMap((child) => {
      if (child.type === "text") return split(child);
      if (!ELSEWHERE.has(child.tagName ?? "")) visit(child);
      return [child];
    });
  };
}

function split(node: Node): Node[] {
  const text = node.value ?? "";
  const nodes: Node[] = [];
  let at = 0;
  for (const match of text.matchAll(MARK)) {
    const [whole] = match;
    if (match.index > at) nodes.push({ type: "text", value: text.slice(at, match.index) });
    const children = [{ type: "text", value: whole }];
    nodes.push({ type: "element", tagName: "cite", properties: {}, children });
    at = match.index + whole.length;
  }
  if (nodes.length === 0) return [node];
  if (at < text.length) nodes.push({ type: "text", value: text.slice(at) });
  return nodes;
}
