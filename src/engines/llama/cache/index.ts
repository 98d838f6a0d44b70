/**
 * Remembers what was computed for the beginnings of conversations: in memory, and what overflows in
 * state files. `find` is for every request; a state is restored in milliseconds for what takes
 * seconds to compute again.
 *
 * The less recently used half of the memory is written to disk beforehand, one file at a time. What
 * the memory has no room for is dropped then: if it has a file it can be read again, and if the
 * disk was too slow it is lost, so nothing ever piles up.
 */
import { chain, chainRoot, type Digest, identityDigest } from "./chain.ts";
import { StateFolder } from "./disk.ts";
import type { Entry } from "./entry.ts";
import { victims } from "./evict.ts";
import { PrefixIndex } from "./prefixes.ts";
import type { CacheOptions, CacheStats, Hit, State } from "./types.ts";
import { StateWriter } from "./writer.ts";

export type { CacheOptions, CacheStats, Hit, State } from "./types.ts";

/** Tokens of a prompt, and the adapter it is for: digest and scale, or "" for none. */
type Tokens = ArrayLike<number>;

export class PrefixCache {
  /** The files of earlier processes are known; before that `find` knows those in memory. */
  readonly opened: Promise<void>;
  readonly #options: CacheOptions;
  readonly #identity: Digest;
  readonly #disk: StateFolder | undefined;
  readonly #writer: StateWriter | undefined;
  readonly #entries = new Set<Entry>();
  readonly #index = new PrefixIndex<Entry>();
  /** What was found stays within reach: the state that comes in its place may push it out. */
  readonly #hits = new WeakMap<Hit, { entry: Entry; bytes: Buffer | undefined }>();
  /** States in memory, and room for those that are being read. */
  #held = 0;
  #clock = 0;

  constructor(options: CacheOptions) {
    const { folder, diskBytes: budget, memoryBytes, log } = options;
    const secret = options.secret === undefined ? undefined : Buffer.from(options.secret, "base64");
    const identity = identityDigest(options.identity);
    this.#options = options;
    this.#identity = identity;
    const evicted = (file: string) => this.#lose(file);
    if (folder && budget > 0)
      this.#disk = new StateFolder({ folder, secret, identity, budget, log, evicted });
    this.opened = this.#open();
    if (this.#disk)
      this.#writer = new StateWriter(
        {
          disk: this.#disk,
          entries: this.#entries,
          memoryOnlyBytes: memoryBytes / 2,
          saved: (entry) => this.#dropPrefixes(entry),
        },
        this.opened,
      );
  }

  /**
   * The longest prefix that is stored, wherever it is. To have the logits of the last token it
   * must be computed, so pass all tokens but the last.
   */
  find(tokens: Tokens, adapter = ""): Hit | undefined {
    const ids = Int32Array.from(tokens);
    const root = chainRoot(this.#identity, adapter);
    const { common, items } = this.#options.trims
      ? this.#index.longest(root, ids)
      : longestOf(this.#index.within(root, ids));
    const [best] = items.sort(
      (a, b) => Number(!a.bytes) - Number(!b.bytes) || a.size - b.size || b.used - a.used,
    );
    if (!best) return undefined;
    const hit: Hit = { tokens: common, source: best.bytes ? "memory" : "disk", bytes: best.size };
    this.#hits.set(hit, { entry: best, bytes: best.bytes });
    return hit;
  }

  /** @returns undefined if its file has gone since or was damaged */
  async read(hit: Hit): Promise<State | undefined> {
    const found = this.#hits.get(hit);
    if (!found) return undefined;
    const { entry } = found;
    const known = this.#entries.has(entry);
    if (known) this.#use(entry);
    const bytes = entry.bytes ?? found.bytes;
    if (bytes) return { tokens: entry.tokens, bytes };
    if (!known) return undefined;
    entry.reading ??= this.#readFile(entry).finally(() => {
      entry.reading = undefined;
    });
    return entry.reading;
  }

