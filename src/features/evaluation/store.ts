/** Reads and writes runs: in memory as they are, in the database with the owner's seal. */
import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { ErrorBody } from "../../core/errors.ts";
import { newestOf, oneOf } from "../../core/owned.ts";
import type { Sealer, Vault } from "../../core/vault.ts";
import { runNotFound } from "./errors.ts";
import { StudyStore } from "./people/store.ts";
import type { PeopleTables } from "./people/tables.ts";
import { type Plan, plan as schema } from "./plan.ts";
import type { LengthRow, RunRow, RunState, Tables } from "./tables.ts";

export interface Run {
  readonly id: string;
  readonly owner: string;
  readonly state: RunState;
  readonly done: number;
  readonly total: number | null;
  readonly plan: Plan;
  readonly error: ErrorBody | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** What came of a piece of work; its body is for whoever knows the kind of the run. */
export interface Item {
  readonly model: number;
  readonly place: number;
  readonly body: unknown;
}

/** Characters of a text or of questions in one row. */
const PART = 200_000;
/** Most that a list shows, and rows that are sealed anew at once. */
const SHOWN = 200;
const PAGE = 500;
/** Where an item tells of the model itself. */
export const MODEL = -1;

export class RunStore {
  /** What people say of the same answers, for a judge that is held against them. */
  readonly studies: StudyStore;
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  readonly #now: () => Date;

  constructor(db: Kysely<Tables & PeopleTables>, vault: Vault, now = () => new Date()) {
    this.studies = new StudyStore(db, vault, now);
    this.#db = db;
    this.#vault = vault;
    this.#now = now;
  }

  /** What was measured of a model, in the place of what was before. */
  async putLength(digest: string, { measured, tried }: Pick<LengthRow, "measured" | "tried">) {
    const row = { measured, tried, measured_at: this.#now().toISOString() };
    await this.#db
      .insertInto("evaluation_length")
      .values({ digest, ...row })
      .onConflict((conflict) => conflict.column("digest").doUpdateSet(row))
      .execute();
  }

  lengths(): Promise<readonly LengthRow[]> {
    return this.#db.selectFrom("evaluation_length").selectAll().orderBy("digest").execute();
  }

  /** @param content of the text or the questions, which the run keeps, so that it can be repeated */
  async add(owner: string, plan: Plan, content: string): Promise<Run> {
    const sealer = await this.#vault.of(owner);
    const [id, createdAt] = [randomUUID(), this.#now().toISOString()];
    await this.#db.transaction().execute(async (db) => {
      await db
        .insertInto("evaluation_run")
        .values({
          ...{ id, owner, kind: plan.kind, state: "waiting", done: 0, total: null, error: null },
          plan: sealer.seal(JSON.stringify(plan), placeOf(id, "plan")),
          ...{ created_at: createdAt, ended_at: null },
        })
        .execute();
      for (let place = 0; place * PART < content.length; place++) {
        const part = content.slice(place * PART, (place + 1) * PART);
        const body = sealer.seal(JSON.stringify(part), placeOf(id, `source/${place}`));
        await db.insertInto("evaluation_source").values({ run: id, owner, place, body }).execute();
      }
    });
    const rest = { done: 0, total: null, error: null, endedAt: null } as const;
    return { id, owner, plan, state: "waiting", createdAt, ...rest };
  }

  /** Of a person, newest first. */
  async list(owner: string, limit = SHOWN): Promise<readonly Run[]> {
    const rows = await newestOf<RunRow>(this.#db, "evaluation_run", owner, limit);
    // Who has none needs no key.
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    return rows.map((row) => opened(row, sealer));
  }

  /** @param id the whole of it, or a beginning that is one's only. @throws CharlaError `evaluation_not_found` */
  async one(owner: string, id: string): Promise<Run> {
    const row = await oneOf<RunRow>(this.#db, "evaluation_run", owner, id);
    if (!row) throw runNotFound();
    return opened(row, await this.#vault.of(owner));
  }

  /** The text or the questions of a run. */
  async content({ id, owner }: Run): Promise<string> {
    const sealer = await this.#vault.of(owner);
    const rows = await this.#db
      .selectFrom("evaluation_source")
      .select(["place", "body"])
      .where("run", "=", id)
      .orderBy("place")
      .execute();
    return rows
      .map(({ place, body }) => JSON.parse(sealer.open(body, placeOf(id, `source/${place}`))))
      .join("");
  }

  /** In the order of models and places. */
  async items({ id, owner }: Pick<Run, "id" | "owner">): Promise<readonly Item[]> {
    const sealer = await this.#vault.of(owner);
    const rows = await this.#db
      .selectFrom("evaluation_item")
      .select(["model", "place", "body"])
      .where("run", "=", id)
      .orderBy("model")
      .orderBy("place")
      .execute();
    return rows.map(({ model, place, body }) => ({
      ...{ model, place },
      body: JSON.parse(sealer.open(body, itemPlace(id, model, place))),
    }));
  }

  /** One that is gone meanwhile stays gone. When it resolves, it need not be done again. */
  async keep({ id, owner }: Run, { model, place, body }: Item, done: number): Promise<void> {
    const sealer = await this.#vault.of(owner);
    const sealed = sealer.seal(JSON.stringify(body), itemPlace(id, model, place));
    await this.#db.transaction().execute(async (db) => {
      const { numUpdatedRows } = await db
        .updateTable("evaluation_run")
        .set({ done })
        .where("id", "=", id)
        .where("owner", "=", owner)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw runNotFound();
      const row = { run: id, owner, model, place, body: sealed };
      await db
        .insertInto("evaluation_item")
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(["run", "model", "place"]).doUpdateSet({ body: sealed }),
        )
        .execute();
    });
  }

