/** Images, and the chats that they belong to. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface ImageRow {
  id: string;
  owner: string;
  /** What the bytes are, as only the person's key can say it: the same bytes are there once. */
  tag: string;
  bytes: number;
  /** Sealed: digest, media type and size. */
  about: string;
  /** Sealed: the bytes. */
  content: string;
  /** When somebody brought it along last. */
  brought_at: string;
}

export interface Tables {
  image: ImageRow;
  image_use: { image_id: string; conversation_id: string };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "001-images": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("image")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("tag", "text", (column) => column.notNull())
        .addColumn("bytes", "bigint", (column) => column.notNull())
        .addColumn("about", "text", (column) => column.notNull())
        .addColumn("content", "text", (column) => column.notNull())
        .addColumn("brought_at", "text", (column) => column.notNull())
        .addUniqueConstraint("image_once", ["owner", "tag"])
        .execute();
      await db.schema
        .createTable("image_use")
        .addColumn("image_id", "text", (column) =>
          column.notNull().references("image.id").onDelete("cascade"),
        )
        .addColumn("conversation_id", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("image_use_once", ["image_id", "conversation_id"])
        .execute();
      await db.schema
        .createIndex("image_use_by_conversation")
        .on("image_use")
        .column("conversation_id")
        .execute();
    },
  },
};
