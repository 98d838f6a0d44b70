/**
 * State files in a folder that several processes may share. Files never change: a state is written
 * under a temporary name and renamed to a name that follows from its tokens. So races end well:
 * of two that write the same state the later file stays, as good as the other; a file that one
 * removes while another reads it is read to its end; one that is gone is noticed when it is wanted.
 * What others write is noticed within {@link LOOK_MS}; so long the folder may pass its budget.
 */
import { createHmac, randomBytes } from "node:crypto";
import { lstat, readdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, stateDigest } from "./chain.ts";
import { type Evictable, victims } from "./evict.ts";
import { fileSize, type Head, readHead, readState, writeState } from "./file.ts";
import { type Keys, openKeys } from "./key.ts";

/** `<identity>-<state>.state`, or `.pinned`; with a random part and `.tmp` while it is written. */
const NAME = /^([0-9a-f]{16})-[0-9a-f]{48}\.(state|pinned)(\.[0-9a-f]{16}\.tmp)?$/;
/** A temporary file that nobody has written to for so long is what a killed process left. */
const ABANDONED_MS = 10 * 60_000;
/** After a failure nothing is written for so long. */
const PAUSE_MS = 10 * 60_000;
/** So long a look into the folder is good. */
const LOOK_MS = 10_000;
/** Heads that are read at the same time. */
const AT_ONCE = 16;

interface Found extends Evictable {
  readonly name: string;
  readonly temporary: boolean;
}

/** A state that has a file. */
interface Known {
  readonly name: string;
  readonly head: Head;
  readonly blocks: readonly Digest[];
  readonly pinned: boolean;
  readonly used: number;
}

/** A state to write, with the time of its last use in milliseconds since 1970. */
export interface Keep extends Head, Evictable {
  readonly blocks: readonly Digest[];
}

interface DiskOptions {
  readonly folder: string;
  /** Kept elsewhere, so that the folder alone tells nothing. */
  readonly secret?: Buffer | undefined;
  readonly identity: Digest;
  readonly budget: number;
  log(line: string): void;
  /** Called with the name of a file that had to make room. */
  evicted(name: string): void;
}

export class StateFolder {
  readonly #options: DiskOptions;
  readonly #mine: string;
  /** All states that are there, those of other models included, by name. */
  #files = new Map<string, Found>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #keys: Keys | undefined;
  #pausedUntil = 0;
  #told = false;

  constructor(options: DiskOptions) {
    this.#options = options;
    this.#mine = options.identity.slice(0, 16);
  }

