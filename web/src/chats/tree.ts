/**
 * A conversation is a tree: an edited question or another answer is a sibling. The page shows one
 * branch of it, from the root to a leaf.
 */

export interface Node {
  readonly id: string;
  readonly parentId: string | null;
}

/** The branch that ends at a leaf, oldest message first. */
export function branchTo<N extends Node>(nodes: readonly N[], leaf: string | null): readonly N[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const branch: N[] = [];
  for (let at = byId.get(leaf ?? ""); at; at = byId.get(at.parentId ?? "")) branch.push(at);
  return branch.reverse();
}

/** The messages that stand in the same place, in the order in which they were made. */
export function siblingsOf<N extends Node>(nodes: readonly N[], node: Node): readonly N[] {
  return nodes.filter(({ parentId }) => parentId === node.parentId);
}

/** The newest leaf below a message; nodes stand in the order in which they were made. */
export function leafBelow(nodes: readonly Node[], id: string): string {
  const newestChild = new Map(nodes.map((node) => [node.parentId, node.id]));
  let leaf = id;
  for (let child = newestChild.get(id); child; child = newestChild.get(child)) leaf = child;
  return leaf;
}
