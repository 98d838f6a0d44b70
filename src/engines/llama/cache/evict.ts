/**
 * What has to go when a budget is spent: what was used longest ago. Pinned items go last, unless they
 * take more than half of the budget: then they are as any other among themselves, and go first.
 */

export interface Evictable {
  /** In bytes. */
  readonly size: number;
  /** Grows with every use. */
  readonly used: number;
  readonly pinned: boolean;
}

/** @returns in the order in which they go, until there are `excess` bytes less; fewer if all went */
export function victims<Item extends Evictable>(
  items: Iterable<Item>,
  budget: number,
  excess: number,
): Item[] {
  const oldest = [...items].sort((a, b) => a.used - b.used);
  const loose = oldest.filter(({ pinned }) => !pinned).values();
  const pinned = oldest.filter((item) => item.pinned).values();
  let pinnedBytes = oldest.reduce((sum, item) => sum + (item.pinned ? item.size : 0), 0);
  const gone: Item[] = [];
  while (excess > 0) {
    const first = pinnedBytes > budget / 2 ? pinned : loose;
    const next = first.next();
    const item = (next.done ? (first === loose ? pinned : loose).next() : next).value;
    if (!item) break;
    if (item.pinned) pinnedBytes -= item.size;
    excess -= item.size;
    gone.push(item);
  }
  return gone;
}
