/** Runs at rest: what was to be done, what it was done on, and what came of each piece of it. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** `running` without a process that runs it is `cut`. */
export type RunState = "waiting" | "running" | "cut" | "done" | "failed";

export interface RunRow {
  readonly id: string;
  readonly owner: string;
  readonly kind: string;
  readonly state: RunState;
  readonly done: number;
  readonly total: number | null;
  /** Sealed JSON, as are all bodies. */
  readonly plan: string;
  readonly error: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
}

/** Of the text or the questions, in parts. */
export interface SourceRow {
  readonly run: string;
  readonly owner: string;
  readonly place: number;
  readonly body: string;
}

/** What came of one window or question, by the model's place in the plan; -1 is the model itself. */
export interface ItemRow {
  readonly run: string;
  readonly owner: string;
  readonly model: number;
  readonly place: number;
  readonly body: string;
}

/** What was measured of a model last, by the digest of its file: nobody's text, and for all to see. */
export interface LengthRow {
  readonly digest: string;
  /** Tokens up to which facts are found, and up to which it was tried. */
  readonly measured: number;
  readonly tried: number;
  readonly measured_at: string;
}

export interface Tables {
  evaluation_length: LengthRow;
  evaluation_run: RunRow;
  evaluation_source: SourceRow;
  evaluation_item: ItemRow;
}

export const migrations: Readonly<Record<string, Migration>> = {
  "001-runs": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("evaluation_run")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("done", "integer", (column) => column.notNull())
        .addColumn("total", "integer")
        .addColumn("plan", "text", (column) => column.notNull())
        .addColumn("error", "text")
        .addColumn("created_at", "text", (column) => column.notNull())
        .addColumn("ended_at", "text")
        .execute();
      await db.schema
        .createIndex("evaluation_run_owner")
        .on("evaluation_run")
        .columns(["owner", "created_at", "id"])
        .execute();
      await db.schema
        .createTable("evaluation_source")
        .addColumn("run", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("place", "integer", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("evaluation_source_key", ["run", "place"])
        .execute();
      await db.schema
        .createTable("evaluation_item")
        .addColumn("run", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("model", "integer", (column) => column.notNull())
        .addColumn("place", "integer", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("evaluation_item_key", ["run", "model", "place"])
        .execute();
    },
  },
  "002-lengths": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("evaluation_length")
        .addColumn("digest", "text", (column) => column.primaryKey())
        .addColumn("measured", "integer", (column) => column.notNull())
        .addColumn("tried", "integer", (column) => column.notNull())
        .addColumn("measured_at", "text", (column) => column.notNull())
        .execute();
    },
  },
};
