/** Reads and writes runs: in memory as they are, in the database with the owner's seal. */
import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { ErrorBody } from "../../core/errors.ts";
import { newestOf, oneOf } from "../../core/owned.ts";
import type { Sealer, Vault } from "../../core/vault.ts";
import { chat } from "./data/chat.ts";
import { runNotFound } from "./errors.ts";
import { type Plan, type Point, plan, point, type Result, result } from "./plan.ts";
import { chatsOf, type Data, partPlace, placeOf, sourcesOf, without, write } from "./sealing.ts";
import type { RunRow, RunState, Tables } from "./tables.ts";
import { type Soft, soft } from "./teacher/soft.ts";

export interface Run {
  readonly id: string;
  readonly owner: string;
  readonly state: RunState;
  /** Steps, of all once that is known. */
  readonly done: number;
  readonly total: number | null;
  readonly plan: Plan;
  readonly result: Result | null;
  readonly error: ErrorBody | null;
  /** Chats that it has learned from and that were erased since. */
  readonly gone: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly endedAt: string | null;
}

const SHOWN = 200;
const PARTS = ["training_text", "training_point", "training_likely"] as const;

export class RunStore {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  readonly #now: () => Date;

  constructor(db: Kysely<Tables>, vault: Vault, now = () => new Date()) {
    this.#db = db;
    this.#vault = vault;
    this.#now = now;
  }

