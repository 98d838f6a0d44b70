/**
 * The servers of a person, and the tools of each that the person has agreed to: with name, description and
 * schema as they were then. All of it is sealed, since it tells what somebody works with.
 */
import { hash, randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { Vault } from "../../../core/vault.ts";
import type { Described } from "./connection.ts";

export interface ServerTables {
  tool_server: {
    id: string;
    owner: string;
    /** Sealed JSON of {@link Kept}. */
    about: string;
    created_at: string;
  };
}

export const serverMigrations: Readonly<Record<string, Migration>> = {
  "002-tool-servers": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("tool_server")
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("owner", "text", (column) => column.notNull())
        .addColumn("about", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("tool_server_key", ["owner", "id"])
        .execute();
    },
  },
};

export interface Kept {
  readonly name: string;
  /** Absent for one of the operator's, whose place the policy says. */
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  /** As what Charla was registered by hand where one signs in to it. */
  readonly client?: { readonly id: string; readonly secret?: string | undefined } | undefined;
  /** What the person has agreed to. */
  readonly agreed: readonly Described[];
}

export interface Server extends Kept {
  readonly id: string;
}

/** What a person agrees to: a change of a word of it is another tool. */
export const pinOf = ({ name, description, parameters }: Described): string =>
  hash("sha256", JSON.stringify([name, description, parameters]), "hex");

const place = (id: string) => `tool_server/${id}/about`;

export class Servers {
  readonly #db: Kysely<ServerTables>;
  readonly #vault: Vault;

  constructor(db: Kysely<ServerTables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  async of(owner: string): Promise<readonly Server[]> {
    const rows = await this.#db
      .selectFrom("tool_server")
      .select(["id", "about"])
      .where("owner", "=", owner)
      .orderBy("created_at")
      .execute();
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    return rows.map(({ id, about }) => ({
      id,
      ...(JSON.parse(sealer.open(about, place(id))) as Kept),
    }));
  }

  /** @param id of the operator's, which are the policy's names */
  async put(owner: string, kept: Kept, id: string = randomUUID()): Promise<Server> {
    const about = (await this.#vault.of(owner)).seal(JSON.stringify(kept), place(id));
    await this.#db
      .insertInto("tool_server")
      .values({ id, owner, about, created_at: new Date().toISOString() })
      .onConflict((conflict) => conflict.columns(["owner", "id"]).doUpdateSet({ about }))
      .execute();
    return { id, ...kept };
  }

  async remove(owner: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("tool_server")
      .where("owner", "=", owner)
      .where("id", "=", id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async erase(owner: string): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("tool_server")
      .where("owner", "=", owner)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  /** Seals them anew for the person whose they now are. */
  async giveTo(from: string, to: string): Promise<void> {
    for (const { id, ...kept } of await this.of(from)) await this.put(to, kept, id);
    await this.erase(from);
  }
}
