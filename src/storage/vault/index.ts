/**
 * The vault: a random key per person, wrapped by one master key that is never in the database.
 * Who has the database without the master key reads nothing, and what a person's key has sealed is
 * gone with that key.
 */
import { createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Kysely, Transaction } from "kysely";
import { KEY_BYTES, openWith, sealWith } from "../../core/seal.ts";
import type { Sealer, Vault } from "../../core/vault.ts";
import type { Migrated } from "../migrate.ts";
import { type Kind, scrub } from "../scrub.ts";
import { masterWrong, textUnreadable } from "./errors.ts";
import {
  arrive,
  type Master,
  type MasterSource,
  nextFile,
  ownFile,
  readFile,
  readMaster,
} from "./master.ts";

export interface KeyTables {
  person_key: {
    person: string;
    /** The person's key, sealed with the master key. */
    wrapped: string;
  };
  /** One row, which only the right master key opens. */
  master_key: { id: number; proof: string };
}

/** Brought up to date like the tables of a feature. */
export const vaultTables: Migrated = {
  name: "vault",
  migrations: {
    "001-keys": {
      async up(db: Kysely<unknown>) {
        await db.schema
          .createTable("person_key")
          .addColumn("person", "text", (column) => column.primaryKey())
          .addColumn("wrapped", "text", (column) => column.notNull())
          .execute();
        await db.schema
          .createTable("master_key")
          .addColumn("id", "integer", (column) => column.primaryKey())
          .addColumn("proof", "text", (column) => column.notNull())
          .execute();
      },
    },
  },
};

export interface VaultOptions {
  // biome-ignore lint/suspicious/noExplicitAny: the database also holds the tables of others
  readonly db: Kysely<any>;
  readonly kind: Kind;
  readonly source: MasterSource;
}

export class KeyVault implements Vault {
  readonly #db: Kysely<KeyTables>;
  readonly #kind: Kind;
  readonly #source: MasterSource;
  readonly #sealers = new Map<string, Promise<PersonSealer>>();
  #master: Promise<Master> | undefined;

  constructor({ db, kind, source }: VaultOptions) {
    this.#db = db as Kysely<KeyTables>;
    this.#kind = kind;
    this.#source = source;
  }

  /**
   * Reads the master key and tries it on the database, which remembers the first one.
   *
   * @throws CharlaError `master_key_missing`, `master_key_invalid`, `master_key_wrong`
   */
  async start(): Promise<void> {
    await this.master();
  }

  /** The one that the database is sealed with. */
  master(): Promise<Master> {
    this.#master ??= unlock(this.#db, this.#source);
    return this.#master;
  }

  /** A key for something else than texts of people, which lasts as long as the master key does. */
  async derive(purpose: string): Promise<Buffer> {
    const { key } = await this.master();
    return Buffer.from(hkdfSync("sha256", key, "", `charla ${purpose}`, KEY_BYTES));
  }

  of(person: string): Promise<Sealer> {
    const known = this.#sealers.get(person);
    if (known) return known;
    const sealer = this.#open(person);
    this.#sealers.set(person, sealer);
    // The next who asks tries again.
    sealer.catch(() => this.#sealers.delete(person));
    return sealer;
  }

  async destroy(person: string): Promise<void> {
    // One that is being made is waited for, or it would come after its own end; whether it could be
    // made is the business of those who asked for it.
    const sealer = await this.#sealers.get(person)?.catch(() => undefined);
    this.#sealers.delete(person);
    sealer?.forget();
    await this.#db.deleteFrom("person_key").where("person", "=", person).execute();
    await scrub(this.#db, this.#kind, ["person_key"]);
  }

  async #open(person: string): Promise<PersonSealer> {
    const master = await this.master();
    const wrapped = await this.#db.transaction().execute(async (db) => {
      // The master may have been changed by another process since.
      await prove(db, master);
      const values = { person, wrapped: wrap(master.key, person, randomBytes(KEY_BYTES)) };
      const insert = db.insertInto("person_key").values(values);
      await insert.onConflict((conflict) => conflict.column("person").doNothing()).execute();
      const find = db.selectFrom("person_key").select("wrapped").where("person", "=", person);
      return (await find.executeTakeFirstOrThrow()).wrapped;
    });
    return new PersonSealer(person, unwrap(master.key, person, wrapped));
  }
}

