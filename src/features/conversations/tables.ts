/**
 * The tables: conversations, and the messages of their trees. Plain SQL types that SQLite and
 * PostgreSQL share: dates are ISO text in UTC, booleans 0 or 1, objects JSON text. What somebody
 * wrote, or what tells of it, is sealed with its owner's key; see `rows.ts`.
 */
import { type ColumnType, type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { SOLO } from "../../core/access.ts";
import type { ChatMessage, Summary } from "./api.ts";

export interface Tables {
  conversation: {
    id: string;
    /** The person to whom it and all of its messages belong. */
    owner: string;
    /** Sealed, also when it is empty. */
    title: string;
    title_source: Summary["titleSource"];
    pinned: number;
    /** Put away: it stands in no list but its own. */
    archived: number;
    folder_id: string | null;
    /** Sealed JSON: a system prompt is in it. */
    settings: string;
    current_id: string | null;
    created_at: ColumnType<string, string, never>;
    updated_at: string;
    /** When it was hidden; gone for good some minutes later. */
    deleted_at: string | null;
    /** Sealed JSON: where it was brought from; null for one that began here. */
    origin: string | null;
    /** 0 for what an earlier Charla has written and this one has not yet sealed. */
    sealed: number;
  };
  message: {
    id: string;
    conversation_id: string;
    /** Order within the conversation; a parent always comes before its children. */
    position: number;
    parent_id: string | null;
    role: ChatMessage["role"];
    /** Sealed. */
    content: string;
    /** Sealed JSON: what is more than text. */
    parts: string | null;
    created_at: string;
    status: ChatMessage["status"];
    /** Sealed JSON: a file that was imported may say anything here. */
    details: string | null;
    /** Sealed JSON: what an engine complains of may quote what it was asked. */
    error: string | null;
    sealed: number;
    /** When it was hidden; gone for good some minutes later. */
    deleted_at: string | null;
  };
  /** Where a person keeps chats together. */
  folder: {
    id: string;
    owner: string;
    /** Sealed. */
    name: string;
    created_at: string;
  };
  /** A link to a snapshot of one branch. */
  share: {
    id: string;
    conversation_id: string;
    /** SHA-256 of the link's token, which is stored nowhere. */
    token_hash: string;
    /** Sealed with a key that is made of the token, and that with the owner's. */
    snapshot: string;
    created_at: string;
    expires_at: string;
  };
  /** Leave for administrators to read one conversation. */
  support_grant: {
    id: string;
    conversation_id: string;
    /** Sealed with the owner's key. */
    reason: string;
    created_at: string;
    expires_at: string;
    /** How often it was used, and when last. */
    reads: number;
    read_at: string | null;
  };
  /** One row: whether everything that an earlier Charla has written is sealed. */
  conversation_sealing: { state: "pending" | "done" };
}

export type ConversationRow = Omit<Tables["conversation"], "created_at"> & { created_at: string };
export type MessageRow = Tables["message"];

export const migrations: Readonly<Record<string, Migration>> = {
  "001-tables": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("conversation")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("title", "text", (column) => column.notNull())
        .addColumn("title_source", "text", (column) => column.notNull())
        .addColumn("folded", "text", (column) => column.notNull())
        .addColumn("pinned", "integer", (column) => column.notNull())
        .addColumn("settings", "text", (column) => column.notNull())
        .addColumn("current_id", "text")
        .addColumn("created_at", "text", (column) => column.notNull())
        .addColumn("updated_at", "text", (column) => column.notNull())
        .addColumn("deleted_at", "text")
        .execute();
      await db.schema
        .createIndex("conversation_order")
        .on("conversation")
        .columns(["pinned", "updated_at", "id"])
        .execute();
      await db.schema
        .createTable("message")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("conversation_id", "text", (column) =>
          column.notNull().references("conversation.id").onDelete("cascade"),
        )
        .addColumn("position", "integer", (column) => column.notNull())
        .addColumn("parent_id", "text", (column) => column.references("message.id"))
        .addColumn("role", "text", (column) => column.notNull())
        .addColumn("content", "text", (column) => column.notNull())
        .addColumn("folded", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("details", "text")
        .addColumn("error", "text")
        .addUniqueConstraint("message_position", ["conversation_id", "position"])
        .execute();
      // For the check of the foreign key when messages are purged.
      await db.schema.createIndex("message_parent").on("message").columns(["parent_id"]).execute();
    },
  },
  "002-owner": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable("conversation")
        .addColumn("owner", "text", (column) => column.notNull().defaultTo(SOLO.id))
        .execute();
      await db.schema.dropIndex("conversation_order").execute();
      await db.schema
        .createIndex("conversation_order")
        .on("conversation")
        .columns(["owner", "pinned", "updated_at", "id"])
        .execute();
    },
  },
  // Sealed rows need no folded text; `sealing.ts` seals the others, with keys that no migration has.
  "003-sealed": {
    async up(db: Kysely<unknown>) {
      for (const table of ["conversation", "message"]) {
        await db.schema.alterTable(table).dropColumn("folded").execute();
        await db.schema
          .alterTable(table)
          .addColumn("sealed", "integer", (column) => column.notNull().defaultTo(0))
          .execute();
      }
      await db.schema
        .createTable("conversation_sealing")
        .addColumn("state", "text", (column) => column.notNull())
        .execute();
      const state = "pending";
      await (db as Kysely<Tables>).insertInto("conversation_sealing").values({ state }).execute();
    },
  },
  "004-sharing": {
    async up(db: Kysely<unknown>) {
      const about = (table: string) =>
        db.schema
          .createTable(table)
          .addColumn("id", "text", (column) => column.primaryKey())
          .addColumn("conversation_id", "text", (column) =>
            column.notNull().references("conversation.id").onDelete("cascade"),
          )
          .addColumn("created_at", "text", (column) => column.notNull())
          .addColumn("expires_at", "text", (column) => column.notNull());
      await about("share")
        .addColumn("token_hash", "text", (column) => column.notNull().unique())
        .addColumn("snapshot", "text", (column) => column.notNull())
        .execute();
      await about("support_grant")
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("reads", "integer", (column) => column.notNull())
        .addColumn("read_at", "text")
        .execute();
      for (const table of ["share", "support_grant"]) {
        await db.schema
          .createIndex(`${table}_conversation`)
          .on(table)
          .columns(["conversation_id"])
          .execute();
      }
    },
  },
  "005-parts": {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable("message").addColumn("parts", "text").execute();
    },
  },
  "006-deleted-messages": {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable("message").addColumn("deleted_at", "text").execute();
      // Few are deleted, and they are looked for every minute.
      await db.schema
        .createIndex("message_deleted")
        .on("message")
        .columns(["deleted_at"])
        .where(sql.ref("deleted_at"), "is not", null)
        .execute();
    },
  },
  "007-origin": {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable("conversation").addColumn("origin", "text").execute();
    },
  },
  "008-folders": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("folder")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("folder_owner").on("folder").columns(["owner"]).execute();
      await db.schema
        .alterTable("conversation")
        .addColumn("archived", "integer", (column) => column.notNull().defaultTo(0))
        .execute();
      await db.schema
        .alterTable("conversation")
        .addColumn("folder_id", "text", (column) =>
          column.references("folder.id").onDelete("set null"),
        )
        .execute();
      // For what happens to the chats of a folder that is deleted.
      await db.schema
        .createIndex("conversation_folder")
        .on("conversation")
        .columns(["folder_id"])
        .where(sql.ref("folder_id"), "is not", null)
        .execute();
    },
  },
};
