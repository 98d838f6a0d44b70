/**
 * Approvals: one row for a call that waits for its person. It is bound to the exact arguments by their
 * hash, decided by its owner, and used once; nothing of it stands in the page or with a client. Rows
 * outlive a restart, so that a click tomorrow makes the call of today.
 */
import { hash, randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { LABELS, type Label, type Tool } from "../../core/toolbox.ts";
import type { Vault } from "../../core/vault.ts";
import { approvalDecided, approvalNotFound } from "./errors.ts";
import type { ApprovalRow, Tables } from "./tables.ts";

export interface Waiting {
  readonly id: string;
  readonly call: string;
  readonly tool: string;
  /** JSON text, exactly as it will be used. */
  readonly arguments: string;
  readonly labels: readonly Label[];
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** How things stand with a call that has a row; undefined where it has none. */
export type Standing = "waiting" | "approved" | "denied" | "expired" | "used" | undefined;

interface Call {
  readonly owner: string;
  readonly conversation: string;
  readonly id: string;
}

/** @param given exactly as the tool gets it */
export function hashOf({ name, server }: Pick<Tool, "name" | "server">, given: string): string {
  const about = JSON.stringify([name, server?.pin ?? "", given]);
  return hash("sha256", about, "hex");
}

const place = (id: string) => `tool_approval/${id}/given`;

export class Approvals {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  async ask(
    { owner, conversation, id: call_id }: Call,
    tool: Tool,
    given: string,
    labels: ReadonlySet<Label>,
    hours: number,
  ): Promise<void> {
    const id = randomUUID();
    const now = Date.now();
    const sealer = await this.#vault.of(owner);
    const row: ApprovalRow = {
      ...{ id, owner, conversation, call_id, tool: tool.name, hash: hashOf(tool, given) },
      given: sealer.seal(given, place(id)),
      labels: [...labels].join(" "),
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + hours * 3_600_000).toISOString(),
      ...{ decided_at: null, approved: null, used_at: null },
    };
    await this.#db.insertInto("tool_approval").values(row).execute();
  }

  /** The calls of a chat that wait, oldest first. */
  async waiting(owner: string, conversation: string): Promise<readonly Waiting[]> {
    const rows = await this.#db
      .selectFrom("tool_approval")
      .selectAll()
      .where("owner", "=", owner)
      .where("conversation", "=", conversation)
      .where("decided_at", "is", null)
      .where("expires_at", ">", new Date().toISOString())
      .orderBy("created_at")
      .orderBy("id")
      .execute();
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    return rows.map((row) => ({
      ...{ id: row.id, call: row.call_id, tool: row.tool },
      arguments: sealer.open(row.given, place(row.id)),
      labels: LABELS.filter((label) => row.labels.split(" ").includes(label)),
      ...{ createdAt: row.created_at, expiresAt: row.expires_at },
    }));
  }

  /**
   * Decides once and for all.
   *
   * @throws CharlaError `approval_not_found`, `approval_decided`
   */
  async decide(owner: string, id: string, approved: boolean): Promise<{ conversation: string }> {
    const now = new Date().toISOString();
    const row = await this.#db
      .selectFrom("tool_approval")
      .select(["conversation", "expires_at"])
      .where("id", "=", id)
      .where("owner", "=", owner)
      .executeTakeFirst();
    if (!row || row.expires_at <= now) throw approvalNotFound();
    const { numUpdatedRows } = await this.#db
      .updateTable("tool_approval")
      .set({ decided_at: now, approved: Number(approved) })
      .where("id", "=", id)
      .where("owner", "=", owner)
      .where("decided_at", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw approvalDecided();
    return row;
  }

  async standing({ owner, conversation, id }: Call): Promise<Standing> {
    const row = await this.#db
      .selectFrom("tool_approval")
      .select(["approved", "used_at", "expires_at"])
      .where("owner", "=", owner)
      .where("conversation", "=", conversation)
      .where("call_id", "=", id)
      .executeTakeFirst();
    if (!row) return undefined;
    if (row.used_at !== null) return "used";
    if (row.approved === 0) return "denied";
    if (row.expires_at <= new Date().toISOString()) return "expired";
    return row.approved === 1 ? "approved" : "waiting";
  }

  /** Uses an approval up. @returns false where there is none for exactly these arguments */
  async use({ owner, conversation, id }: Call, tool: Tool, given: string): Promise<boolean> {
    const now = new Date().toISOString();
    const { numUpdatedRows } = await this.#db
      .updateTable("tool_approval")
      .set({ used_at: now })
      .where("owner", "=", owner)
      .where("conversation", "=", conversation)
      .where("call_id", "=", id)
      .where("tool", "=", tool.name)
      .where("hash", "=", hashOf(tool, given))
      .where("approved", "=", 1)
      .where("used_at", "is", null)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async forget(conversations: readonly string[]): Promise<void> {
    if (conversations.length === 0) return;
    await this.#db.deleteFrom("tool_approval").where("conversation", "in", conversations).execute();
  }

  /** Those that were used, denied or left alone longer ago than this. */
  async sweep(before: Date): Promise<void> {
    await this.#db
      .deleteFrom("tool_approval")
      .where("expires_at", "<", before.toISOString())
      .execute();
  }

  async *of(owner: string): AsyncGenerator<Record<string, unknown>> {
    const rows = await this.#db
      .selectFrom("tool_approval")
      .selectAll()
      .where("owner", "=", owner)
      .orderBy("created_at")
      .execute();
    if (rows.length === 0) return;
    const sealer = await this.#vault.of(owner);
    for (const { owner: _, hash: __, ...row } of rows)
      yield { ...row, given: sealer.open(row.given, place(row.id)) };
  }

  /** Seals them anew for the person whose they now are. */
  async giveTo(from: string, to: string): Promise<void> {
    const rows = await this.#db
      .selectFrom("tool_approval")
      .select(["id", "given"])
      .where("owner", "=", from)
      .execute();
    if (rows.length === 0) return;
    const [old, now] = [await this.#vault.of(from), await this.#vault.of(to)];
    for (const { id, given } of rows) {
      const sealed = now.seal(old.open(given, place(id)), place(id));
      await this.#db
        .updateTable("tool_approval")
        .set({ owner: to, given: sealed })
        .where("id", "=", id)
        .execute();
    }
  }

  /** The tools that a person has refused among these calls. */
  async refused(owner: string, conversation: string, calls: readonly string[]) {
    if (calls.length === 0) return [];
    const rows = await this.#db
      .selectFrom("tool_approval")
      .select("tool")
      .where("owner", "=", owner)
      .where("conversation", "=", conversation)
      .where("call_id", "in", calls)
      .where("approved", "=", 0)
      .execute();
    return rows.map(({ tool }) => tool);
  }

  async erase(owner: string): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("tool_approval")
      .where("owner", "=", owner)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
