/**
 * Finds which of many lists of tokens shares the longest prefix with another one, in as many steps
 * as there are common blocks.
 */
import { BLOCK_TOKENS, chain, type Digest } from "./chain.ts";

export interface Prefix {
  readonly root: Digest;
  readonly tokens: Int32Array;
  /** One for each whole block, in order. */
  readonly blocks: readonly Digest[];
}

export class PrefixIndex<Item extends Prefix> {
  /** Items that go through the block of this hash; a root's are all of that root. */
  readonly #through = new Map<Digest, Set<Item>>();
  /** Items whose last whole block has this hash. */
  readonly #ends = new Map<Digest, Set<Item>>();

  add(item: Item): void {
    for (const digest of [item.root, ...item.blocks]) put(this.#through, digest, item);
    put(this.#ends, item.blocks.at(-1) ?? item.root, item);
  }

  remove(item: Item): void {
    for (const digest of [item.root, ...item.blocks]) take(this.#through, digest, item);
    take(this.#ends, item.blocks.at(-1) ?? item.root, item);
  }

  /** All items with the longest common prefix, of at least one token. */
  longest(root: Digest, tokens: Int32Array): { common: number; items: Item[] } {
    let candidates = this.#through.get(root);
    let blocks = 0;
    for (const digest of chain(root, tokens)) {
      const deeper = this.#through.get(digest);
      if (!deeper) break;
      candidates = deeper;
      blocks++;
    }
    let common = Math.max(1, blocks * BLOCK_TOKENS);
    let items: Item[] = [];
    for (const item of candidates ?? []) {
      const length = commonFrom(blocks * BLOCK_TOKENS, item.tokens, tokens);
      if (length > common) items = [];
      if (length >= common) items.push(item);
      common = Math.max(common, length);
    }
    return { common: items.length > 0 ? common : 0, items };
  }

  /** Items all of whose tokens `tokens` begins with, shortest first in whole blocks. */
  within(root: Digest, tokens: Int32Array): Item[] {
    const found: Item[] = [];
    let from = 0;
    const look = (digest: Digest) => {
      for (const item of this.#ends.get(digest) ?? [])
        if (commonFrom(from, item.tokens, tokens) === item.tokens.length) found.push(item);
    };
    look(root);
    for (const digest of chain(root, tokens)) {
      if (!this.#through.has(digest)) break;
      from += BLOCK_TOKENS;
      look(digest);
    }
    return found;
  }
}

/**
 * How many tokens two lists have in common from their beginning.
 *
 * @param from so many are known to be the same
 */
export function commonFrom(from: number, a: ArrayLike<number>, b: ArrayLike<number>): number {
  const end = Math.min(a.length, b.length);
  let at = from;
  while (at < end && a[at] === b[at]) at++;
  return at;
}

function put<Item>(map: Map<Digest, Set<Item>>, digest: Digest, item: Item): void {
  const set = map.get(digest);
  if (set) set.add(item);
  else map.set(digest, new Set([item]));
}

function take<Item>(map: Map<Digest, Set<Item>>, digest: Digest, item: Item): void {
  const set = map.get(digest);
  set?.delete(item);
  if (set?.size === 0) map.delete(digest);
}
