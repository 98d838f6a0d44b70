/** Jobs at rest: a row each. What tells what a job is about is sealed with its owner's key. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { JobState } from "../core/jobs.ts";

export interface JobRow {
  readonly id: string;
  readonly owner: string;
  readonly kind: string;
  readonly state: JobState;
  readonly done: number;
  readonly total: number | null;
  readonly unit: "bytes" | "items";
  /** Sealed JSON, as are the three below. */
  readonly input: string;
  readonly saved: string | null;
  readonly error: string | null;
  readonly log: string;
  /** How often in a row the server died while this ran and had come no further. */
  readonly deaths: number;
  /** What `done` was when it was started last. */
  readonly place: number;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

export interface Tables {
  readonly job: JobRow;
}

const migrations: Readonly<Record<string, Migration>> = {
  "001-jobs": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("job")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        // Bytes of a file are more than an integer of PostgreSQL's holds.
        .addColumn("done", "double precision", (column) => column.notNull())
        .addColumn("total", "double precision")
        .addColumn("unit", "text", (column) => column.notNull())
        .addColumn("input", "text", (column) => column.notNull())
        .addColumn("saved", "text")
        .addColumn("error", "text")
        .addColumn("log", "text", (column) => column.notNull())
        .addColumn("deaths", "integer", (column) => column.notNull())
        .addColumn("place", "double precision", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .addColumn("started_at", "text")
        .addColumn("ended_at", "text")
        .execute();
      await db.schema
        .createIndex("job_owner")
        .on("job")
        .columns(["owner", "created_at", "id"])
        .execute();
    },
  },
};

/** Brought up to date like the tables of a feature. */
export const jobTables = { name: "jobs", migrations };
