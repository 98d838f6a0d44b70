/**
 * The log on the database: entries are added in the transactions of those who write them, and
 * integrated and signed when somebody asks for a checkpoint, which is after they are on the disk. It
 * is the house's and no feature, since features rely on it.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import { CharlaError } from "../core/errors.ts";
import type { Ledger, LedgerEntry, LedgerKey, SignedCheckpoint } from "../core/ledger.ts";
import { same, utf8 } from "../core/tlog/bytes.ts";
import { canonical } from "../core/tlog/canonical.ts";
import { formatCheckpoint, parseCheckpoint } from "../core/tlog/checkpoint.ts";
import { consistencyProof, type Hash, inclusionProof } from "../core/tlog/merkle.ts";
import {
  formatNote,
  formatVerifier,
  isSignedBy,
  parseVerifier,
  type Signature,
  sign,
} from "../core/tlog/note.ts";
import type { Vault } from "../core/vault.ts";
import { outOfRange, refused } from "./errors.ts";
import { Keys } from "./keys.ts";
import { Names } from "./names.ts";
import type { Newest } from "./newest.ts";
import type { Tables } from "./tables.ts";
import { Tree } from "./tree.ts";

/** Bytes of an entry: what the length in a bundle of tlog-tiles can say. */
const MAX_ENTRY = 65_535;
/** Rows of one statement. */
const BATCH = 500;
/** Of the checkpoints that were signed, so many are looked at again. */
const LATELY = 100;

export interface LedgerOptions {
  // biome-ignore lint/suspicious/noExplicitAny: the database also holds the tables of others
  readonly db: Kysely<any>;
  readonly vault: Vault;
  /** How people reach this server, for the log's name. */
  readonly publicUrl: string | undefined;
  /** Kept outside of the database. */
  readonly newest?: Newest;
  log?(line: string): void;
}

export class MerkleLedger implements Ledger {
  readonly #db: Kysely<Tables>;
  readonly #tree: Tree;
  readonly #keys: Keys;
  readonly #names: Names;
  readonly #outside: Newest | undefined;
  readonly #log: (line: string) => void;
  /** What was signed before this process began was compared. */
  #compared = false;
  /** One checkpoint is made at a time. */
  #making: Promise<SignedCheckpoint> | undefined;
  #newest: SignedCheckpoint | undefined;

  constructor({ db, vault, publicUrl, newest, log = () => {} }: LedgerOptions) {
    this.#outside = newest;
    this.#log = log;
    this.#db = db;
    this.#tree = new Tree(this.#db);
    this.#keys = new Keys(this.#db, vault);
    this.#names = new Names(this.#db, publicUrl);
  }

  origin(): Promise<string> {
    return this.#names.now();
  }

  name(): Promise<string> {
    return this.#names.first();
  }

