/** What the cache knows of one state, wherever its bytes are. */
import type { Digest } from "./chain.ts";
import type { State } from "./types.ts";

export interface Entry {
  readonly identity: Digest;
  /** Of the chain of its blocks: identity and adapter. */
  readonly root: Digest;
  readonly tokens: Int32Array;
  readonly blocks: readonly Digest[];
  /** Of the state, in bytes. */
  readonly size: number;
  pinned: boolean;
  /** Time of the last use in milliseconds since 1970, different for each use. */
  used: number;
  /** While it is in memory. */
  bytes?: Buffer | undefined;
  /** Name of its file, while it has one. */
  file?: string | undefined;
  /** While it is read from disk. */
  reading?: Promise<State | undefined> | undefined;
  /** `used` at the time when the disk did not take it. */
  declined?: number | undefined;
}
