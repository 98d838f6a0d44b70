/** Where the keys of the mark are stored, sealed in the vault. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  watermark_key: {
    /** What may be told of it. */
    id: string;
    sealed: string;
    /** ISO time: from then on until the next one's it marks. */
    since: string;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "010-watermark": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("watermark_key")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("sealed", "text", (column) => column.notNull())
        .addColumn("since", "text", (column) => column.notNull())
        .execute();
    },
  },
};
