/**
 * Who leads: a row that the server with the database's lock writes. It counts for as long as the
 * connection that has the lock is the one that it names, so it can never be out of date.
 */
import { type Kysely, sql } from "kysely";
import { HOLDER, IN_TURNS } from "../storage/holder.ts";
import type { Migrated } from "../storage/migrate.ts";

export interface Leader {
  /** Of this time of leading, by chance. */
  readonly term: string;
  /** Where the others reach it: "http://10.0.0.3:8080". */
  readonly address: string;
  /** Paths of what can be asked twice without harm. */
  readonly repeatable: readonly string[];
  readonly about: About;
}

/** What replicas tell of themselves, so that others see where they differ. */
export interface About {
  /** How they speak with each other. */
  readonly protocol: number;
  readonly publicUrl: string | null;
  readonly version: string;
  /** SHA-256 of the policy; "default" where there is none. */
  readonly policy: string;
  readonly engine: string;
}

/** Brought up to date like the tables of a feature. */
export const replicaTables: Migrated = {
  name: "replicas",
  migrations: {
    "001-leader": {
      async up(db: Kysely<unknown>) {
        await db.schema
          .createTable("replica_leader")
          .addColumn("id", "integer", (column) => column.primaryKey())
          // The connection that has the lock: the number of its process, and since when.
          .addColumn("backend", "integer", (column) => column.notNull())
          .addColumn("since", "text", (column) => column.notNull())
          .addColumn("term", "text", (column) => column.notNull())
          .addColumn("address", "text", (column) => column.notNull())
          // Lists and objects as JSON.
          .addColumn("repeatable", "text", (column) => column.notNull())
          .addColumn("about", "text", (column) => column.notNull())
          .execute();
      },
    },
  },
};

// biome-ignore lint/suspicious/noExplicitAny: the database also holds the tables of others
type AnyDatabase = Kysely<any>;

interface Holder {
  readonly backend: number;
  readonly since: string;
  readonly name: string;
  /** Since its connection last said something, in milliseconds; null where PostgreSQL keeps no track. */
  readonly silent: number | null;
}

async function holder(db: AnyDatabase): Promise<Holder | undefined> {
  const { rows } = await sql<Holder>`
    select a.pid as backend, a.backend_start::text as since, a.application_name as name,
      extract(epoch from clock_timestamp() - a.state_change) * 1000 as silent
    from ${sql.raw(HOLDER)}`.execute(db);
  return rows[0];
}

/** Says that this server leads. Its database is open, so the lock is its own. */
export async function announce(db: AnyDatabase, leader: Leader): Promise<void> {
  const found = await holder(db);
  if (!found) throw new TypeError("a server leads without the lock");
  const { backend, since } = found;
  const { term, address } = leader;
  const [repeatable, about] = [leader.repeatable, leader.about].map((one) => JSON.stringify(one));
  const row = { backend, since, term, address, repeatable, about };
  const insert = db.insertInto("replica_leader").values({ id: 1, ...row });
  await insert.onConflict((conflict) => conflict.column("id").doUpdateSet(row)).execute();
}

/**
 * - `free`: nobody has the lock
 * - `alone`: one has it that takes no turns
 * - `opening`: one has it, and does not answer yet
 */
export type Seen =
  | { readonly state: "free" | "alone" | "opening" }
  | { readonly state: "leads"; readonly leader: Leader };

/**
 * @param hungMs after so long a silence the one that has the lock is taken for hung, and its connection
 *   ended, so that the next one gets it
 */
export async function seek(db: AnyDatabase, hungMs: number): Promise<Seen> {
  const found = await holder(db);
  if (!found) return { state: "free" };
  if (found.name !== IN_TURNS) return { state: "alone" };
  if (found.silent !== null && found.silent > hungMs) {
    await sql`select pg_terminate_backend(a.pid) from ${sql.raw(HOLDER)} and a.pid = ${found.backend}
      and a.backend_start::text = ${found.since}`.execute(db);
    return { state: "free" };
  }
  const row = await db
    .selectFrom("replica_leader")
    .select(["term", "address", "repeatable", "about"])
    .where("backend", "=", found.backend)
    .where("since", "=", found.since)
    .executeTakeFirst()
    .catch((thrown) => {
      // The very first server has not made its tables yet.
      if (thrown.code === UNDEFINED_TABLE) return undefined;
      throw thrown;
    });
  if (!row) return { state: "opening" };
  const { repeatable, about, ...rest } = row;
  const more = { repeatable: JSON.parse(repeatable), about: JSON.parse(about) };
  return { state: "leads", leader: { ...rest, ...more } as Leader };
}

/** SQLSTATE. */
const UNDEFINED_TABLE = "42P01";
