/**
 * The tables of the log: its entries, which the database itself keeps anybody from changing; the full
 * tiles of their hashes, which can be computed again; keys and checkpoints.
 */
import { type Kysely, PostgresAdapter, sql } from "kysely";
import type { Migration } from "kysely/migration";

export interface Tables {
  ledger_entry: {
    /** 0, 1, 2, ... without a gap. */
    seq: number;
    /** Canonical JSON. */
    entry: string;
  };
  ledger_tile: {
    level: number;
    tile: number;
    /** Base64: 32 bytes for each hash, up to 256 of them; those of level 0 are full. */
    hashes: string;
  };
  ledger_key: {
    /** The public key, as signed notes write it. */
    verifier: string;
    /** The private key, sealed. */
    sealed: string;
    since: string;
    until: string | null;
  };
  ledger_checkpoint: {
    size: number;
    /** Signed. */
    note: string;
  };
  /** One row: the log's name, and its first one, which tags of persons are made with. */
  ledger_state: { origin: string; first: string | null };
}

const NOT_NEXT = "new.seq <> coalesce((select max(seq) from ledger_entry), -1) + 1";
const REFUSAL = "entries of the log are only ever added, one after the other";

const SQLITE = [
  `create trigger ledger_entry_insert before insert on ledger_entry when ${NOT_NEXT}
     begin select raise(abort, '${REFUSAL}'); end`,
  ...["update", "delete"].map(
    (act) => `create trigger ledger_entry_${act} before ${act} on ledger_entry
     begin select raise(abort, '${REFUSAL}'); end`,
  ),
];

const POSTGRES = [
  `create function ledger_entry_guard() returns trigger language plpgsql as $$
     begin
       if tg_op = 'INSERT' then
         if not (${NOT_NEXT}) then return new; end if;
       end if;
       raise exception '${REFUSAL}' using errcode = 'integrity_constraint_violation';
     end $$`,
  `create trigger ledger_entry_rows before insert or update or delete on ledger_entry
     for each row execute function ledger_entry_guard()`,
  `create trigger ledger_entry_truncate before truncate on ledger_entry
     for each statement execute function ledger_entry_guard()`,
];

const migrations: Readonly<Record<string, Migration>> = {
  "001-log": {
    // biome-ignore lint/suspicious/noExplicitAny: migrations see all tables
    async up(db: Kysely<any>) {
      await db.schema
        .createTable("ledger_entry")
        .addColumn("seq", "integer", (column) => column.primaryKey())
        .addColumn("entry", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("ledger_tile")
        .addColumn("level", "integer", (column) => column.notNull())
        .addColumn("tile", "integer", (column) => column.notNull())
        .addColumn("hashes", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("ledger_tile_place", ["level", "tile"])
        .execute();
      await db.schema
        .createTable("ledger_key")
        .addColumn("verifier", "text", (column) => column.primaryKey())
        .addColumn("sealed", "text", (column) => column.notNull())
        .addColumn("since", "text", (column) => column.notNull())
        .addColumn("until", "text")
        .execute();
      await db.schema
        .createTable("ledger_checkpoint")
        .addColumn("size", "integer", (column) => column.primaryKey())
        .addColumn("note", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("ledger_state")
        .addColumn("origin", "text", (column) => column.notNull())
        .execute();
      const postgres = db.getExecutor().adapter instanceof PostgresAdapter;
      for (const statement of postgres ? POSTGRES : SQLITE) await sql.raw(statement).execute(db);
    },
  },
  "002-names": {
    // biome-ignore lint/suspicious/noExplicitAny: migrations see all tables
    async up(db: Kysely<any>) {
      await db.schema.alterTable("ledger_state").addColumn("first", "text").execute();
    },
  },
};

/** Brought up to date like the tables of a feature. */
export const ledgerTables = { name: "ledger", migrations };
