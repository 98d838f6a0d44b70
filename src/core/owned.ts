/** Rows that each belong to a person, as every list of runs is read: the newest first, and one by its id. */
import type { Kysely } from "kysely";

interface Owned {
  readonly id: string;
  readonly owner: string;
  /** ISO 8601. */
  readonly created_at: string;
}

/** So much of an id is asked for at least. */
const BEGINNING = 4;

/** @param limit how many at most */
export function newestOf<Row extends Owned>(
  // biome-ignore lint/suspicious/noExplicitAny: the feature's own tables are its own business
  db: Kysely<any>,
  table: string,
  owner: string,
  limit: number,
): Promise<Row[]> {
  return db
    .selectFrom(table)
    .selectAll()
    .where("owner", "=", owner)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute() as Promise<Row[]>;
}

/** @param id the whole of it, or a beginning of four characters or more that only one of the person's has */
export async function oneOf<Row extends Owned>(
  // biome-ignore lint/suspicious/noExplicitAny: the feature's own tables are its own business
  db: Kysely<any>,
  table: string,
  owner: string,
  id: string,
): Promise<Row | undefined> {
  const rows = (await db
    .selectFrom(table)
    .selectAll()
    .where("owner", "=", owner)
    .where("id", ">=", id)
    .orderBy("id")
    .limit(2)
    .execute()) as Row[];
  const found = rows.filter((row) => id.length >= BEGINNING && row.id.startsWith(id));
  return found.length === 1 ? found[0] : undefined;
}
