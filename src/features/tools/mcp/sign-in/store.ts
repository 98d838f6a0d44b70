/**
 * What came of signing in to servers of tools: a row for each person and server, sealed. Whoever changes
 * one works alone on it, since two refreshes at once would use a token twice, which many places take for
 * a theft and end all of it. One process has the database, so a queue in its memory is enough.
 */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { Vault } from "../../../../core/vault.ts";
import type { Begun, Client, Tokens } from "./protocol.ts";

export interface SignInTables {
  tool_sign_in: {
    owner: string;
    /** Of the server. */
    id: string;
    /** Sealed JSON of {@link SignIn}. */
    about: string;
    created_at: string;
  };
}

export const signInMigrations: Readonly<Record<string, Migration>> = {
  "003-tool-sign-in": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("tool_sign_in")
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("about", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("tool_sign_in_key", ["owner", "id"])
        .execute();
    },
  },
};

export interface SignIn {
  /**
   * - `needed`: the server asks for it, and nobody has yet
   * - `in`: there are tokens, as far as Charla knows good ones
   * - `again`: there were, and they are taken no more
   * - `more`: the server wants more permissions than they give
   */
  readonly state: "needed" | "in" | "again" | "more";
  /** Where one signs in: an issuer's identifier. */
  readonly issuer: string;
  /** Address of the resource's metadata, where the server has said it. */
  readonly at?: string | undefined;
  /** Scopes that the server has asked for. */
  readonly wanted?: string | undefined;
  /** As what Charla was registered last. */
  readonly client?: Client | undefined;
  readonly tokens?: Tokens | undefined;
  /** Of the sign-in that is under way. */
  readonly begun?: Waiting | undefined;
}

export interface Waiting extends Begun {
  /** SHA-256 of OAuth's `state`. */
  readonly state: string;
  /** The session in which it was begun, and no other may end it. */
  readonly credential: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** One row, for who works alone on it. */
export interface Row {
  read(): Promise<SignIn | undefined>;
  /** Does nothing once the person's rows were erased. */
  write(kept: SignIn): Promise<void>;
}

const place = (id: string) => `tool_sign_in/${id}/about`;

export class SignIns {
  readonly #db: Kysely<SignInTables>;
  readonly #vault: Vault;
  /** The last work that waits or is done, by row. */
  readonly #queues = new Map<string, Promise<unknown>>();
  /** How often a person's rows were erased. */
  readonly #erased = new Map<string, number>();

  constructor(db: Kysely<SignInTables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** By the servers' ids. */
  async of(owner: string): Promise<ReadonlyMap<string, SignIn>> {
    const rows = await this.#rows(owner).execute();
    if (rows.length === 0) return new Map();
    const sealer = await this.#vault.of(owner);
    return new Map(rows.map(({ id, about }) => [id, JSON.parse(sealer.open(about, place(id)))]));
  }

  async read(owner: string, id: string): Promise<SignIn | undefined> {
    const row = await this.#rows(owner).where("id", "=", id).executeTakeFirst();
    return row && JSON.parse((await this.#vault.of(owner)).open(row.about, place(id)));
  }

  /** After whatever else works on this row. */
  alone<Result>(owner: string, id: string, work: (row: Row) => Promise<Result>): Promise<Result> {
    const key = JSON.stringify([owner, id]);
    const before = this.#queues.get(key) ?? Promise.resolve();
    const erased = this.#erased.get(owner);
    const row: Row = {
      read: () => this.read(owner, id),
      write: async (kept) => {
        if (this.#erased.get(owner) === erased) await this.#write(owner, id, kept);
      },
    };
    const done = before.then(() => work(row));
    const settled = done.catch(() => {});
    this.#queues.set(key, settled);
    void settled.then(() => {
      if (this.#queues.get(key) === settled) this.#queues.delete(key);
    });
    return done;
  }

  /** @returns what there was */
  remove(owner: string, id: string): Promise<SignIn | undefined> {
    return this.alone(owner, id, async ({ read }) => {
      const kept = await read();
      await this.#db
        .deleteFrom("tool_sign_in")
        .where("owner", "=", owner)
        .where("id", "=", id)
        .execute();
      return kept;
    });
  }

  /** @returns what there was; whatever works on one of them meanwhile writes nothing more */
  async erase(owner: string): Promise<ReadonlyMap<string, SignIn>> {
    this.#erased.set(owner, (this.#erased.get(owner) ?? 0) + 1);
    const all = await this.of(owner);
    await this.#db.deleteFrom("tool_sign_in").where("owner", "=", owner).execute();
    return all;
  }

  /** Seals them anew for the person whose they now are; what is under way ends. */
  async giveTo(from: string, to: string): Promise<void> {
    for (const [id, { begun: _, ...kept }] of await this.of(from)) await this.#write(to, id, kept);
    await this.erase(from);
  }

  #rows(owner: string) {
    return this.#db
      .selectFrom("tool_sign_in")
      .select(["id", "about"])
      .where("owner", "=", owner)
      .orderBy("created_at");
  }

  async #write(owner: string, id: string, kept: SignIn): Promise<void> {
    const about = (await this.#vault.of(owner)).seal(JSON.stringify(kept), place(id));
    await this.#db
      .insertInto("tool_sign_in")
      .values({ owner, id, about, created_at: new Date().toISOString() })
      .onConflict((conflict) => conflict.columns(["owner", "id"]).doUpdateSet({ about }))
      .execute();
  }
}