  /** Of all files, as far as they are known. */
  get bytes(): number {
    let sum = 0;
    for (const { size } of this.#files.values()) sum += size;
    return sum;
  }

  /** The states of this identity that are there, as far as their heads can tell. */
  async open(blocksOf: (head: Head) => readonly Digest[]): Promise<Known[]> {
    const states: Known[] = [];
    const check = async (found: Found, keys: Keys) => {
      const { name, temporary, used, pinned } = found;
      if (temporary && used < Date.now() - ABANDONED_MS) await this.remove(name);
      if (temporary || !name.startsWith(this.#mine)) return;
      const head = await readHead(this.#path(name), keys).catch(() => undefined);
      const blocks = head && blocksOf(head);
      if (blocks && name === this.#name({ ...head, blocks, pinned }, keys))
        states.push({ name, head, blocks, pinned, used });
      else await this.remove(name);
    };
    try {
      const keys = await openKeys(this.#options.folder, this.#options.secret);
      this.#keys = keys;
      await this.#makeRoom(0);
      const files = [...this.#files.values()];
      for (let at = 0; at < files.length; at += AT_ONCE)
        await Promise.all(files.slice(at, at + AT_ONCE).map((found) => check(found, keys)));
    } catch (thrown) {
      this.#fail(thrown);
    }
    return states;
  }

  /** @returns the file's name; undefined if there is no room or no use in trying now */
  async write(state: Keep, bytes: Buffer, goOn: () => boolean): Promise<string | undefined> {
    const keys = this.#keys;
    if (!keys || Date.now() < this.#pausedUntil) return undefined;
    const name = this.#name(state, keys);
    const temporary = `${name}.${randomBytes(8).toString("hex")}.tmp`;
    const { identity, root, tokens, size, used, pinned } = state;
    const bytesNeeded = fileSize(tokens.length, size);
    const head = { identity, root, tokens, size };
    try {
      if (!(await this.#makeRoom(bytesNeeded, state))) return undefined;
      const path = this.#path(temporary);
      const whole = await writeState(path, { keys, head, bytes, used, goOn });
      if (whole) await rename(path, this.#path(name));
      else await this.remove(temporary);
      if (!whole) return undefined;
      this.#files.set(name, { name, size: bytesNeeded, used, pinned, temporary: false });
      this.#told = false;
      return name;
    } catch (thrown) {
      await this.remove(temporary);
      this.#fail(thrown);
      return undefined;
    }
  }

  /** @returns undefined if the file is gone or not to be trusted; then it is removed */
  async read(name: string, expected: Head): Promise<Buffer | undefined> {
    const keys = this.#keys;
    const bytes =
      keys && (await readState(this.#path(name), keys, expected).catch(() => undefined));
    if (!bytes) await this.remove(name);
    return bytes;
  }

  /** Notes a use for those who evict; a file that is gone is noticed when it is wanted. */
  async touch(name: string, used: number): Promise<void> {
    const file = this.#files.get(name);
    if (file) this.#files.set(name, { ...file, used });
    await utimes(this.#path(name), used / 1000, used / 1000).catch(() => {});
  }

  /** @returns false if the file is still there */
  async remove(name: string): Promise<boolean> {
    try {
      await rm(this.#path(name), { force: true });
      this.#files.delete(name);
      return true;
    } catch {
      return false;
    }
  }

  /** Removes the files of all models. @returns how many could not be removed */
  async clear(): Promise<number> {
    await this.#look();
    const removed = await Promise.all([...this.#files.keys()].map((name) => this.remove(name)));
    return removed.filter((gone) => !gone).length;
  }

  /** Removes what was used longest ago, but nothing newer than `next`, if that is enough. */
  async #makeRoom(needed: number, next?: Evictable): Promise<boolean> {
    const { budget } = this.#options;
    if (performance.now() > this.#lookedAt + LOOK_MS) await this.#look();
    if (needed > budget) return false;
    const gone = victims(this.#files.values(), budget, this.bytes + needed - budget);
    if (next && !next.pinned && gone.some(({ used }) => used >= next.used)) return false;
    for (const { name } of gone) {
      if (!(await this.remove(name))) return false;
      this.#options.evicted(name);
    }
    return true;
  }

  async #look(): Promise<void> {
    const files = new Map<string, Found>();
    for (const name of await names(this.#options.folder)) {
      const [, , kind, temporary] = NAME.exec(name) ?? [];
      const info = kind && (await lstat(this.#path(name)).catch(() => undefined));
      if (!info || !(info.isFile() || info.isSymbolicLink())) continue;
      const { size } = info;
      const used = Math.round(info.mtimeMs);
      const pinned = kind === "pinned" && !temporary;
      files.set(name, { name, size, used, pinned, temporary: temporary !== undefined });
    }
    this.#files = files;
    this.#lookedAt = performance.now();
  }

  #name(state: Pick<Keep, "root" | "blocks" | "tokens" | "pinned">, keys: Keys) {
    const { root, blocks, tokens, pinned } = state;
    const digest = stateDigest(blocks.at(-1) ?? root, tokens);
    const name = createHmac("sha256", keys.name).update(digest).digest("hex").slice(0, 48);
    return `${this.#mine}-${name}.${pinned ? "pinned" : "state"}`;
  }

  #path(name: string): string {
    return join(this.#options.folder, name);
  }

  #fail(thrown: unknown): void {
    this.#pausedUntil = Date.now() + PAUSE_MS;
    if (!this.#told) this.#options.log(`No states are kept on disk for now: ${String(thrown)}`);
    this.#told = true;
  }
}

/** Removes the states of all models from a folder. @returns how many are left */
export async function removeStates(folder: string): Promise<number> {
  const states = (await names(folder)).filter((name) => NAME.test(name));
  const removals = states.map((name) => rm(join(folder, name), { force: true }));
  const results = await Promise.allSettled(removals);
  return results.filter(({ status }) => status === "rejected").length;
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch((thrown) => {
    if (["ENOENT", "ENOTDIR"].includes(thrown.code)) return [];
    throw thrown;
  });
}
