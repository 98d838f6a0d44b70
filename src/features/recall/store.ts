/**
 * Keeps summaries, sealed. Which answers one stands for is told by digests of their texts, sealed with it:
 * so it stays with copies and branches of a chat, and falls away with an answer that is another one now.
 */
import { hash, randomUUIDv7 as newId } from "node:crypto";
import type { Kysely } from "kysely";
import { CharlaError } from "../../core/errors.ts";
import type { Copy } from "../../core/feature.ts";
import type { Vault } from "../../core/vault.ts";
import type { CheckedModel, Summary } from "./api.ts";
import { ENOUGH } from "./check.ts";
import type { Tables } from "./tables.ts";

/** As it is sealed. */
export interface Kept extends Omit<Summary, "id" | "of"> {
  /** SHA-256 of each answer that it stands for. */
  readonly answers: readonly string[];
}
type Row = Kept & { readonly id: string };

export const digestOf = (answer: string): string => hash("sha256", answer, "base64");

const place = (id: string) => `recall_summary/${id}`;

export class SummaryStore {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** Oldest first; those that were deleted have no text, and stand for their answers all the same. */
  async of(owner: string, conversation?: string): Promise<readonly Row[]> {
    const rows = await this.#db
      .selectFrom("recall_summary")
      .select(["id", "sealed"])
      .where("owner", "=", owner)
      .$if(conversation !== undefined, (select) =>
        select.where("conversation_id", "=", conversation ?? ""),
      )
      .orderBy("id")
      .execute();
    const sealer = await this.#vault.of(owner);
    return rows.map(({ id, sealed }) => ({ id, ...JSON.parse(sealer.open(sealed, place(id))) }));
  }

  async add(owner: string, conversation: string, kept: Kept): Promise<void> {
    const id = newId();
    const sealed = (await this.#vault.of(owner)).seal(JSON.stringify(kept), place(id));
    await this.#db
      .insertInto("recall_summary")
      .values({ id, owner, conversation_id: conversation, sealed })
      .execute();
  }

  /** @param text none deletes it, and keeps it from being made again. @throws CharlaError `summary_not_found` */
  async write(owner: string, conversation: string, id: string, text: string): Promise<Row> {
    const found = (await this.of(owner, conversation)).find((one) => one.id === id);
    if (!found || found.text === "") throw notFound();
    const { id: _, ...before } = found;
    const kept: Kept = { ...before, text, edited: true };
    const sealed = (await this.#vault.of(owner)).seal(JSON.stringify(kept), place(id));
    await this.#db
      .updateTable("recall_summary")
      .set({ sealed })
      .where("id", "=", id)
      .where("owner", "=", owner)
      .execute();
    return { id, ...kept };
  }

  async forget(conversations: readonly string[]): Promise<void> {
    for (const id of conversations)
      await this.#db.deleteFrom("recall_summary").where("conversation_id", "=", id).execute();
  }

  async copy({ owner, from, to }: Copy): Promise<void> {
    for (const { id: _, ...kept } of await this.of(owner, from)) await this.add(owner, to, kept);
  }

  /** @returns how many there were */
  async erase(owner: string): Promise<number> {
    const all = this.#db.deleteFrom("recall_summary").where("owner", "=", owner);
    return Number((await all.executeTakeFirst()).numDeletedRows);
  }

  /** Seals all of them anew for the person whose they now are. */
  async giveTo(from: string, to: string): Promise<void> {
    const sealer = await this.#vault.of(to);
    for (const { id, ...kept } of await this.of(from))
      await this.#db
        .updateTable("recall_summary")
        .set({ owner: to, sealed: sealer.seal(JSON.stringify(kept), place(id)) })
        .where("id", "=", id)
        .execute();
  }

  async checked(): Promise<readonly (CheckedModel & { readonly model: string })[]> {
    const rows = await this.#db.selectFrom("recall_model").selectAll().orderBy("name").execute();
    return rows.map(({ checked_at: checkedAt, ...row }) => ({
      ...{ ...row, checkedAt, passed: row.kept >= ENOUGH * row.of },
    }));
  }

  async noteCheck(
    model: string,
    { name, kept, of }: Pick<CheckedModel, "name" | "kept" | "of">,
  ): Promise<void> {
    const row = { name, kept, of, checked_at: new Date().toISOString() };
    await this.#db
      .insertInto("recall_model")
      .values({ model, ...row })
      .onConflict((conflict) => conflict.column("model").doUpdateSet(row))
      .execute();
  }
}

const notFound = () =>
  new CharlaError("summary_not_found", {
    status: 404,
    message: "There is no summary with this id in the chat.",
    hint: "Open the list again: it may have been deleted in another window.",
  });