class PersonSealer implements Sealer {
  readonly #person: string;
  #key: KeyObject | undefined;
  /** Follows from it, which takes longer than all else that a tag needs. */
  #tagKey: KeyObject | undefined;

  constructor(person: string, key: Buffer) {
    this.#person = person;
    this.#key = createSecretKey(key);
    key.fill(0);
  }

  seal(text: string, place: string): string {
    return this.sealBytes(Buffer.from(text), place);
  }

  open(sealed: string, place: string): string {
    return this.openBytes(sealed, place).toString();
  }

  sealBytes(bytes: Uint8Array, place: string): string {
    if (!this.#key) throw textUnreadable();
    return sealWith(this.#key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), [
      this.#person,
      place,
    ]);
  }

  openBytes(sealed: string, place: string): Buffer {
    const bytes = this.#key && openWith(this.#key, sealed, [this.#person, place]);
    if (!bytes) throw textUnreadable();
    return bytes;
  }

  tag(purpose: string): string {
    if (!this.#key) throw textUnreadable();
    this.#tagKey ??= createSecretKey(
      Buffer.from(hkdfSync("sha256", this.#key, "", "charla tag", KEY_BYTES)),
    );
    return createHmac("sha256", this.#tagKey).update(purpose).digest("hex");
  }

  forget(): void {
    this.#key = this.#tagKey = undefined;
  }
}

/** A person's key under the master key. */
export const wrap = (master: Buffer, person: string, key: Buffer) =>
  sealWith(master, key, ["person_key", person]);

/** @throws CharlaError `text_unreadable` */
export function unwrap(master: Buffer, person: string, wrapped: string): Buffer {
  const key = openWith(master, wrapped, ["person_key", person]);
  if (!key) throw textUnreadable();
  return key;
}

const PROOF = "charla";
export const proofOf = (master: Buffer) => sealWith(master, PROOF, ["master_key"]);

const proves = (master: Master, proof: string) =>
  openWith(master.key, proof, ["master_key"])?.toString() === PROOF;

/** @throws CharlaError `master_key_wrong` */
export async function prove(db: Kysely<KeyTables>, master: Master): Promise<void> {
  const row = await db.selectFrom("master_key").select("proof").executeTakeFirst();
  if (!row || !proves(master, row.proof)) throw masterWrong(master.place);
}

async function unlock(db: Kysely<KeyTables>, source: MasterSource): Promise<Master> {
  const row = await db.selectFrom("master_key").select("proof").executeTakeFirst();
  const master = await readMaster(source, row === undefined);
  if (row === undefined) {
    const insert = db.insertInto("master_key").values({ id: 1, proof: proofOf(master.key) });
    await insert.onConflict((conflict) => conflict.column("id").doNothing()).execute();
    await prove(db, master);
    return master;
  }
  if (proves(master, row.proof)) return master;
  // A rotation that was cut off after the database had changed has left the new key beside it.
  const next = nextFile(source.home);
  if (master.place === ownFile(source.home) && existsSync(next)) {
    const coming = readFile(next);
    if (proves(coming, row.proof)) {
      arrive(source.home);
      return { ...coming, place: master.place };
    }
  }
  throw masterWrong(master.place);
}

/** All keys under another master, or none of them. */
export async function rewrap(
  db: Transaction<KeyTables>,
  from: Master,
  to: Buffer,
): Promise<number> {
  await prove(db, from);
  const rows = await db.selectFrom("person_key").selectAll().execute();
  for (const { person, wrapped } of rows) {
    const again = wrap(to, person, unwrap(from.key, person, wrapped));
    await db
      .updateTable("person_key")
      .set({ wrapped: again })
      .where("person", "=", person)
      .execute();
  }
  await db
    .updateTable("master_key")
    .set({ proof: proofOf(to) })
    .execute();
  return rows.length;
}