  async add(owner: string, wish: Plan, data: Data): Promise<Run> {
    const sealer = await this.#vault.of(owner);
    const [id, createdAt] = [randomUUID(), this.#now().toISOString()];
    await this.#db.transaction().execute(async (db) => {
      await db
        .insertInto("training_run")
        .values({
          ...{ id, owner, state: "waiting", done: 0, total: null, result: null, error: null },
          plan: sealer.seal(JSON.stringify(wish), placeOf(id, "plan")),
          ...{ gone: 0, created_at: createdAt, ended_at: null },
        })
        .execute();
      await write(db, { id, owner }, data, sealer);
      for (const conversation of sourcesOf(data))
        await db.insertInto("training_source").values({ run: id, owner, conversation }).execute();
    });
    const rest = { done: 0, total: null, result: null, error: null, gone: 0, endedAt: null };
    return { id, owner, plan: wish, state: "waiting", createdAt, ...rest };
  }

  /** Takes what was said in chats out of all runs that have it, and counts it where it was learned. */
  async forget(conversations: readonly string[]): Promise<void> {
    const found = await this.#db
      .selectFrom("training_source")
      .select(["run", "owner"])
      .distinct()
      .where("conversation", "in", [...conversations])
      .execute();
    const gone = new Set(conversations);
    for (const { run: id, owner } of found) {
      const data = await this.data({ id, owner });
      const kept = without(data, gone);
      const count = chatsOf(data).length - chatsOf(kept).length;
      const sealer = await this.#vault.of(owner);
      await this.#db.transaction().execute(async (db) => {
        for (const table of ["training_text", "training_likely"] as const)
          await db.deleteFrom(table).where("run", "=", id).execute();
        await write(db, { id, owner }, kept, sealer);
        await db
          .deleteFrom("training_source")
          .where("run", "=", id)
          .where("conversation", "in", [...conversations])
          .execute();
        await db
          .updateTable("training_run")
          .set(({ eb }) => ({ gone: eb("gone", "+", count) }))
          .where("id", "=", id)
          .execute();
      });
    }
  }

  /** Adapters of others than this person that have learned from chats that are erased. */
  async marked(person: string): Promise<number> {
    const { count } = await this.#db
      .selectFrom("training_run")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where("owner", "!=", person)
      .where("gone", ">", 0)
      .where("state", "=", "done")
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Bytes of the chats that are kept of a person, sealed. */
  async stored(owner: string): Promise<number> {
    const { bytes } = await this.#db
      .selectFrom("training_text")
      .select(sql<number>`coalesce(sum(octet_length(body)), 0)`.as("bytes"))
      .where("owner", "=", owner)
      .executeTakeFirstOrThrow();
    return Number(bytes);
  }

  /** Of a person, newest first. */
  async list(owner: string, limit = SHOWN): Promise<readonly Run[]> {
    const rows = await newestOf<RunRow>(this.#db, "training_run", owner, limit);
    // Who has none needs no key.
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    return rows.map((row) => opened(row, sealer));
  }

  /** @param id the whole of it, or a beginning that is one's only. @throws CharlaError `training_not_found` */
  async one(owner: string, id: string): Promise<Run> {
    const row = await oneOf<RunRow>(this.#db, "training_run", owner, id);
    if (!row) throw runNotFound();
    return opened(row, await this.#vault.of(owner));
  }

  async data({ id, owner }: Pick<Run, "id" | "owner">): Promise<Data> {
    const parts = await this.#parts("training_text", id, owner);
    const { train, validation, test } = JSON.parse(parts.join(""));
    const chats = chat.array();
    return {
      train: chats.parse(train),
      validation: chats.parse(validation),
      test: chats.parse(test),
    };
  }

  /** In the order of steps. @param after those of later steps alone */
  async points({ id, owner }: Pick<Run, "id" | "owner">, after = -1): Promise<readonly Point[]> {
    const from = 2 * (after + 1);
    return point.array().parse(await this.#parts("training_point", id, owner, from));
  }

  async #parts(
    table: (typeof PARTS)[number],
    id: string,
    owner: string,
    from = 0,
  ): Promise<unknown[]> {
    const sealer = await this.#vault.of(owner);
    const rows = await this.#db
      .selectFrom(table)
      .select(["place", "body"])
      .where("run", "=", id)
      .where("place", ">=", from)
      .orderBy("place")
      .execute();
    return rows.map(({ place, body }) =>
      JSON.parse(sealer.open(body, partPlace(id, table, place))),
    );
  }

  /** By the chat's id, what the teacher finds likely at its answers' tokens. */
  async likely({ id, owner }: Pick<Run, "id" | "owner">): Promise<ReadonlyMap<string, Soft>> {
    const found = await this.#parts("training_likely", id, owner);
    return new Map(found.map((one) => soft.parse(one)).map((one) => [one.id, one]));
  }

  /** A run that is gone meanwhile keeps nothing. */
  async keepLikely({ id, owner }: Run, place: number, what: Soft): Promise<void> {
    const sealer = await this.#vault.of(owner);
    const body = sealer.seal(JSON.stringify(what), partPlace(id, "training_likely", place));
    await this.#db.transaction().execute(async (db) => {
      const there = db.selectFrom("training_run").select("id").where("id", "=", id);
      if (!(await there.executeTakeFirst())) throw runNotFound();
      await db
        .insertInto("training_likely")
        .values({ run: id, owner, place, body })
        .onConflict((conflict) => conflict.columns(["run", "place"]).doUpdateSet({ body }))
        .execute();
    });
  }

  /** A step that is done again takes the place of the first one. One that is gone stays gone. */
  async keep({ id, owner }: Run, what: Point): Promise<void> {
    const sealer = await this.#vault.of(owner);
    const place = 2 * what.step + (what.kind === "step" ? 0 : 1);
    const body = sealer.seal(JSON.stringify(what), partPlace(id, "training_point", place));
    await this.#db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable("training_run")
        .set({ done: what.step })
        .where("id", "=", id)
        .where("owner", "=", owner)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw runNotFound();
      await db
        .insertInto("training_point")
        .values({ run: id, owner, place, body })
        .onConflict((conflict) => conflict.columns(["run", "place"]).doUpdateSet({ body }))
        .execute();
    });
  }

  async total({ id }: Run, total: number): Promise<void> {
    await this.#db.updateTable("training_run").set({ total }).where("id", "=", id).execute();
  }

  /** One that is gone meanwhile stays gone. */
  async mark(
    { id, owner }: Run,
    state: RunState,
    ending: { readonly error?: ErrorBody; readonly result?: Result } = {},
  ): Promise<void> {
    const ended = state === "waiting" || state === "running" ? null : this.#now().toISOString();
    const sealer = await this.#vault.of(owner);
    const sealed = (what: "error" | "result") =>
      ending[what] ? sealer.seal(JSON.stringify(ending[what]), placeOf(id, what)) : null;
    await this.#db
      .updateTable("training_run")
      .set({ state, error: sealed("error"), result: sealed("result"), ended_at: ended })
      .where("id", "=", id)
      .execute();
  }

  /** What ran when the process ended: called before anything runs. */
  async settle(): Promise<void> {
    await this.#db
      .updateTable("training_run")
      .set({ state: "cut", ended_at: this.#now().toISOString() })
      .where("state", "=", "running")
      .execute();
  }

  async remove({ id }: Pick<Run, "id">): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      for (const table of [...PARTS, "training_source"] as const)
        await db.deleteFrom(table).where("run", "=", id).execute();
      await db.deleteFrom("training_run").where("id", "=", id).execute();
    });
  }

  /** Seals all that somebody has for another person. */
  async give(from: string, to: string): Promise<void> {
    const runs = await this.list(from, Number.MAX_SAFE_INTEGER);
    if (runs.length === 0) return;
    const [before, after] = [await this.#vault.of(from), await this.#vault.of(to)];
    const again = (text: string, place: string) => after.seal(before.open(text, place), place);
    for (const { id } of runs) {
      await this.#db.transaction().execute(async (db) => {
        for (const table of PARTS) {
          const rows = await db.selectFrom(table).selectAll().where("run", "=", id).execute();
          for (const { place, body } of rows)
            await db
              .updateTable(table)
              .set({ owner: to, body: again(body, partPlace(id, table, place)) })
              .where("run", "=", id)
              .where("place", "=", place)
              .execute();
        }
        const row = await db
          .selectFrom("training_run")
          .selectAll()
          .where("id", "=", id)
          .executeTakeFirstOrThrow();
        const sealed = {
          plan: again(row.plan, placeOf(id, "plan")),
          result: row.result && again(row.result, placeOf(id, "result")),
          error: row.error && again(row.error, placeOf(id, "error")),
        };
        const values = { owner: to, ...sealed };
        await db.updateTable("training_source").set({ owner: to }).where("run", "=", id).execute();
        await db.updateTable("training_run").set(values).where("id", "=", id).execute();
      });
    }
  }
}

function opened(row: RunRow, sealer: Sealer): Run {
  const { id, owner, state, done, total, gone } = row;
  const open = (text: string, what: string) => JSON.parse(sealer.open(text, placeOf(id, what)));
  return {
    ...{ id, owner, state, done, total, gone },
    plan: plan.parse(open(row.plan, "plan")),
    result: row.result === null ? null : result.parse(open(row.result, "result")),
    error: row.error === null ? null : open(row.error, "error"),
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
