/** Summaries of answers, sealed, and which models may make them. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  recall_summary: {
    /** Sorts by time. */
    id: string;
    owner: string;
    conversation_id: string;
    /** JSON, as `summaries.ts` has it. */
    sealed: string;
  };
  /** Of a model, by the digest of its file, or its id: what is in it is nobody's text. */
  recall_model: {
    model: string;
    name: string;
    /** Facts that its summaries have kept, of those that were planted. */
    kept: number;
    of: number;
    checked_at: string;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "001-summaries": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("recall_summary")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("conversation_id", "text", (column) => column.notNull())
        .addColumn("sealed", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("recall_summary_conversation")
        .on("recall_summary")
        .columns(["conversation_id", "id"])
        .execute();
      await db.schema
        .createIndex("recall_summary_owner")
        .on("recall_summary")
        .columns(["owner", "id"])
        .execute();
      await db.schema
        .createTable("recall_model")
        .addColumn("model", "text", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("kept", "integer", (column) => column.notNull())
        .addColumn("of", "integer", (column) => column.notNull())
        .addColumn("checked_at", "text", (column) => column.notNull())
        .execute();
    },
  },
};
