/** The leaves that are in the log, and the groups of them whose roots the log has. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  membership_leaf: {
    /** Index of the entry in the log that has it. */
    seq: number;
    /** 64 hexadecimal digits. */
    leaf: string;
  };
  membership_group: {
    /** Index of the entry in the log that names it. */
    seq: number;
    /** So many leaves, all that stand in entries before this index. */
    leaves: number;
    before: number;
    root: string;
    /** Roots of its full subtrees, separated by spaces, to go on from. */
    peaks: string;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "004-membership": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("membership_leaf")
        .addColumn("seq", "integer", (column) => column.primaryKey())
        .addColumn("leaf", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("membership_group")
        .addColumn("seq", "integer", (column) => column.primaryKey())
        .addColumn("leaves", "integer", (column) => column.notNull())
        .addColumn("before", "integer", (column) => column.notNull())
        .addColumn("root", "text", (column) => column.notNull())
        .addColumn("peaks", "text", (column) => column.notNull())
        .execute();
    },
  },
};
