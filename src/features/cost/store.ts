/** What was used, by month, person and model, with what it cost by the prices of then. */
import type { Kysely, Transaction } from "kysely";
import type { Migration } from "kysely/migration";

export interface Used {
  readonly answers: number;
  /** In tokens. */
  readonly prompt: number;
  readonly cached: number;
  readonly completion: number;
  /** Of the machine's time. */
  readonly seconds: number;
  readonly cost: number;
}

export interface Row extends Used {
  /** "" stands for who was erased. */
  readonly person: string;
  readonly model: string;
  /** "2026-11", UTC. */
  readonly month: string;
}

const NUMBERS = ["answers", "prompt", "cached", "completion", "seconds", "cost"] as const;

/** PostgreSQL gives whole numbers of 64 bits as text. */
type Table = { [Name in keyof Row]: Row[Name] extends number ? number | string : string };
export type CostDatabase = Kysely<{ cost_use: Table }>;
type Writing = CostDatabase | Transaction<{ cost_use: Table }>;

export const migrations: Readonly<Record<string, Migration>> = {
  "001-tables": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("cost_use")
        .addColumn("person", "text", (column) => column.notNull())
        .addColumn("model", "text", (column) => column.notNull())
        .addColumn("month", "text", (column) => column.notNull())
        .addColumn("answers", "bigint", (column) => column.notNull())
        .addColumn("prompt", "bigint", (column) => column.notNull())
        .addColumn("cached", "bigint", (column) => column.notNull())
        .addColumn("completion", "bigint", (column) => column.notNull())
        .addColumn("seconds", "double precision", (column) => column.notNull())
        .addColumn("cost", "double precision", (column) => column.notNull())
        .addPrimaryKeyConstraint("cost_use_key", ["person", "model", "month"])
        .execute();
    },
  },
};

export const monthOf = (date: Date) => date.toISOString().slice(0, 7);

export class CostStore {
  readonly #db: CostDatabase;

  constructor(db: CostDatabase) {
    this.#db = db;
  }

  add(row: Row): Promise<void> {
    return add(this.#db, row);
  }

  async of(where: Partial<Pick<Row, "person" | "month">>): Promise<readonly Row[]> {
    let query = this.#db.selectFrom("cost_use").selectAll();
    if (where.person !== undefined) query = query.where("person", "=", where.person);
    if (where.month !== undefined) query = query.where("month", "=", where.month);
    const rows = await query.orderBy("month").orderBy("model").orderBy("person").execute();
    return rows.map((row) => ({
      ...row,
      ...(Object.fromEntries(NUMBERS.map((name) => [name, Number(row[name])])) as unknown as Used),
    }));
  }

  async months(): Promise<string[]> {
    const rows = await this.#db.selectFrom("cost_use").select("month").distinct().execute();
    return rows.map(({ month }) => month).toSorted();
  }

  /** The sums stay right: what one has used becomes another's. @returns how many rows there were */
  async move(from: string, to: string): Promise<number> {
    return this.#db.transaction().execute(async (db) => {
      const rows = await new CostStore(db).of({ person: from });
      await db.deleteFrom("cost_use").where("person", "=", from).execute();
      for (const row of rows) await add(db, { ...row, person: to });
      return rows.length;
    });
  }
}

async function add(db: Writing, row: Row): Promise<void> {
  await db
    .insertInto("cost_use")
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(["person", "model", "month"])
        .doUpdateSet((eb) =>
          Object.fromEntries(NUMBERS.map((name) => [name, eb(`cost_use.${name}`, "+", row[name])])),
        ),
    )
    .execute();
}
