/**
 * A person's assistants with the versions that they had, and the prompts that a person keeps, sealed. An
 * earlier Charla had `preset`, settings of a chat under a name: each of them is an assistant now.
 */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { type LoanRow, loanMigration } from "../../core/loans.ts";

/** To whom each is lent by name. */
export const LOANS = "assistant_loan";

export interface Tables {
  [LOANS]: LoanRow;
  assistant: {
    /** Sorts by time. */
    id: string;
    owner: string;
    /** JSON of what it is now. */
    sealed: string;
    /** Counts the changes of that, from 1 on. */
    version: number;
    /** Everybody else who has an account here may see and use it. */
    lent: number;
    /** When it became what it is now; empty for one from before there were versions. */
    changed_at: string;
  };
  /** What one was before it was changed. */
  assistant_version: {
    assistant_id: string;
    version: number;
    sealed: string;
    changed_at: string;
  };
  assistant_prompt: {
    id: string;
    owner: string;
    /** JSON of name and text. */
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
  "002-assistants": {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable("preset").renameTo("assistant").execute();
      const added = [
        ["version", "integer", 1],
        ["lent", "integer", 0],
        ["changed_at", "text", ""],
      ] as const;
      for (const [name, type, value] of added)
        await db.schema
          .alterTable("assistant")
          .addColumn(name, type, (column) => column.notNull().defaultTo(value))
          .execute();
      await db.schema
        .createTable("assistant_version")
        .addColumn("assistant_id", "text", (column) =>
          column.notNull().references("assistant.id").onDelete("cascade"),
        )
        .addColumn("version", "integer", (column) => column.notNull())
        .addColumn("sealed", "text", (column) => column.notNull())
        .addColumn("changed_at", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("assistant_version_once", ["assistant_id", "version"])
        .execute();
      await db.schema
        .createTable("assistant_prompt")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("sealed", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("assistant_prompt_owner")
        .on("assistant_prompt")
        .columns(["owner", "id"])
        .execute();
    },
  },
  "003-loans": loanMigration(LOANS, "assistant"),
};
