/** Runs at rest: what is to be learned from, how it went, and what came of it. All texts are sealed. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** `running` without a process that runs it is `cut`. */
export type RunState = "waiting" | "running" | "cut" | "done" | "failed";

export interface RunRow {
  readonly id: string;
  readonly owner: string;
  readonly state: RunState;
  readonly done: number;
  readonly total: number | null;
  /** Chats that it has learned from and that were erased since. */
  readonly gone: number;
  /** Sealed JSON, as are the next two and all bodies. */
  readonly plan: string;
  readonly result: string | null;
  readonly error: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
}

/** Of the chats, in parts. */
export interface TextRow {
  readonly run: string;
  readonly owner: string;
  readonly place: number;
  readonly body: string;
}

/** Of the curves: place 2 n is step n, 2 n + 1 the validation behind it. */
export type PointRow = TextRow;

/** Which stored chats a run learns from, so that what is erased is found. */
export interface SourceRow {
  readonly run: string;
  readonly owner: string;
  readonly conversation: string;
}

/** Texts that a teacher writes. */
export interface WrittenRow {
  readonly id: string;
  readonly owner: string;
  readonly state: RunState;
  /** Questions, answers to learn from, and those that are not. */
  readonly questions: number;
  readonly answers: number;
  readonly faults: number;
  /** Sealed JSON. */
  readonly plan: string;
  readonly error: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
}

/** A question, and what the teacher says to it: sealed JSON. */
export interface QuestionRow {
  readonly written: string;
  readonly owner: string;
  readonly place: number;
  readonly body: string;
  /** The stored chat that it comes from. */
  readonly conversation: string | null;
}

/** What a teacher finds likely at each token of a chat's answers: sealed JSON. */
export type LikelyRow = TextRow;

export interface Tables {
  training_likely: LikelyRow;
  training_written: WrittenRow;
  training_question: QuestionRow;
  training_run: RunRow;
  training_text: TextRow;
  training_point: PointRow;
  training_source: SourceRow;
}

const PARTS = ["training_text", "training_point"] as const;

export const migrations: Readonly<Record<string, Migration>> = {
  "001-runs": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("training_run")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("done", "integer", (column) => column.notNull())
        .addColumn("total", "integer")
        .addColumn("plan", "text", (column) => column.notNull())
        .addColumn("result", "text")
        .addColumn("error", "text")
        .addColumn("created_at", "text", (column) => column.notNull())
        .addColumn("ended_at", "text")
        .execute();
      await db.schema
        .createIndex("training_run_owner")
        .on("training_run")
        .columns(["owner", "created_at", "id"])
        .execute();
      for (const table of PARTS) {
        await db.schema
          .createTable(table)
          .addColumn("run", "text", (column) => column.notNull())
          .addColumn("owner", "text", (column) => column.notNull())
          .addColumn("place", "integer", (column) => column.notNull())
          .addColumn("body", "text", (column) => column.notNull())
          .addPrimaryKeyConstraint(`${table}_key`, ["run", "place"])
          .execute();
      }
    },
  },
  "002-sources": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable("training_run")
        .addColumn("gone", "integer", (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable("training_source")
        .addColumn("run", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("conversation", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("training_source_key", ["run", "conversation"])
        .execute();
      await db.schema
        .createIndex("training_source_conversation")
        .on("training_source")
        .column("conversation")
        .execute();
    },
  },
  "003-written": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("training_written")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("questions", "integer", (column) => column.notNull())
        .addColumn("answers", "integer", (column) => column.notNull())
        .addColumn("faults", "integer", (column) => column.notNull())
        .addColumn("plan", "text", (column) => column.notNull())
        .addColumn("error", "text")
        .addColumn("created_at", "text", (column) => column.notNull())
        .addColumn("ended_at", "text")
        .execute();
      await db.schema
        .createIndex("training_written_owner")
        .on("training_written")
        .columns(["owner", "created_at", "id"])
        .execute();
      await db.schema
        .createTable("training_question")
        .addColumn("written", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("place", "integer", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addColumn("conversation", "text")
        .addPrimaryKeyConstraint("training_question_key", ["written", "place"])
        .execute();
      await db.schema
        .createIndex("training_question_conversation")
        .on("training_question")
        .column("conversation")
        .execute();
    },
  },
  "004-likely": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("training_likely")
        .addColumn("run", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("place", "integer", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("training_likely_key", ["run", "place"])
        .execute();
    },
  },
};
