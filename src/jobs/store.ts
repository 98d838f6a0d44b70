/** Reads and writes jobs: in memory as they are, in the database with the owner's seal. */
import type { Kysely } from "kysely";
import type { ErrorBody } from "../core/errors.ts";
import type { JobLine, JobState } from "../core/jobs.ts";
import type { Sealer, Vault } from "../core/vault.ts";
import type { JobRow, Tables } from "./tables.ts";

/** A job in memory; what of it changes while it runs. */
export interface Stored {
  readonly id: string;
  owner: string;
  readonly kind: string;
  readonly unit: "bytes" | "items";
  readonly input: unknown;
  readonly createdAt: string;
  state: JobState;
  done: number;
  total: number | null;
  saved: unknown;
  error: ErrorBody | null;
  log: readonly JobLine[];
  deaths: number;
  place: number;
  startedAt: string | null;
  endedAt: string | null;
}

/** What others may see of it. */
export type Outside = Omit<Stored, "input" | "saved" | "error" | "log" | "deaths" | "place">;

export const ACTIVE = ["queued", "running", "paused"] as const;
/** Most that a list shows. */
const SHOWN = 200;

export class JobStore {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  async add(job: Stored): Promise<void> {
    const row = sealed(job, await this.#vault.of(job.owner));
    await this.#db.insertInto("job").values(row).execute();
  }

  /** One that is gone meanwhile stays gone. */
  async write(job: Stored): Promise<void> {
    const { id, ...row } = sealed(job, await this.#vault.of(job.owner));
    await this.#db.updateTable("job").set(row).where("id", "=", id).execute();
  }

  async writeProgress({ id, done, total }: Stored): Promise<void> {
    await this.#db.updateTable("job").set({ done, total }).where("id", "=", id).execute();
  }

  /** Of a person, newest first. */
  async of(owner: string, limit = SHOWN): Promise<readonly Stored[]> {
    const rows = this.#db.selectFrom("job").selectAll().where("owner", "=", owner);
    const found = await rows
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(limit)
      .execute();
    // Who has none needs no key.
    if (found.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    return found.map((row) => opened(row, sealer));
  }

  /** Of all others, newest first. */
  async besides(owner: string): Promise<readonly Outside[]> {
    const rows = await this.#db
      .selectFrom("job")
      .selectAll()
      .where("owner", "!=", owner)
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(SHOWN)
      .execute();
    return rows.map(outside);
  }

  async one(owner: string, id: string): Promise<Stored | undefined> {
    const rows = this.#db.selectFrom("job").selectAll().where("owner", "=", owner);
    const row = await rows.where("id", "=", id).executeTakeFirst();
    return row && opened(row, await this.#vault.of(owner));
  }

  /** All that have not ended, oldest first. */
  async active(): Promise<readonly Stored[]> {
    const rows = this.#db.selectFrom("job").selectAll().where("state", "in", ACTIVE);
    const found = await rows.orderBy("created_at").orderBy("id").execute();
    return Promise.all(found.map(async (row) => opened(row, await this.#vault.of(row.owner))));
  }

  async countActive(owner: string): Promise<number> {
    const { jobs } = await this.#db
      .selectFrom("job")
      .select(({ fn }) => fn.countAll().as("jobs"))
      .where("owner", "=", owner)
      .where("state", "in", ACTIVE)
      .executeTakeFirstOrThrow();
    return Number(jobs);
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom("job").where("id", "=", id).execute();
  }

  async erase(owner: string): Promise<number> {
    const done = this.#db.deleteFrom("job").where("owner", "=", owner).executeTakeFirst();
    return Number((await done).numDeletedRows);
  }

  async expire(before: Date): Promise<void> {
    await this.#db.deleteFrom("job").where("ended_at", "<", before.toISOString()).execute();
  }

  /** Seals all that somebody has for another person. */
  async give(from: string, to: string): Promise<void> {
    const jobs = await this.of(from, Number.MAX_SAFE_INTEGER);
    for (const job of jobs) await this.write({ ...job, owner: to });
  }
}

const place = (id: string, what: string) => `job/${id}/${what}`;

function sealed(job: Stored, sealer: Sealer): JobRow {
  const { id, owner, kind, state, done, total, unit, deaths, input, saved, error, log } = job;
  const seal = (value: unknown, what: string) =>
    sealer.seal(JSON.stringify(value), place(id, what));
  return {
    ...{ id, owner, kind, state, done, total, unit, deaths },
    place: job.place,
    input: seal(input, "input"),
    saved: saved === undefined ? null : seal(saved, "saved"),
    error: error && seal(error, "error"),
    log: seal(log, "log"),
    created_at: job.createdAt,
    started_at: job.startedAt,
    ended_at: job.endedAt,
  };
}

const outside = (row: JobRow): Outside => ({
  id: row.id,
  owner: row.owner,
  kind: row.kind,
  unit: row.unit,
  state: row.state,
  done: row.done,
  total: row.total,
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
});

function opened(row: JobRow, sealer: Sealer): Stored {
  const open = (text: string, what: string) => JSON.parse(sealer.open(text, place(row.id, what)));
  return {
    ...outside(row),
    input: open(row.input, "input"),
    saved: row.saved === null ? undefined : open(row.saved, "saved"),
    error: row.error && open(row.error, "error"),
    log: open(row.log, "log"),
    deaths: row.deaths,
    place: row.place,
  };
}
