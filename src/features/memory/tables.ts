/** Whether a person's memory is on, and the facts in it. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  /** Who has no row has never switched it on. */
  memory: {
    owner: string;
    active: number;
  };
  memory_fact: {
    /** Sorts by time. */
    id: string;
    owner: string;
    /** JSON of all else. */
    sealed: string;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "001-memory": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("memory")
        .addColumn("owner", "text", (column) => column.primaryKey())
        .addColumn("active", "integer", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("memory_fact")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("sealed", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("memory_fact_owner")
        .on("memory_fact")
        .columns(["owner", "id"])
        .execute();
    },
  },
};
