/** What a teacher writes, at rest: each text in a row of its own, sealed with its owner's key. */
import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { ErrorBody } from "../../../core/errors.ts";
import { newestOf, oneOf } from "../../../core/owned.ts";
import type { Sealer, Vault } from "../../../core/vault.ts";
import type { RunState, Tables, WrittenRow } from "../tables.ts";
import { noWritten } from "./errors.ts";
import { type Item, item, tallyOf, type Writing, writing } from "./plan.ts";

export interface Written {
  readonly id: string;
  readonly owner: string;
  readonly state: RunState;
  plan: Writing;
  /** Questions, answers to learn from, and those that are not. */
  readonly questions: number;
  readonly answers: number;
  readonly faults: number;
  readonly error: ErrorBody | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** Where it stands among the others. */
export type Placed = Item & { readonly place: number };

const SHOWN = 200;
const sealedAt = (id: string, what: string) => `training/written/${id}/${what}`;

export class WrittenStore {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  readonly #now: () => Date;

  constructor(db: Kysely<Tables>, vault: Vault, now = () => new Date()) {
    this.#db = db;
    this.#vault = vault;
    this.#now = now;
  }

  async add(owner: string, plan: Writing, items: readonly Item[]): Promise<Written> {
    const sealer = await this.#vault.of(owner);
    const [id, createdAt] = [randomUUID(), this.#now().toISOString()];
    await this.#db.transaction().execute(async (db) => {
      await db
        .insertInto("training_written")
        .values({
          ...{ id, owner, state: "waiting", error: null, created_at: createdAt, ended_at: null },
          ...{ questions: items.length, answers: 0, faults: 0 },
          plan: sealer.seal(JSON.stringify(plan), sealedAt(id, "plan")),
        })
        .execute();
      for (const [place, one] of items.entries())
        await db
          .insertInto("training_question")
          .values(rowOf(id, owner, place, one, sealer))
          .execute();
    });
    const counts = { questions: items.length, answers: 0, faults: 0 };
    return { id, owner, plan, state: "waiting", ...counts, error: null, createdAt, endedAt: null };
  }