  async total({ id }: Run, total: number): Promise<void> {
    await this.#db.updateTable("evaluation_run").set({ total }).where("id", "=", id).execute();
  }

  /** One that is gone meanwhile stays gone. */
  async mark({ id, owner }: Run, state: RunState, error: ErrorBody | null = null): Promise<void> {
    const ended = state === "waiting" || state === "running" ? null : this.#now().toISOString();
    const sealer = await this.#vault.of(owner);
    const sealed = error && sealer.seal(JSON.stringify(error), placeOf(id, "error"));
    await this.#db
      .updateTable("evaluation_run")
      .set({ state, error: sealed, ended_at: ended })
      .where("id", "=", id)
      .execute();
  }

  /** What ran when the process ended: called before anything runs. */
  async settle(): Promise<void> {
    await this.#db
      .updateTable("evaluation_run")
      .set({ state: "cut", ended_at: this.#now().toISOString() })
      .where("state", "=", "running")
      .execute();
  }

  async remove({ id }: Pick<Run, "id">): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      for (const table of ["evaluation_item", "evaluation_source"] as const)
        await db.deleteFrom(table).where("run", "=", id).execute();
      await db.deleteFrom("evaluation_run").where("id", "=", id).execute();
    });
  }

  /** @returns how many runs there were */
  async erase(owner: string): Promise<number> {
    return this.#db.transaction().execute(async (db) => {
      for (const table of ["evaluation_item", "evaluation_source"] as const)
        await db.deleteFrom(table).where("owner", "=", owner).execute();
      const gone = db.deleteFrom("evaluation_run").where("owner", "=", owner).executeTakeFirst();
      return Number((await gone).numDeletedRows);
    });
  }

  /** Seals all that somebody has for another person. */
  async give(from: string, to: string): Promise<void> {
    const runs = await this.list(from, Number.MAX_SAFE_INTEGER);
    if (runs.length === 0) return;
    const [before, after] = [await this.#vault.of(from), await this.#vault.of(to)];
    for (const { id } of runs) {
      const again = (text: string, place: string) => after.seal(before.open(text, place), place);
      await this.#db.transaction().execute(async (db) => {
        for (;;) {
          const rows = await db
            .selectFrom("evaluation_item")
            .selectAll()
            .where("run", "=", id)
            .where("owner", "=", from)
            .limit(PAGE)
            .execute();
          for (const { model, place, body } of rows)
            await db
              .updateTable("evaluation_item")
              .set({ owner: to, body: again(body, itemPlace(id, model, place)) })
              .where("run", "=", id)
              .where("model", "=", model)
              .where("place", "=", place)
              .execute();
          if (rows.length < PAGE) break;
        }
        const parts = await db
          .selectFrom("evaluation_source")
          .selectAll()
          .where("run", "=", id)
          .execute();
        for (const { place, body } of parts)
          await db
            .updateTable("evaluation_source")
            .set({ owner: to, body: again(body, placeOf(id, `source/${place}`)) })
            .where("run", "=", id)
            .where("place", "=", place)
            .execute();
        const row = await db
          .selectFrom("evaluation_run")
          .selectAll()
          .where("id", "=", id)
          .executeTakeFirstOrThrow();
        const plan = again(row.plan, placeOf(id, "plan"));
        const error = row.error && again(row.error, placeOf(id, "error"));
        await db
          .updateTable("evaluation_run")
          .set({ owner: to, plan, error })
          .where("id", "=", id)
          .execute();
      });
    }
  }
}

const placeOf = (id: string, what: string) => `evaluation/${id}/${what}`;
const itemPlace = (id: string, model: number, place: number) =>
  placeOf(id, `item/${model}/${place}`);

function opened(row: RunRow, sealer: Sealer): Run {
  const { id, owner, state, done, total } = row;
  const open = (text: string, what: string) => JSON.parse(sealer.open(text, placeOf(id, what)));
  return {
    ...{ id, owner, state, done, total },
    plan: schema.parse(open(row.plan, "plan")),
    error: row.error === null ? null : open(row.error, "error"),
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
