/** What a person needs to prove an answer: which entry of the log it is, and the salts, sealed. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  receipt: {
    id: string;
    owner: string;
    /** Both null for an answer that is stored nowhere. */
    conversation: string | null;
    message: string | null;
    /** Index of its entry in the log. */
    seq: number;
    /** Sealed JSON, {@link Sealed}. */
    sealed: string;
    created_at: string;
  };
  /** Whose entries are erased, by the tag that stands in them, and the entry that says so. */
  receipt_erasure: { user_tag: string; seq: number };
}

/** In hexadecimal digits. */
export interface Sealed {
  readonly prompt: string;
  readonly answer: string;
  /** The system message of then, which no stored chat has. */
  readonly system?: string | undefined;
}

export const migrations: Readonly<Record<string, Migration>> = {
  "001-receipts": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("receipt")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("conversation", "text")
        .addColumn("message", "text")
        .addColumn("seq", "integer", (column) => column.notNull())
        .addColumn("sealed", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
      for (const column of ["owner", "conversation"]) {
        await db.schema.createIndex(`receipt_${column}`).on("receipt").columns([column]).execute();
      }
      await db.schema
        .createTable("receipt_erasure")
        .addColumn("user_tag", "text", (column) => column.primaryKey())
        .addColumn("seq", "integer", (column) => column.notNull())
        .execute();
    },
  },
};
