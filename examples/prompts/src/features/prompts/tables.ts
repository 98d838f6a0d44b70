/** Prompts at rest: one row each, sealed with the key of the person whose it is. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  readonly saved_prompt: {
    /** Sorts by time. */
    readonly id: string;
    readonly owner: string;
    readonly sealed: string;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "0001-prompts": {
    async up(db: Kysely<Tables>) {
      await db.schema
        .createTable("saved_prompt")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("sealed", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("saved_prompt_owner")
        .on("saved_prompt")
        .columns(["owner", "id"])
        .execute();
    },
  },
};
