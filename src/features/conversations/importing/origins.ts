/**
 * What was imported before, so that a file that comes twice doubles nothing: with each chat stands,
 * sealed, which chat of which product it is and what it held.
 */
import { hash } from "node:crypto";
import type { Kysely } from "kysely";
import * as z from "zod";
import { pauses } from "../../../core/slices.ts";
import type { Sealer } from "../../../core/vault.ts";
import type { Conversation } from "../api.ts";
import { openOrigin } from "../rows.ts";
import { BATCH } from "../statements.ts";
import type { Tables } from "../tables.ts";

const origin = z.object({
  /** The product, and what the chat is called there. */
  from: z.string(),
  id: z.string(),
  /** SHA-256 of what it held. */
  digest: z.string(),
  /** When anybody had asked something in it last, there. */
  updatedAt: z.string(),
});
export type Origin = z.output<typeof origin>;

export type Shelf = Pick<Conversation, "pinned" | "archived" | "folderId">;

/** A chat that is here, and whether nobody has gone on with it. */
interface Known extends Origin {
  readonly chat: string;
  /** How its owner has put it in order. */
  readonly shelf: Shelf;
  readonly untouched: boolean;
}

/** Ids are made anew each time, and count as the places that they stand for. */
export function originOf(from: string, id: string, chat: Conversation): Origin {
  const { title, settings, messages, updatedAt } = chat;
  const places = new Map(messages.map((one, index) => [one.id, index]));
  const said = messages.map(({ id: _, parentId, createdAt: __, ...rest }) => [
    parentId === null ? -1 : places.get(parentId),
    rest,
  ]);
  const digest = hash("sha256", JSON.stringify([title, settings, said]), "hex");
  return { from, id: id === "" ? digest : id, digest, updatedAt };
}

/** Of a person, by product and id; what has been deleted meanwhile may come again. */
export class Origins {
  readonly #known = new Map<string, Known[]>();

  static async of(db: Kysely<Tables>, owner: string, sealer: Sealer): Promise<Origins> {
    const origins = new Origins();
    const pause = pauses();
    for (let after = ""; ; ) {
      const rows = await db
        .selectFrom("conversation")
        .select(["id", "origin", "pinned", "archived", "folder_id", "updated_at"])
        .where("owner", "=", owner)
        .where("origin", "is not", null)
        .where("deleted_at", "is", null)
        .where("id", ">", after)
        .orderBy("id")
        .limit(BATCH)
        .execute();
      for (const row of rows) {
        await pause();
        const known = origin.parse(JSON.parse(openOrigin(sealer, row.id, row.origin ?? "")));
        const untouched = row.updated_at === known.updatedAt;
        const shelf = {
          ...{ pinned: row.pinned === 1, archived: row.archived === 1, folderId: row.folder_id },
        };
        origins.add(known, row.id, shelf, untouched);
      }
      after = rows.at(-1)?.id ?? "";
      if (rows.length < BATCH) return origins;
    }
  }

  add(origin: Origin, chat: string, shelf: Shelf, untouched = true): void {
    const key = keyOf(origin);
    const known = { ...origin, chat, shelf, untouched };
    this.#known.set(key, [...(this.#known.get(key) ?? []), known]);
  }

  /** Whether just this is here already. */
  has(origin: Origin): boolean {
    return this.#of(origin).some(({ digest }) => digest === origin.digest);
  }

  /** An earlier state of the same chat with which nobody has gone on. */
  earlier(origin: Origin): { readonly chat: string; readonly shelf: Shelf } | undefined {
    return this.#of(origin).find(({ untouched }) => untouched);
  }

  #of(origin: Origin): readonly Known[] {
    return this.#known.get(keyOf(origin)) ?? [];
  }
}

const keyOf = ({ from, id }: Origin) => JSON.stringify([from, id]);
