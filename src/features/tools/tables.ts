/** Calls that wait for their person, and what was decided about them. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export interface ApprovalRow {
  id: string;
  owner: string;
  conversation: string;
  /** Id of the call, which is new for each. */
  call_id: string;
  tool: string;
  /** SHA-256 of tool, pin and exact arguments. */
  hash: string;
  /** The arguments as they will be used; sealed. */
  given: string;
  /** Labels of what the model had read by then, separated by spaces. */
  labels: string;
  /** ISO times. */
  created_at: string;
  expires_at: string;
  decided_at: string | null;
  approved: number | null;
  /** When the call was made; it is made once. */
  used_at: string | null;
}

export interface Tables {
  tool_approval: ApprovalRow;
}

export const migrations: Readonly<Record<string, Migration>> = {
  "001-tool-approvals": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("tool_approval")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("conversation", "text", (column) => column.notNull())
        .addColumn("call_id", "text", (column) => column.notNull())
        .addColumn("tool", "text", (column) => column.notNull())
        .addColumn("hash", "text", (column) => column.notNull())
        .addColumn("given", "text", (column) => column.notNull())
        .addColumn("labels", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .addColumn("expires_at", "text", (column) => column.notNull())
        .addColumn("decided_at", "text")
        .addColumn("approved", "integer")
        .addColumn("used_at", "text")
        .execute();
      await db.schema
        .createIndex("tool_approval_of")
        .on("tool_approval")
        .columns(["owner", "conversation"])
        .execute();
    },
  },
};
