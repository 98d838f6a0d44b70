/** Keeps each person's instructions, sealed. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { Vault } from "../../core/vault.ts";
import type { Instructions } from "./api.ts";

export interface Tables {
  instructions: {
    owner: string;
    /** Sealed. */
    text: string;
    active: number;
  };
}

export const migrations: Readonly<Record<string, Migration>> = {
  "001-instructions": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("instructions")
        .addColumn("owner", "text", (column) => column.primaryKey())
        .addColumn("text", "text", (column) => column.notNull())
        .addColumn("active", "integer", (column) => column.notNull())
        .execute();
    },
  },
};

const NONE: Instructions = { text: "", active: true };
const PLACE = "instructions/text";

export class Store {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  async of(owner: string): Promise<Instructions> {
    const row = await this.#db
      .selectFrom("instructions")
      .select(["text", "active"])
      .where("owner", "=", owner)
      .executeTakeFirst();
    if (!row) return NONE;
    const sealer = await this.#vault.of(owner);
    return { text: sealer.open(row.text, PLACE), active: row.active === 1 };
  }

  async put(owner: string, { text, active }: Instructions): Promise<void> {
    const sealed = (await this.#vault.of(owner)).seal(text, PLACE);
    const columns = { text: sealed, active: Number(active) };
    await this.#db
      .insertInto("instructions")
      .values({ owner, ...columns })
      .onConflict((conflict) => conflict.column("owner").doUpdateSet(columns))
      .execute();
  }

  /** @returns how many there were */
  async erase(owner: string): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("instructions")
      .where("owner", "=", owner)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  /** Seals them anew for the person whose they now are, unless that one has some. */
  async giveTo(from: string, to: string): Promise<void> {
    const given = await this.of(from);
    const own = await this.of(to);
    if (given.text !== "" && own.text === "") await this.put(to, given);
    await this.erase(from);
  }
}