  /**
   * Goes on under another name and with another key, since under the old one somebody may hold what is
   * not there any more; an entry says so.
   *
   * @param takenAt the moment of the state that was put back, where it is known
   */
  async renew(takenAt?: Date): Promise<void> {
    const before = await this.origin();
    const origin = this.#names.fresh();
    await this.#keys.replace(origin, async (db, made) => {
      await this.#names.change(db, before, origin);
      const [ts, key] = [new Date().toISOString(), formatVerifier(made)];
      const said = { before, origin, key, takenAt: takenAt?.toISOString() ?? null };
      await this.append(db, [{ v: 1, ts, kind: "restored", ...said }]);
    });
    this.#names.changed(origin);
    this.#newest = undefined;
    this.#compared = true;
    this.#log(
      `The database was put back to an older state: its log is called ${origin} from now on.`,
    );
  }

  /** Compares what was signed last, as a file outside of the database has it, with what there is. */
  async #compare(origin: string, size: number): Promise<void> {
    if (this.#compared) return;
    this.#compared = true;
    const note = await this.#outside?.read();
    if (note === undefined) return;
    const signed = parsed(note);
    // Of another log, or cut off while it was written: it says nothing of this one.
    if (signed?.origin !== origin) return;
    await this.#tree.integrate(size);
    const there = signed.size <= size && same(await this.#tree.root(signed.size), signed.root);
    if (!there && !(await this.#knows(signed))) await this.renew();
  }

  /**
   * Whether the database has this checkpoint itself. An older state has not; one that has it, and other
   * entries, was changed behind its back, which a check is to find and a new name would hide.
   */
  async #knows({ size, root }: Pick<SignedCheckpoint, "size" | "root">): Promise<boolean> {
    const stored = await this.#stored(size);
    return stored !== undefined && same(stored.root, root);
  }

  async append(db: Transaction<Tables>, entries: readonly LedgerEntry[]): Promise<number> {
    const [only] = entries;
    if (only && entries.length === 1) {
      const { rows } = await sql<{ seq: number }>`
        insert into ledger_entry (seq, entry)
        select coalesce(max(seq), -1) + 1, ${textOf(only)} from ledger_entry returning seq`.execute(
        db,
      );
      return rows[0]?.seq as number;
    }
    const last = await db
      .selectFrom("ledger_entry")
      .select((rows) => rows.fn.max("seq").as("seq"))
      .executeTakeFirst();
    const first = typeof last?.seq === "number" ? last.seq + 1 : 0;
    const rows = entries.map((one, index) => ({ seq: first + index, entry: textOf(one) }));
    for (let from = 0; from < rows.length; from += BATCH) {
      const some = rows.slice(from, from + BATCH);
      await db.insertInto("ledger_entry").values(some).execute();
    }
    return first;
  }

  async checkpoint(): Promise<SignedCheckpoint> {
    // One that is being made may have counted before the entry that is asked about was there.
    await this.#making?.catch(() => {});
    this.#making ??= this.#make();
    const making = this.#making;
    try {
      return await making;
    } finally {
      if (this.#making === making) this.#making = undefined;
    }
  }

  async #make(): Promise<SignedCheckpoint> {
    await this.#compare(await this.origin(), await this.#tree.size());
    const origin = await this.origin();
    const size = await this.#tree.size();
    const signer = await this.#keys.signer(origin);
    const known = this.#newest ?? (await this.#stored(size));
    if (
      known?.size === size &&
      (await isSignedBy(parseCheckpoint(known.note).note, signer.verifier))
    )
      return this.#keep(known);
    await this.#tree.integrate(size);
    const root = await this.#tree.root(size);
    const text = formatCheckpoint({ origin, size, root, extensions: [] });
    const note = formatNote({ text, signatures: [await sign(text, signer.verifier, signer.key)] });
    await this.#store(size, note);
    return this.#keep({ origin, size, root, note });
  }

  #keep(checkpoint: SignedCheckpoint): SignedCheckpoint {
    this.#newest = checkpoint;
    return checkpoint;
  }

  async #stored(size: number): Promise<SignedCheckpoint | undefined> {
    const row = await this.#db
      .selectFrom("ledger_checkpoint")
      .select("note")
      .where("size", "=", size)
      .executeTakeFirst();
    if (!row) return undefined;
    const { origin, root } = parseCheckpoint(row.note);
    return { origin, size, root, note: row.note };
  }

  async #store(size: number, note: string): Promise<void> {
    await this.#db
      .insertInto("ledger_checkpoint")
      .values({ size, note })
      .onConflict((row) => row.column("size").doUpdateSet({ note }))
      .execute();
    await this.#outside?.write(note);
  }

  async inclusion(index: number, size: number): Promise<readonly Hash[]> {
    if (index === size) throw outOfRange();
    await this.#within(index, size);
    return this.#tree.using((read) => inclusionProof(index, size, read));
  }

  async consistency(first: number, second: number): Promise<readonly Hash[]> {
    await this.#within(first, second);
    return this.#tree.using((read) => consistencyProof(first, second, read));
  }

  async entries(from: number, to: number): Promise<readonly string[]> {
    await this.#within(from, to);
    return this.#tree.entries(from, to);
  }

  async tile(level: number, index: number, width: number): Promise<readonly Hash[]> {
    const hashes = await this.#tree.hashes({ level, index });
    if (hashes.length < width) throw outOfRange();
    return hashes.slice(0, width);
  }

  /** Also sees to it that the tiles of a tree of this size are there. */
  async #within(first: number, size: number): Promise<void> {
    const sizes = [first, size].every((one) => Number.isSafeInteger(one) && one >= 0);
    if (!sizes || first > size) throw outOfRange();
    if (size > (this.#newest?.size ?? 0) && size > (await this.checkpoint()).size) {
      throw outOfRange();
    }
  }

  async contradicts(): Promise<boolean> {
    const keys = (await this.keys()).map(({ verifier }) => parseVerifier(verifier));
    const rows = await this.#db
      .selectFrom("ledger_checkpoint")
      .select("note")
      .orderBy("size", "desc")
      .limit(LATELY)
      .execute();
    // What is remembered was right once; this asks for what is there now.
    const tree = new Tree(this.#db);
    const there = await tree.size();
    for (const { size, root, note } of rows.map((row) => parseCheckpoint(row.note))) {
      const signed = await Promise.all(keys.map((key) => isSignedBy(note, key)));
      if (!signed.includes(true) || size > there) return true;
      if (!same(await tree.root(size), root)) return true;
    }
    return false;
  }

  keys(): Promise<readonly LedgerKey[]> {
    return this.origin()
      .then((origin) => this.#keys.signer(origin))
      .then(() => this.#keys.list());
  }

  async rotate(): Promise<LedgerKey> {
    const origin = await this.origin();
    // The last word of the old one.
    const { size } = await this.checkpoint();
    await this.#keys.replace(origin, (db, made) => {
      const entry = { v: 1, ts: new Date().toISOString(), kind: "key" };
      return this.append(db, [{ ...entry, key: formatVerifier(made), after: size }]);
    });
    const [newest] = await this.#keys.list();
    return newest as LedgerKey;
  }

  async cosign(source: string, witnesses: readonly string[]): Promise<SignedCheckpoint> {
    const newest = this.#newest ?? (await this.checkpoint());
    const { note } = parseCheckpoint(newest.note);
    const given = parseCheckpoint(source).note;
    if (given.text !== note.text) throw refused();
    const added: Signature[] = [];
    for (const witness of witnesses.map(parseVerifier)) {
      if (!(await isSignedBy(given, witness))) continue;
      const is = ({ name, id }: Signature) => name === witness.name && id === witness.id;
      added.push(...given.signatures.filter(is).slice(0, 1));
    }
    if (added.length === 0) throw refused();
    const others = note.signatures.filter(
      (one) => !added.some(({ name, id }) => name === one.name && id === one.id),
    );
    const whole = formatNote({ text: note.text, signatures: [...others, ...added] });
    await this.#store(newest.size, whole);
    return this.#keep({ ...newest, note: whole });
  }
}

function parsed(note: string): { origin: string; size: number; root: Hash } | undefined {
  try {
    return parseCheckpoint(note);
  } catch (thrown) {
    if (thrown instanceof CharlaError) return undefined;
    throw thrown;
  }
}

function textOf(entry: LedgerEntry): string {
  const text = canonical(entry);
  if (utf8(text).length > MAX_ENTRY) throw new RangeError("an entry of the log is too large");
  return text;
}
