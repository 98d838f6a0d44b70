/** What the log is called: made at first, kept wherever the server moves, another one after a restore. */
import { randomBytes } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./tables.ts";

export class Names {
  readonly #db: Kysely<Tables>;
  readonly #host: string;
  #now: Promise<string> | undefined;
  #first: string | undefined;

  /** @param publicUrl how people reach this server */
  constructor(db: Kysely<Tables>, publicUrl: string | undefined) {
    this.#db = db;
    this.#host = publicUrl === undefined ? "charla.invalid" : new URL(publicUrl).host;
  }

  now(): Promise<string> {
    if (this.#now) return this.#now;
    const now = this.#stored();
    this.#now = now;
    now.catch(() => {
      this.#now = undefined;
    });
    return now;
  }

  #stored(): Promise<string> {
    return this.#db.transaction().execute(async (db) => {
      const row = await db.selectFrom("ledger_state").select("origin").executeTakeFirst();
      if (row) return row.origin;
      const origin = this.fresh();
      await db.insertInto("ledger_state").values({ origin, first: origin }).execute();
      return origin;
    });
  }

  /** It stays, and every answer asks for it. */
  async first(): Promise<string> {
    if (this.#first !== undefined) return this.#first;
    const now = await this.now();
    const row = await this.#db.selectFrom("ledger_state").select("first").executeTakeFirst();
    this.#first = row?.first ?? now;
    return this.#first;
  }

  fresh(): string {
    return `${this.#host}/log/${randomBytes(8).toString("hex")}`;
  }

  /** In a transaction, after which {@link changed} is called. */
  async change(db: Transaction<Tables>, before: string, origin: string): Promise<void> {
    await db
      .updateTable("ledger_state")
      .set((row) => ({ origin, first: row.fn.coalesce("first", row.val(before)) }))
      .execute();
  }

  changed(origin: string): void {
    this.#now = Promise.resolve(origin);
  }
}
