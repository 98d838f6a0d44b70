/**
 * The last step before elements are made. Raw HTML was sanitised before, but any library may have a
 * hole. So here stands the whole list of what an answer may contain, and everything else is
 * dropped, whoever made it.
 */
import { type Node, textOf } from "./hast.ts";
import { DEEPEST } from "./limits.ts";

const words = (text: string) => text.trim().split(/\s+/);

const TAGS = new Set(
  words(`
    a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img input ins kbd
    li mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th
    thead tr u ul var`),
);

/** No `id` and no `name`, which could take the place of the page's own; no `style`. */
const PROPERTIES = new Set(
  words(`
    align alt ariaHidden checked className colSpan dir disabled height href lang open
    rowSpan src start title type value width`),
);

export const lastLook = () => (tree: Node) => clean(tree, 0);

function clean(tree: Node, depth: number): void {
  // React, too, calls itself at each level; so far down there is text and nothing else.
  if (depth === DEEPEST) tree.children = [{ type: "text", value: textOf(tree) }];
  tree.children = tree.children?.filter(isKnown);
  for (const child of tree.children ?? []) clean(child, depth + 1);
  const { properties } = tree;
  if (!properties) return;
  for (const name of Object.keys(properties)) {
    if (!PROPERTIES.has(name)) delete properties[name];
  }
}

function isKnown({ type, tagName }: Node): boolean {
  return type === "text" || (type === "element" && TAGS.has(tagName ?? ""));
}
