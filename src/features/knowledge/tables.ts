/** Files, what was made of them in sealed blocks, and the chats and collections that they belong to. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { type LoanRow, loanMigration } from "../../core/loans.ts";
import type { State } from "./api.ts";

export interface FileRow {
  id: string;
  owner: string;
  /** What the bytes are, as only the person's key can say it: the same bytes are there once. */
  tag: string;
  bytes: number;
  state: State;
  /** Sealed: name, digest, and what was found out. */
  about: string;
  kept: number;
  created_at: string;
}

export interface Tables {
  knowledge_file: FileRow;
  knowledge_block: {
    file_id: string;
    /** original: the bytes; text: sections; words, vectors: what is searched. */
    kind: "original" | "text" | "words" | "vectors";
    part: number;
    sealed: string;
  };
  knowledge_use: { file_id: string; conversation_id: string };
  /** Files that their person keeps together. */
  knowledge_collection: {
    id: string;
    owner: string;
    /** Sealed. */
    name: string;
    /** Everybody else who has an account here may read and ask its files. */
    lent: number;
    created_at: string;
    /** Sealed: what programs have said of it, where they have. */
    store: string | null;
    /** Days without use after which it expires; null where it does not. */
    expires_days: number | null;
    /** When a program used it last, or anybody if it can expire. */
    active_at: string | null;
  };
  knowledge_member: {
    collection_id: string;
    file_id: string;
    /** Sealed: what programs have attached to it there. */
    attributes: string | null;
    added_at: string | null;
  };
  /** Files that a program has put into a collection together. */
  knowledge_batch: {
    id: string;
    collection_id: string;
    /** JSON list of their ids. */
    files: string;
    cancelled: number;
    created_at: string;
  };
  knowledge_loan: LoanRow;
}

/** To whom each collection is lent by name. */
export const LOANS = "knowledge_loan";

export const migrations: Readonly<Record<string, Migration>> = {
  "001-files": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("knowledge_file")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("tag", "text", (column) => column.notNull())
        .addColumn("bytes", "bigint", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("about", "text", (column) => column.notNull())
        .addColumn("kept", "integer", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .addUniqueConstraint("knowledge_file_once", ["owner", "tag"])
        .execute();
      await db.schema
        .createTable("knowledge_block")
        .addColumn("file_id", "text", (column) =>
          column.notNull().references("knowledge_file.id").onDelete("cascade"),
        )
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("part", "integer", (column) => column.notNull())
        .addColumn("sealed", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("knowledge_block_place", ["file_id", "kind", "part"])
        .execute();
      await db.schema
        .createTable("knowledge_use")
        .addColumn("file_id", "text", (column) =>
          column.notNull().references("knowledge_file.id").onDelete("cascade"),
        )
        .addColumn("conversation_id", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("knowledge_use_once", ["file_id", "conversation_id"])
        .execute();
      await db.schema
        .createIndex("knowledge_use_by_conversation")
        .on("knowledge_use")
        .column("conversation_id")
        .execute();
    },
  },
  "002-collections": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("knowledge_collection")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("lent", "integer", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("knowledge_collection_owner")
        .on("knowledge_collection")
        .column("owner")
        .execute();
      await db.schema
        .createTable("knowledge_member")
        .addColumn("collection_id", "text", (column) =>
          column.notNull().references("knowledge_collection.id").onDelete("cascade"),
        )
        .addColumn("file_id", "text", (column) =>
          column.notNull().references("knowledge_file.id").onDelete("cascade"),
        )
        .addPrimaryKeyConstraint("knowledge_member_once", ["collection_id", "file_id"])
        .execute();
      await db.schema
        .createIndex("knowledge_member_by_file")
        .on("knowledge_member")
        .column("file_id")
        .execute();
    },
  },
  "003-stores": {
    async up(db: Kysely<unknown>) {
      const collection = db.schema.alterTable("knowledge_collection");
      await collection.addColumn("store", "text").execute();
      await collection.addColumn("expires_days", "integer").execute();
      await collection.addColumn("active_at", "text").execute();
      const member = db.schema.alterTable("knowledge_member");
      await member.addColumn("attributes", "text").execute();
      await member.addColumn("added_at", "text").execute();
      await db.schema
        .createTable("knowledge_batch")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("collection_id", "text", (column) =>
          column.notNull().references("knowledge_collection.id").onDelete("cascade"),
        )
        .addColumn("files", "text", (column) => column.notNull())
        .addColumn("cancelled", "integer", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("knowledge_batch_of")
        .on("knowledge_batch")
        .column("collection_id")
        .execute();
    },
  },
  "004-loans": loanMigration(LOANS, "knowledge_collection"),
};
