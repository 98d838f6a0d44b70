/** The lock on a PostgreSQL database, as its own tables show it: who has it. */

/** "CHAR" in ASCII: the first half of the lock's name; the second is that of the schema. */
export const LOCK = 0x43_48_41_52;
/** Shared by all connections of the server that has the lock; whoever takes that has it alone for a moment. */
export const WORK = LOCK + 1;
/** How the connection that has the lock, or waits for it, is named where servers take turns. */
export const IN_TURNS = "charla replica";

export const named = (lock: number) => `${lock}, hashtext(current_schema())`;
/** Of a row of pg_locks: it is held. Source: PostgreSQL, "pg_locks", on advisory locks with two keys. */
export const held = (lock: number) =>
  `locktype = 'advisory' and granted and objsubid = 2 and classid = ${lock}
   and objid = hashtext(current_schema())::oid
   and database = (select oid from pg_database where datname = current_database())`;
/** Which connection has the lock: FROM and WHERE of a statement, with its row of pg_stat_activity as `a`. */
export const HOLDER = `pg_locks l join pg_stat_activity a using (pid) where ${held(LOCK)}`;
