/**
 * A conversation is a tree: an edited question or another answer is a sibling. The page shows one
 * branch of it, from the root to a leaf; of a long chat only the newest part of it is here.
 */

export interface Node {
  readonly id: string;
  readonly parentId: string | null;
}

interface Index<N extends Node> {
  readonly byId: ReadonlyMap<string, N>;
  readonly byParent: ReadonlyMap<string | null, readonly N[]>;
}

/** Every row of a chat asks about the same list, which is another one after each change. */
const indexes = new WeakMap<readonly Node[], Index<Node>>();

function indexOf<N extends Node>(nodes: readonly N[]): Index<N> {
  const known = indexes.get(nodes);
  if (known) return known as Index<N>;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const made = { byId, byParent: Map.groupBy(nodes, ({ parentId }) => parentId) };
  indexes.set(nodes, made);
  return made;
}

/** The branch that ends at a leaf, oldest message first. */
export function branchTo<N extends Node>(nodes: readonly N[], leaf: string | null): readonly N[] {
  const { byId } = indexOf(nodes);
  const branch: N[] = [];
  for (let at = byId.get(leaf ?? ""); at; at = byId.get(at.parentId ?? "")) branch.push(at);
  return branch.reverse();
}

/** The messages that stand in the same place, in the order in which they were made. */
export const siblingsOf = <N extends Node>(nodes: readonly N[], node: Node): readonly N[] =>
  childrenOf(nodes, node.parentId);

export const childrenOf = <N extends Node>(nodes: readonly N[], id: string | null): readonly N[] =>
  indexOf(nodes).byParent.get(id) ?? [];

/** The newest leaf below a message; nodes stand in the order in which they were made. */
export function leafBelow(nodes: readonly Node[], id: string): string {
  const { byParent } = indexOf(nodes);
  let leaf = id;
  for (let next = byParent.get(id)?.at(-1); next; next = byParent.get(leaf)?.at(-1)) leaf = next.id;
  return leaf;
}