  /**
   * Takes over a state, in place of those of its prefixes that are not pinned: the same
   * conversation, when it was shorter. @returns whether the cache has it, or a longer one
   */
  add(state: State, { adapter = "", pinned = false } = {}): boolean {
    const tokens = Int32Array.from(state.tokens);
    const size = state.bytes.length;
    const root = chainRoot(this.#identity, adapter);
    if (tokens.length === 0 || size === 0) return false;
    const same = this.#index
      .within(root, tokens)
      .find((one) => one.tokens.length === tokens.length);
    const longer = this.#options.trims && !pinned ? this.#longer(root, tokens) : undefined;
    const kept = same?.bytes ? same : longer;
    if (kept) {
      this.#use(kept);
      if (pinned) this.#pin(kept);
      return true;
    }
    if (!this.#makeRoom(size)) return false;
    if (same) this.#drop(same);
    const entry: Entry = {
      identity: this.#identity,
      root,
      tokens,
      blocks: [...chain(root, tokens)],
      size,
      pinned: pinned || same?.pinned === true,
      used: 0,
      bytes: state.bytes,
    };
    this.#put(entry);
    this.#use(entry);
    this.#dropPrefixes(entry);
    this.#writer?.wake();
    return true;
  }

  /**
   * Writes what is only in memory, system prompts and the newest first, as far as budget and time
   * go. @returns the number of files
   */
  async flush(withinMs: number): Promise<number> {
    return (await this.#writer?.flush(withinMs)) ?? 0;
  }

  /** Forgets everything, the files of all models included. @returns how many files are left */
  async clear(): Promise<number> {
    for (const entry of this.#entries) this.#forget(entry);
    return (await this.#writer?.clear()) ?? 0;
  }

  stats(): CacheStats {
    const { bytes: diskBytes = 0 } = this.#disk ?? {};
    return { memoryBytes: this.#held, diskBytes, states: this.#entries.size };
  }

  async #open(): Promise<void> {
    const blocksOf = ({ root, tokens }: Pick<Entry, "root" | "tokens">) => [...chain(root, tokens)];
    for (const { name, head, blocks, pinned, used } of (await this.#disk?.open(blocksOf)) ?? []) {
      const entry: Entry = { ...head, blocks, pinned, used, file: name };
      const twin = this.#index
        .within(head.root, head.tokens)
        .some((one) => one.tokens.length === head.tokens.length);
      if (!twin && head.size <= this.#options.memoryBytes) this.#put(entry);
    }
  }

  async #readFile(entry: Entry): Promise<State | undefined> {
    const room = this.#makeRoom(entry.size);
    if (room) this.#held += entry.size;
    const bytes = entry.file && (await this.#disk?.read(entry.file, entry));
    if (room) this.#held -= entry.size;
    if (!bytes) {
      entry.file = undefined;
      if (!entry.bytes) this.#forget(entry);
      return undefined;
    }
    if (room && !entry.bytes && this.#entries.has(entry)) {
      entry.bytes = bytes;
      this.#held += entry.size;
      this.#writer?.wake();
    }
    return { tokens: entry.tokens, bytes };
  }

  /** An entry that begins with these tokens and has more of them. */
  #longer(root: Digest, tokens: Int32Array): Entry | undefined {
    const { common, items } = this.#index.longest(root, tokens);
    if (common < tokens.length) return undefined;
    return items.find((item) => item.tokens.length > common);
  }

  #use(entry: Entry): void {
    this.#clock = Math.max(Date.now(), this.#clock + 1);
    entry.used = this.#clock;
    this.#writer?.touch(entry);
  }

  /** Its file, if it has one, is named otherwise from now on. */
  #pin(entry: Entry): void {
    if (entry.pinned) return;
    entry.pinned = true;
    this.#removeFile(entry);
    this.#writer?.wake();
  }

  /** A prefix with a file stays until the longer state has one, too. */
  #dropPrefixes(entry: Entry): void {
    if (!this.#options.trims) return;
    for (const prefix of this.#index.within(entry.root, entry.tokens)) {
      if (prefix === entry || prefix.pinned) continue;
      if (prefix.file && !entry.file) this.#release(prefix);
      else this.#drop(prefix);
    }
  }

  #put(entry: Entry): void {
    this.#entries.add(entry);
    this.#index.add(entry);
    if (entry.bytes) this.#held += entry.size;
  }

  /** Lets go of the bytes in memory. */
  #release(entry: Entry): void {
    if (entry.bytes) this.#held -= entry.size;
    entry.bytes = undefined;
  }

  #forget(entry: Entry): void {
    if (!this.#entries.delete(entry)) return;
    this.#index.remove(entry);
    this.#release(entry);
  }

  #drop(entry: Entry): void {
    this.#forget(entry);
    this.#removeFile(entry);
  }

  /** The disk needed the room. */
  #lose(file: string): void {
    for (const entry of this.#entries) {
      if (entry.file !== file) continue;
      entry.file = undefined;
      if (!entry.bytes) this.#forget(entry);
    }
  }

  #removeFile(entry: Entry): void {
    const { file } = entry;
    entry.file = undefined;
    if (file) this.#writer?.remove(file);
  }

  /** @returns false if the memory cannot hold so much more */
  #makeRoom(size: number): boolean {
    const { memoryBytes } = this.#options;
    if (this.#held + size <= memoryBytes) return true;
    const free = [...this.#entries].filter((one) => one.bytes && one !== this.#writer?.writing);
    const fixed = this.#held - free.reduce((sum, one) => sum + one.size, 0);
    if (fixed + size > memoryBytes) return false;
    for (const entry of victims(free, memoryBytes, this.#held + size - memoryBytes)) {
      if (entry.file) this.#release(entry);
      else this.#forget(entry);
    }
    return true;
  }
}

function longestOf(entries: readonly Entry[]): { common: number; items: Entry[] } {
  const common = entries.reduce((most, { tokens }) => Math.max(most, tokens.length), 0);
  return { common, items: entries.filter(({ tokens }) => tokens.length === common) };
}
