/**
 * What a person lends to others by name: a table of the feature's own, made and asked the same way by each
 * that lends. A loan is a row and no copy, so that taking it back leaves nothing behind; who may be lent to
 * is asked of whoever keeps accounts (`Rights.personAt`).
 */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { CharlaError } from "./errors.ts";
import { nameOf, type Rights } from "./rights.ts";

export interface LoanRow {
  /** Id of what is lent. */
  thing: string;
  /** Id of the person. */
  borrower: string;
  lent_at: string;
}

/** A person to whom something is lent, as its owner sees them. */
export interface Borrower {
  readonly id: string;
  readonly name: string;
}

/** What changes about to whom something is lent. */
export interface LoanChange {
  /** To everybody who has an account here, or no longer. */
  readonly lent?: boolean | undefined;
  /** E-mail address of one more person. */
  readonly lendTo?: string | undefined;
  /** Id of one from whom it is taken back. */
  readonly takeBack?: string | undefined;
}

/** People that one thing is lent to. */
const MOST = 100;

/** @param things the table of what is lent, whose rows take their loans along */
export const loanMigration = (table: string, things: string): Migration => ({
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable(table)
      .addColumn("thing", "text", (column) =>
        column.notNull().references(`${things}.id`).onDelete("cascade"),
      )
      .addColumn("borrower", "text", (column) => column.notNull())
      .addColumn("lent_at", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint(`${table}_once`, ["thing", "borrower"])
      .execute();
    await db.schema.createIndex(`${table}_by_borrower`).on(table).column("borrower").execute();
  },
});

/** For a `where`: whether a row of the things is lent to this person. */
export const lentTo = (table: string, things: string, person: string): RawBuilder<boolean> =>
  sql<boolean>`exists (select 1 from ${sql.table(table)} as loan
    where loan.thing = ${sql.ref(`${things}.id`)} and loan.borrower = ${person})`;

export class Loans {
  readonly #db: Kysely<Record<string, LoanRow>>;
  readonly #table: string;

  // biome-ignore lint/suspicious/noExplicitAny: the feature's own tables are its own business
  constructor(db: Kysely<any>, table: string) {
    this.#db = db;
    this.#table = table;
  }

  /** Ids of those to whom it is lent, who got it first standing first. */
  async of(thing: string): Promise<readonly string[]> {
    const rows = await this.#db
      .selectFrom(this.#table)
      .select("borrower")
      .where("thing", "=", thing)
      .orderBy("lent_at")
      .execute();
    return rows.map(({ borrower }) => borrower);
  }

  /** @throws CharlaError `loans_full` */
  async lend(thing: string, borrower: string): Promise<void> {
    if ((await this.of(thing)).length >= MOST) throw loansFull();
    await this.#db
      .insertInto(this.#table)
      .values({ thing, borrower, lent_at: new Date().toISOString() })
      .onConflict((conflict) => conflict.columns(["thing", "borrower"]).doNothing())
      .execute();
  }

  async takeBack(thing: string, borrower: string): Promise<void> {
    await this.#db
      .deleteFrom(this.#table)
      .where("thing", "=", thing)
      .where("borrower", "=", borrower)
      .execute();
  }

  /** What was lent to a person. @returns how much that was */
  async erase(borrower: string): Promise<number> {
    const all = this.#db.deleteFrom(this.#table).where("borrower", "=", borrower);
    return Number((await all.executeTakeFirst()).numDeletedRows);
  }
}

/** As their owner sees them; whose name is not known any more has none. */
export const borrowersOf = (all: readonly Rights[], ids: readonly string[]): Promise<Borrower[]> =>
  Promise.all(ids.map(async (id) => ({ id, name: (await nameOf(all, id)) ?? "" })));

/**
 * @returns the id of somebody else who has an account by this address
 * @throws CharlaError `borrower_unknown`
 */
export async function borrowerAt(
  all: readonly Rights[],
  owner: string,
  address: string,
): Promise<string> {
  for (const { personAt } of all) {
    const id = await personAt?.(address);
    if (id !== undefined && id !== owner) return id;
  }
  throw new CharlaError("borrower_unknown", {
    status: 404,
    param: "lendTo",
    message: "Nobody else has an account here with the address {address}.",
    hint: "Check the address; it is the one that the person signs in with.",
    params: { address: address.slice(0, 320) },
  });
}

function loansFull(): CharlaError {
  return new CharlaError("loans_full", {
    status: 409,
    message: "This is lent to {most} people already.",
    hint: "Lend it to everybody, or take it back from somebody.",
    params: { most: MOST },
  });
}
