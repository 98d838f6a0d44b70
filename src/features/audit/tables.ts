/**
 * The table of acts, which the database itself keeps anybody from changing: a row is added at the
 * end, with its entry in the house's log, and that is all. What is old goes through one door: a row
 * that says up to where rows may be removed ({@link TRIMMED}).
 *
 * Who may change tables can take the triggers away. Then the log shows it, whose checkpoints are
 * signed by a key that is not in the tables; note its end elsewhere from time to time all the same
 * (`charla audit verify`).
 */
import { type Kysely, PostgresAdapter, type RawBuilder, sql } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  audit_act: ActRow;
}

export interface ActRow {
  /** 1, 2, 3, ... without a gap. */
  seq: number;
  /** ISO time in UTC. */
  at: string;
  actor: string;
  act: string;
  subject: string | null;
  /** A flat JSON object with sorted keys. */
  details: string;
  /** Of an act {@link TRIMMED}: the last number that may be removed. */
  trimmed_through: number | null;
  /**
   * The commitment in the log, in hex. Of a row before there was one: SHA-256 of it and of the row
   * before, whose hash `previous` is.
   */
  hash: string;
  /** Empty for what stands in the log. */
  previous: string;
  /** Of the commitment: 32 bytes in hex. */
  salt: string | null;
  /** Index of its entry in the log; null for what was written before. */
  place: number | null;
}

export const TRIMMED = "audit.trimmed";
/** The first act in the log, where there were some before: which was the last, and its hash. */
export const MOVED = "audit.moved";

// biome-ignore lint/suspicious/noExplicitAny: migrations see all tables
type Db = Kysely<any>;

const isPostgres = (db: Db): boolean => db.getExecutor().adapter instanceof PostgresAdapter;

const LAST = "select max(seq) from audit_act";
const THROUGH = "select max(trimmed_through) from audit_act";
/** Replacing a row is an insert for SQLite's triggers, so the number is looked at, too. */
const NOT_NEXT_LINK =
  `new.seq <> coalesce((${LAST}), new.seq - 1) + 1 or ` +
  `new.previous <> coalesce((select hash from audit_act where seq = new.seq - 1), new.previous)`;
const NOT_NEXT = `new.place is null or new.seq <> coalesce((${LAST}), new.seq - 1) + 1`;
const NOT_TRIMMED = `old.seq > coalesce((${THROUGH}), 0)`;
const REFUSAL = "acts are only ever added, one after the other";

const insertion = (notNext: string) =>
  `create trigger audit_act_insert before insert on audit_act when ${notNext}
     begin select raise(abort, '${REFUSAL}'); end`;

const SQLITE = [
  insertion(NOT_NEXT_LINK),
  `create trigger audit_act_update before update on audit_act
     begin select raise(abort, '${REFUSAL}'); end`,
  `create trigger audit_act_delete before delete on audit_act when ${NOT_TRIMMED}
     begin select raise(abort, '${REFUSAL}'); end`,
];

const guard = (notNext: string) =>
  `create or replace function audit_act_guard() returns trigger language plpgsql as $$
     begin
       if tg_op = 'INSERT' then
         if not (${notNext}) then return new; end if;
       elsif tg_op = 'DELETE' then
         if not (${NOT_TRIMMED}) then return old; end if;
       end if;
       raise exception '${REFUSAL}' using errcode = 'integrity_constraint_violation';
     end $$`;

const POSTGRES = [
  guard(NOT_NEXT_LINK),
  `create trigger audit_act_rows before insert or update or delete on audit_act
     for each row execute function audit_act_guard()`,
  `create trigger audit_act_truncate before truncate on audit_act
     for each statement execute function audit_act_guard()`,
];

export const migrations: Readonly<Record<string, Migration>> = {
  "0001-acts": {
    async up(db: Db) {
      await db.schema
        .createTable("audit_act")
        .addColumn("seq", "integer", (column) => column.primaryKey())
        .addColumn("at", "text", (column) => column.notNull())
        .addColumn("actor", "text", (column) => column.notNull())
        .addColumn("act", "text", (column) => column.notNull())
        .addColumn("subject", "text")
        .addColumn("details", "text", (column) => column.notNull())
        .addColumn("trimmed_through", "integer")
        .addColumn("previous", "text", (column) => column.notNull())
        .addColumn("hash", "text", (column) => column.notNull())
        .addCheckConstraint("audit_act_door", door)
        .execute();
      for (const statement of isPostgres(db) ? POSTGRES : SQLITE) {
        await sql.raw(statement).execute(db);
      }
    },
  },
  "0002-log": {
    async up(db: Db) {
      for (const [name, type] of [
        ["salt", "text"],
        ["place", "integer"],
      ] as const) {
        await db.schema.alterTable("audit_act").addColumn(name, type).execute();
      }
      for (const statement of isPostgres(db)
        ? [guard(NOT_NEXT)]
        : ["drop trigger audit_act_insert", insertion(NOT_NEXT)]) {
        await sql.raw(statement).execute(db);
      }
    },
  },
};

/** Only an act that says so opens the door, and never to rows that come after it. */
const door: RawBuilder<boolean> = sql`
  (trimmed_through is null and act <> ${sql.lit(TRIMMED)})
  or (trimmed_through < seq and act = ${sql.lit(TRIMMED)})`;
