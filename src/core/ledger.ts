/**
 * The log in which a server writes down what it will have to stand by: an append-only Merkle tree
 * (RFC 6962) of short JSON texts, signed as C2SP's checkpoints. It is the house's, since features that
 * do not know each other write into the one log. Nothing personal is in an entry: what an entry is
 * about is committed to with a salt that its feature keeps, and can destroy.
 */
import type { Transaction } from "kysely";
import type { Json } from "./tlog/canonical.ts";
import type { Hash } from "./tlog/merkle.ts";

export interface LedgerEntry {
  /** Of the entry's format. */
  readonly v: number;
  /** ISO time in UTC. */
  readonly ts: string;
  /** "answer", "act", "erasure", "key", ... */
  readonly kind: string;
  readonly [field: string]: Json;
}

/** What the log was at some moment, signed. */
export interface SignedCheckpoint {
  readonly origin: string;
  /** Entries. */
  readonly size: number;
  readonly root: Hash;
  /** The signed note, with the cosignatures of witnesses that it has got so far. */
  readonly note: string;
}

export interface LedgerKey {
  /** The public key in the notation of signed notes: name, number and key. */
  readonly verifier: string;
  /** ISO times; it signs nothing after its end. */
  readonly since: string;
  readonly until: string | null;
}

export interface Ledger {
  /** The log's name, in every checkpoint; another one after an older state was put back. */
  origin(): Promise<string>;
  /** Its first name, which stays, for what is to be the same in all of its entries. */
  name(): Promise<string>;
  /**
   * Adds entries within the transaction that stores what they are about, so that both are there or
   * neither.
   *
   * @returns the index of the first; the others follow
   */
  // biome-ignore lint/suspicious/noExplicitAny: the transaction is on somebody else's tables
  append(db: Transaction<any>, entries: readonly LedgerEntry[]): Promise<number>;
  /** Of all entries that are stored by now. Never called inside a transaction. */
  checkpoint(): Promise<SignedCheckpoint>;
  /** From the leaf up. @throws CharlaError `log_out_of_range` */
  inclusion(index: number, size: number): Promise<readonly Hash[]>;
  /** @throws CharlaError `log_out_of_range` */
  consistency(first: number, second: number): Promise<readonly Hash[]>;
  /** Canonical JSON, from `from` up to `to`. @throws CharlaError `log_out_of_range` */
  entries(from: number, to: number): Promise<readonly string[]>;
  /** The hashes of a tile of `width`. @throws CharlaError `log_out_of_range` */
  tile(level: number, index: number, width: number): Promise<readonly Hash[]>;
  /**
   * Whether it is not what was signed lately: that was another beginning, or more than there is now.
   * Tells of changes to the tables by somebody who cannot sign.
   */
  contradicts(): Promise<boolean>;
  /** Newest first. */
  keys(): Promise<readonly LedgerKey[]>;
  /** From now on another key signs; the log says so in an entry. */
  rotate(): Promise<LedgerKey>;
  /**
   * Keeps the cosignatures that a note has for the newest checkpoint.
   *
   * @param witnesses whose are taken, as public keys
   * @returns the newest checkpoint with all that it has
   * @throws CharlaError `note_invalid`, `checkpoint_invalid`, `cosignature_refused`
   */
  cosign(note: string, witnesses: readonly string[]): Promise<SignedCheckpoint>;
}
