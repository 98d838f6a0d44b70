/** One table: a person's presets, sealed. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  preset: {
    /** Sorts by time. */
    id: string;
    owner: string;
    /** JSON of name and settings. */
    sealed: string;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "001-presets": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("preset")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("sealed", "text", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("preset_owner").on("preset").columns(["owner", "id"]).execute();
    },
  },
};
