/**
 * Puts what is shown in the place of parts of a text into the tree: into texts alone, never into an
 * address or another property, which could carry it away.
 */
import { partsOf } from "../../ui/reveal.ts";
import type { Node } from "./hast.ts";

export function revealed() {
  return function visit(node: Node): void {
    node.children = node.children?.flatMap((child) => {
      if (child.type === "text") return split(child);
      visit(child);
      return [child];
    });
  };
}

function split(node: Node): Node[] {
  const parts = partsOf(node.value ?? "");
  if (parts.every(({ instead }) => instead === undefined)) return [node];
  return parts.map(({ text, instead }): Node => {
    const value: Node = { type: "text", value: text };
    if (instead === undefined) return value;
    const properties = { className: ["revealed"], title: instead };
    return { type: "element", tagName: "span", properties, children: [value] };
  });
}
