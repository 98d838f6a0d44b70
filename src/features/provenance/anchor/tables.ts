/** The anchors that are final, each with the checkpoint that it stands for. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  anchor: {
    /** Entries in the log. */
    size: number;
    chain: number;
    contract: string;
    transaction_hash: string;
    block: number;
    block_hash: string;
    /** Signed note whose SHA-256 is in the chain. */
    note: string;
    /** Of the block, ISO. */
    created_at: string;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "003-anchors": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("anchor")
        .addColumn("size", "integer", (column) => column.primaryKey())
        .addColumn("chain", "integer", (column) => column.notNull())
        .addColumn("contract", "text", (column) => column.notNull())
        .addColumn("transaction_hash", "text", (column) => column.notNull())
        .addColumn("block", "integer", (column) => column.notNull())
        .addColumn("block_hash", "text", (column) => column.notNull())
        .addColumn("note", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
    },
  },
};
