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
  for (let at = byId.get(leaf ?? ""); at; at = byId.get(at.parentId ?? "")) {
    branch.unshift(at);
    // A parent that was seen already would lead round in a circle.
    byId.delete(at.id);
  }
  return branch;
}

/** The messages that stand in the same place, in the order in which they were made. */
export function siblingsOf<N extends Node>(nodes: readonly N[], node: Node): readonly N[] {
  return nodes.filter(({ parentId }) => parentId === node.parentId);
}

/** The newest leaf below a message. */
export function leafBelow(nodes: readonly Node[], id: string): string {
  let leaf = id;
  for (const node of nodes) {
    // Nodes stand in the order in which they were made, so children come after their parent.
    if (node.parentId === leaf) leaf = nodes.findLast((n) => n.parentId === leaf)?.id ?? leaf;
  }
  return leaf;
}
