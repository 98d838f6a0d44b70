/** Studies at rest: what people rate, the answers that they rate, their ratings, and thumbs in chats. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface StudyRow {
  readonly id: string;
  readonly owner: string;
  /** Whether everybody on this server may rate. */
  readonly open: number;
  /** Sealed JSON with the owner's key: `study` of `study.ts`. */
  readonly body: string;
  readonly created_at: string;
}

export interface StudyAnswerRow {
  readonly study: string;
  readonly owner: string;
  /** Of the question and of the system in the study, from 0. */
  readonly place: number;
  readonly system: number;
  /** Sealed JSON with the owner's key. */
  readonly body: string;
}

/** What one rater was shown, and what came of it. */
export interface RatingRow {
  readonly id: string;
  readonly study: string;
  /** The account; whose name it was rated under is sealed. */
  readonly rater: string;
  /** Sealed JSON with the rater's key. */
  readonly body: string;
  readonly shown_at: string;
  /** Null as long as nothing was said. */
  readonly rated_at: string | null;
}

export interface ThumbRow {
  /** Of the answer. */
  readonly message: string;
  readonly conversation: string;
  readonly owner: string;
  /** Sealed: "up" or "down". */
  readonly body: string;
  readonly created_at: string;
}

export interface PeopleTables {
  evaluation_study: StudyRow;
  evaluation_study_answer: StudyAnswerRow;
  evaluation_rating: RatingRow;
  evaluation_thumb: ThumbRow;
}

export const peopleMigrations: Readonly<Record<string, Migration>> = {
  "002-people": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("evaluation_study")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("open", "integer", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("evaluation_study_owner")
        .on("evaluation_study")
        .columns(["owner", "created_at", "id"])
        .execute();
      await db.schema
        .createTable("evaluation_study_answer")
        .addColumn("study", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("place", "integer", (column) => column.notNull())
        .addColumn("system", "integer", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("evaluation_study_answer_key", ["study", "place", "system"])
        .execute();
      await db.schema
        .createTable("evaluation_rating")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("study", "text", (column) => column.notNull())
        .addColumn("rater", "text", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addColumn("shown_at", "text", (column) => column.notNull())
        .addColumn("rated_at", "text")
        .execute();
      await db.schema
        .createIndex("evaluation_rating_study")
        .on("evaluation_rating")
        .columns(["study", "rater"])
        .execute();
      await db.schema
        .createTable("evaluation_thumb")
        .addColumn("message", "text", (column) => column.notNull())
        .addColumn("conversation", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("evaluation_thumb_key", ["owner", "message"])
        .execute();
      await db.schema
        .createIndex("evaluation_thumb_conversation")
        .on("evaluation_thumb")
        .column("conversation")
        .execute();
    },
  },
};
