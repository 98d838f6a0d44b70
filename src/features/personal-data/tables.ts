/**
 * The books of conversations at rest: one row for each placeholder, its value sealed with the key
 * of the person to whom the conversation belongs. No foreign key: conversations are another
 * feature's, which says when one goes for good.
 */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  readonly placeholder: {
    readonly conversation: string;
    readonly owner: string;
    /** "[DNI_1]" */
    readonly name: string;
    /** Null when somebody typed it by hand, so that it stands for itself. */
    readonly sealed: string | null;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "0001-placeholders": {
    async up(db: Kysely<Tables>) {
      await db.schema
        .createTable("placeholder")
        .addColumn("conversation", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("sealed", "text")
        .addPrimaryKeyConstraint("placeholder_name", ["conversation", "name"])
        .execute();
      await db.schema
        .createIndex("placeholder_owner")
        .on("placeholder")
        .columns(["owner", "conversation"])
        .execute();
    },
  },
};
