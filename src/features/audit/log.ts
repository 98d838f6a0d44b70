/** The acts in the database: added, read, and removed by whole months once they are old enough. */
import { randomBytes } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import type * as z from "zod";
import type { Act } from "../../core/audit.ts";
import type { Ledger } from "../../core/ledger.ts";
import type { Entry, listQuery, listReply } from "./api.ts";
import { commitmentOf, entryOf } from "./entry.ts";
import { type ActRow, MOVED, type Tables, TRIMMED } from "./tables.ts";
import { type Head, type Verdict, verify } from "./verify.ts";

/** Rows of one statement. */
const BATCH = 1000;
const SALT_BYTES = 32;

export class AuditLog {
  readonly #db: Kysely<Tables>;
  readonly #ledger: Ledger;

  constructor(db: Kysely<Tables>, ledger: Ledger) {
    this.#db = db;
    this.#ledger = ledger;
  }

  async record(act: Act): Promise<void> {
    await this.#db.transaction().execute((db) => this.#append(db, act));
  }

  /** Newest first. */
  async list(query: z.output<typeof listQuery>): Promise<z.output<typeof listReply>> {
    const { limit, before, actor, act, subject, from, to } = query;
    let select = this.#db.selectFrom("audit_act").selectAll().orderBy("seq", "desc");
    if (before !== undefined) select = select.where("seq", "<", before);
    if (actor !== undefined) select = select.where("actor", "=", actor);
    if (act !== undefined) select = select.where("act", "=", act);
    if (subject !== undefined) select = select.where("subject", "=", subject);
    if (from !== undefined) select = select.where("at", ">=", from);
    if (to !== undefined) select = select.where("at", "<", to);
    const rows = await select.limit(limit + 1).execute();
    const items = rows.slice(0, limit).map(toEntry);
    const next = rows.length > limit ? (items.at(-1)?.seq ?? null) : null;
    return { items, nextBefore: next };
  }

  /** What a person did, and what was done to a person, oldest first. */
  async about(person: string): Promise<Entry[]> {
    const rows = await this.#db
      .selectFrom("audit_act")
      .selectAll()
      .where((row) => row.or([row("actor", "=", person), row("subject", "=", person)]))
      .orderBy("seq")
      .execute();
    return rows.map(toEntry);
  }

  /** Oldest first. */
  async *entries(): AsyncGenerator<Entry> {
    for await (const row of this.#rows()) yield toEntry(row);
  }

  verify(noted?: Head): Promise<Verdict> {
    return verify(this.#rows(), this.#ledger, noted);
  }

  /**
   * Removes the months that are over for longer than the policy keeps them, from the old end, and
   * leaves a row that says so.
   *
   * @returns how many rows went
   */
  async trim(months: number, now = new Date()): Promise<number> {
    const before = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));
    return this.#db.transaction().execute(async (db) => {
      // Clocks may have gone back: only what stands before the first row to keep may go.
      const kept = await db
        .selectFrom("audit_act")
        .select((rows) => rows.fn.min("seq").as("seq"))
        .where("at", ">=", before.toISOString())
        .executeTakeFirst();
      let old = db.selectFrom("audit_act").selectAll().orderBy("seq", "desc").limit(1);
      if (typeof kept?.seq === "number") old = old.where("seq", "<", kept.seq);
      const last = await old.executeTakeFirst();
      if (!last) return 0;
      const { count } = await db
        .selectFrom("audit_act")
        .select((rows) => rows.fn.countAll().as("count"))
        .where("seq", "<=", last.seq)
        .executeTakeFirstOrThrow();
      const details = { rows: Number(count), before: before.toISOString(), hash: last.hash };
      await this.#append(db, { actor: "system", act: TRIMMED, details }, last.seq);
      await db.deleteFrom("audit_act").where("seq", "<=", last.seq).execute();
      return Number(count);
    });
  }

  async *#rows(): AsyncGenerator<ActRow> {
    for (let seq = 0; ; ) {
      const rows = await this.#db
        .selectFrom("audit_act")
        .selectAll()
        .where("seq", ">", seq)
        .orderBy("seq")
        .limit(BATCH)
        .execute();
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < BATCH) return;
      seq = last.seq;
    }
  }

  /** The act and its entry in the log, or neither. */
  async #append(db: Transaction<Tables>, act: Act, trimmedThrough?: number): Promise<void> {
    const last = await db
      .selectFrom("audit_act")
      .select(["seq", "hash", "place"])
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirst();
    if (last?.place === null && act.act !== MOVED) {
      const details = { seq: last.seq, hash: last.hash };
      await this.#append(db, { actor: "system", act: MOVED, details });
      return this.#append(db, act, trimmedThrough);
    }
    const details = Object.entries(act.details ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const row = {
      seq: (last?.seq ?? 0) + 1,
      at: new Date().toISOString(),
      // What a database cannot store as it is would not be what the log has.
      actor: act.actor.toWellFormed(),
      act: act.act.toWellFormed(),
      subject: act.subject?.toWellFormed() ?? null,
      details: JSON.stringify(Object.fromEntries(details)),
      trimmed_through: trimmedThrough ?? null,
      salt: randomBytes(SALT_BYTES).toString("hex"),
    };
    const place = await this.#ledger.append(db, [entryOf(row)]);
    await db
      .insertInto("audit_act")
      .values({ ...row, place, hash: commitmentOf(row), previous: "" })
      .execute();
  }
}

function toEntry({ trimmed_through: _, previous, details, ...rest }: ActRow): Entry {
  return { ...rest, ...(previous !== "" && { previous }), details: JSON.parse(details) };
}
