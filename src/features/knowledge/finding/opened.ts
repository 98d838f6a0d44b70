/**
 * The indexes of files that were searched lately, opened in memory: within a budget for all people, and
 * for some minutes of rest.
 */

import { FileIndex } from "../../../finding/index-block.ts";
import { FileVectors } from "../../../finding/vectors.ts";
import type { Files, Stored } from "../store.ts";

interface Open {
  readonly index: FileIndex;
  readonly vectors: FileVectors | undefined;
  readonly bytes: number;
  usedAt: number;
}

const MOST_BYTES = 256e6;
const REST_MS = 5 * 60_000;

export class OpenIndexes {
  readonly #files: Files;
  /** By file, used longest ago first. */
  readonly #open = new Map<string, Open>();

  constructor(files: Files) {
    this.#files = files;
  }

  /** Undefined for one that has no index yet. */
  async of({ id, owner, about }: Stored): Promise<Omit<Open, "usedAt"> | undefined> {
    const known = this.#open.get(id);
    // Its vectors may have come since.
    const fits = known && (known.vectors !== undefined) === (about.vectors !== undefined);
    this.#open.delete(id);
    const open = fits ? known : await this.#read(owner, id, about.vectors);
    if (!open) return undefined;
    open.usedAt = Date.now();
    this.#open.set(id, open);
    let bytes = 0;
    for (const one of this.#open.values()) bytes += one.bytes;
    for (const [old, { bytes: some }] of this.#open) {
      if (bytes <= MOST_BYTES || old === id) break;
      this.#open.delete(old);
      bytes -= some;
    }
    return open;
  }

  async #read(owner: string, id: string, model: string | undefined): Promise<Open | undefined> {
    const blocks = this.#files.blocks(await this.#files.sealer(owner), id);
    const block = await blocks.get("words", 0);
    if (!block) return undefined;
    const index = new FileIndex(block);
    const numbers = model === undefined ? undefined : await blocks.get("vectors", 0);
    const vectors = numbers && new FileVectors(numbers);
    return { index, vectors, bytes: index.bytes + (numbers?.length ?? 0), usedAt: 0 };
  }

  /** Of files that are read anew, deleted or given away. */
  forget(ids?: readonly string[]): void {
    if (!ids) this.#open.clear();
    for (const id of ids ?? []) this.#open.delete(id);
  }

  /** Closes what has rested. */
  rest(now = Date.now()): void {
    for (const [id, { usedAt }] of this.#open) if (now - usedAt > REST_MS) this.#open.delete(id);
  }
}
