/** What is stored: tries at secrets, which a restart must not forgive, and tokens by month. */
import { type Kysely, PostgresAdapter } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  /** The columns that rate-limiter-flexible needs, in its order. */
  limits_try: {
    key: string;
    points: number;
    /** Milliseconds since 1970; PostgreSQL gives them as text. */
    expire: number | string | null;
  };
  limits_month: {
    person: string;
    /** "2026-11", UTC. */
    month: string;
    tokens: number | string;
  };
  /** What an administrator has decided for one person. */
  limits_budget: {
    person: string;
    /** For a month; 0 is no limit. */
    tokens: number | string;
  };
}

export type LimitsDatabase = Kysely<Tables>;
// biome-ignore lint/suspicious/noExplicitAny: the database also holds the tables of others
export type Database = Kysely<any>;

export const isPostgres = (db: Database): boolean =>
  db.getExecutor().adapter instanceof PostgresAdapter;

export const migrations: Readonly<Record<string, Migration>> = {
  "001-tables": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("limits_try")
        .addColumn("key", "varchar(255)", (column) => column.primaryKey())
        .addColumn("points", "integer", (column) => column.notNull().defaultTo(0))
        .addColumn("expire", "bigint")
        .execute();
      await db.schema
        .createTable("limits_month")
        .addColumn("person", "text", (column) => column.notNull())
        .addColumn("month", "text", (column) => column.notNull())
        .addColumn("tokens", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("limits_month_key", ["person", "month"])
        .execute();
      await db.schema
        .createTable("limits_budget")
        .addColumn("person", "text", (column) => column.primaryKey())
        .addColumn("tokens", "bigint", (column) => column.notNull())
        .execute();
    },
  },
};
