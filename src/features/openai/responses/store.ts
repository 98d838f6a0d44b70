/**
 * Responses that may be gone on with: the items of each, sealed with the key of the person who asked. What
 * was asked with `store: false`, or where the policy stores none, leaves nothing.
 */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { CharlaError } from "../../../core/errors.ts";
import type { House } from "../../../core/feature.ts";
import type { Vault } from "../../../core/vault.ts";
import type { Item } from "./items.ts";

export interface Tables {
  api_response: {
    id: string;
    owner: string;
    /** Sealed JSON of {@link Kept}. */
    kept: string;
    created_at: string;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "001-api-responses": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("api_response")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("kept", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex("api_response_of")
        .on("api_response")
        .columns(["owner", "created_at"])
        .execute();
    },
  },
};

export interface Kept {
  /** Everything up to here, with what was answered: the next one needs no other. */
  readonly items: readonly Item[];
  /** As it was sent. */
  readonly response: object;
}

const place = (id: string) => `api_response/${id}/kept`;

export class Responses {
  readonly #house: Pick<House, "db" | "vault">;

  constructor(house: Pick<House, "db" | "vault">) {
    this.#house = house;
  }

  get #db(): Kysely<Tables> {
    return this.#house.db;
  }

  get #vault(): Vault {
    return this.#house.vault;
  }

  async put(owner: string, id: string, kept: Kept): Promise<void> {
    const sealed = (await this.#vault.of(owner)).seal(JSON.stringify(kept), place(id));
    const row = { id, owner, kept: sealed, created_at: new Date().toISOString() };
    await this.#db.insertInto("api_response").values(row).execute();
  }

  /** @throws CharlaError `response_not_found` */
  async one(owner: string, id: string, param?: string): Promise<Kept> {
    const row = await this.#db
      .selectFrom("api_response")
      .select("kept")
      .where("id", "=", id)
      .where("owner", "=", owner)
      .executeTakeFirst();
    if (!row) throw notFound(id, param);
    return JSON.parse((await this.#vault.of(owner)).open(row.kept, place(id)));
  }

  async remove(owner: string, id: string): Promise<void> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("api_response")
      .where("id", "=", id)
      .where("owner", "=", owner)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw notFound(id);
  }

  async expire(before: Date): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("api_response")
      .where("created_at", "<", before.toISOString())
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  async *of(owner: string): AsyncGenerator<{ id: string } & Kept> {
    const rows = await this.#db
      .selectFrom("api_response")
      .select("id")
      .where("owner", "=", owner)
      .orderBy("created_at")
      .execute();
    for (const { id } of rows) yield { id, ...(await this.one(owner, id)) };
  }

  async erase(owner: string): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("api_response")
      .where("owner", "=", owner)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  /** Seals them anew for the person whose they now are. */
  async giveTo(from: string, to: string): Promise<void> {
    const sealer = await this.#vault.of(to);
    for await (const { id, ...kept } of this.of(from)) {
      const sealed = sealer.seal(JSON.stringify(kept), place(id));
      await this.#db
        .updateTable("api_response")
        .set({ owner: to, kept: sealed })
        .where("id", "=", id)
        .where("owner", "=", from)
        .execute();
    }
  }
}

function notFound(id: string, param?: string): CharlaError {
  return new CharlaError("response_not_found", {
    status: 404,
    ...(param !== undefined && { param }),
    message: "There is no response {id} that was stored.",
    hint: "Send all items again; responses are kept for some weeks, and none with store: false.",
    params: { id: id.slice(0, 100) },
  });
}