  /** Newest first. */
  async list(owner: string, limit = SHOWN): Promise<readonly Written[]> {
    const rows = await newestOf<WrittenRow>(this.#db, "training_written", owner, limit);
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    return rows.map((row) => opened(row, sealer));
  }

  /** @param id the whole of it, or a beginning that is one's only. @throws CharlaError `training_written_not_found` */
  async one(owner: string, id: string): Promise<Written> {
    const row = await oneOf<WrittenRow>(this.#db, "training_written", owner, id);
    if (!row) throw noWritten();
    return opened(row, await this.#vault.of(owner));
  }

  /** One of the same wish, the newest. */
  async same(owner: string, key: string): Promise<Written | undefined> {
    return (await this.list(owner)).find(({ plan }) => plan.key === key);
  }

  /** In their order; those that were erased are no more among them. */
  async items({ id, owner }: Pick<Written, "id" | "owner">): Promise<readonly Placed[]> {
    const rows = await this.#db
      .selectFrom("training_question")
      .select(["place", "body"])
      .where("written", "=", id)
      .orderBy("place")
      .execute();
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    return rows.map(({ place, body }) => ({
      ...item.parse(JSON.parse(sealer.open(body, sealedAt(id, String(place))))),
      place,
    }));
  }

  /** One that is new. Of a set that is gone nothing is kept. @throws CharlaError `training_written_not_found` */
  async append({ id, owner }: Pick<Written, "id" | "owner">, { place, ...one }: Placed) {
    const sealer = await this.#vault.of(owner);
    await this.#db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable("training_written")
        .set(({ eb }) => ({ questions: eb("questions", "+", 1) }))
        .where("id", "=", id)
        .where("owner", "=", owner)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw noWritten();
      await db
        .insertInto("training_question")
        .values(rowOf(id, owner, place, one, sealer))
        .execute();
    });
  }

  /** What came of one. One that was erased meanwhile stays so. */
  async put({ id, owner }: Pick<Written, "id" | "owner">, { place, ...one }: Placed) {
    const sealer = await this.#vault.of(owner);
    const count = one.fault ? "faults" : "answers";
    await this.#db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable("training_question")
        .set({ body: rowOf(id, owner, place, one, sealer).body })
        .where("written", "=", id)
        .where("place", "=", place)
        .where("owner", "=", owner)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return;
      await db
        .updateTable("training_written")
        .set(({ eb }) => ({ [count]: eb(count, "+", 1) }))
        .where("id", "=", id)
        .execute();
    });
  }

  async replan({ id, owner }: Pick<Written, "id" | "owner">, plan: Writing): Promise<void> {
    const sealer = await this.#vault.of(owner);
    await this.#db
      .updateTable("training_written")
      .set({ plan: sealer.seal(JSON.stringify(plan), sealedAt(id, "plan")) })
      .where("id", "=", id)
      .execute();
  }

  async mark({ id, owner }: Written, state: RunState, error?: ErrorBody): Promise<void> {
    const ended = state === "waiting" || state === "running" ? null : this.#now().toISOString();
    const sealer = await this.#vault.of(owner);
    const sealed = error ? sealer.seal(JSON.stringify(error), sealedAt(id, "error")) : null;
    await this.#db
      .updateTable("training_written")
      .set({ state, error: sealed, ended_at: ended })
      .where("id", "=", id)
      .execute();
  }

  /** What ran when the process ended: called before anything runs. */
  async settle(): Promise<void> {
    await this.#db
      .updateTable("training_written")
      .set({ state: "cut", ended_at: this.#now().toISOString() })
      .where("state", "=", "running")
      .execute();
  }

  async remove({ id }: Pick<Written, "id">): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await db.deleteFrom("training_question").where("written", "=", id).execute();
      await db.deleteFrom("training_written").where("id", "=", id).execute();
    });
  }

  /** Bytes of what is kept of a person, sealed. */
  async stored(owner: string): Promise<number> {
    const { bytes } = await this.#db
      .selectFrom("training_question")
      .select(sql<number>`coalesce(sum(octet_length(body)), 0)`.as("bytes"))
      .where("owner", "=", owner)
      .executeTakeFirstOrThrow();
    return Number(bytes);
  }

  /** Questions out of stored chats go with these, and what was answered to them. */
  async forget(conversations: readonly string[]): Promise<void> {
    const within = [...conversations];
    const found = await this.#db
      .selectFrom("training_question")
      .select(["written", "owner"])
      .distinct()
      .where("conversation", "in", within)
      .execute();
    for (const { written: id, owner } of found) {
      await this.#db
        .deleteFrom("training_question")
        .where("written", "=", id)
        .where("conversation", "in", within)
        .execute();
      const { questions, answers, faults } = tallyOf(await this.items({ id, owner }));
      const left = Object.values(faults).reduce((sum, n) => sum + n, 0);
      await this.#db
        .updateTable("training_written")
        .set({ questions, answers, faults: left })
        .where("id", "=", id)
        .execute();
    }
  }

  /** Seals all that somebody has for another person. */
  async give(from: string, to: string): Promise<void> {
    const sets = await this.list(from, Number.MAX_SAFE_INTEGER);
    if (sets.length === 0) return;
    const after = await this.#vault.of(to);
    const before = await this.#vault.of(from);
    const again = (text: string, place: string) => after.seal(before.open(text, place), place);
    for (const { id } of sets) {
      await this.#db.transaction().execute(async (db) => {
        const questions = db.selectFrom("training_question").selectAll().where("written", "=", id);
        for (const { place, body } of await questions.execute())
          await db
            .updateTable("training_question")
            .set({ owner: to, body: again(body, sealedAt(id, String(place))) })
            .where("written", "=", id)
            .where("place", "=", place)
            .execute();
        const row = await db
          .selectFrom("training_written")
          .selectAll()
          .where("id", "=", id)
          .executeTakeFirstOrThrow();
        const plan = again(row.plan, sealedAt(id, "plan"));
        const error = row.error && again(row.error, sealedAt(id, "error"));
        await db
          .updateTable("training_written")
          .set({ owner: to, plan, error })
          .where("id", "=", id)
          .execute();
      });
    }
  }
}

function rowOf(written: string, owner: string, place: number, one: Item, sealer: Sealer) {
  const body = sealer.seal(JSON.stringify(one), sealedAt(written, String(place)));
  return { written, owner, place, body, conversation: one.from ?? null };
}

function opened(row: WrittenRow, sealer: Sealer): Written {
  const { id, owner, state, questions, answers, faults } = row;
  const open = (text: string, what: string) => JSON.parse(sealer.open(text, sealedAt(id, what)));
  return {
    ...{
      id,
      owner,
      state,
      questions,
      answers,
      faults,
      plan: writing.parse(open(row.plan, "plan")),
    },
    error: row.error === null ? null : open(row.error, "error"),
    ...{ createdAt: row.created_at, endedAt: row.ended_at },
  };
}
