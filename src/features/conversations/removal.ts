/** What goes for good: chats whose time is over, and all that belongs to a person. */
import type { Kysely } from "kysely";
import { BATCH, idAt, ownedBy } from "./statements.ts";
import type { Tables } from "./tables.ts";

/** Told before chats go, by their ids, so that nothing that others keep of them stays. */
export type Forget = (ids: readonly string[]) => Promise<void>;

/**
 * @param deleted chats and messages that were deleted until then go
 * @param unused and chats in which nobody has asked anything since then; what was imported counts
 *   from then on
 */
export async function purge(
  db: Kysely<Tables>,
  deleted: Date,
  forget: Forget,
  unused?: Date,
): Promise<number> {
  const before = deleted.toISOString();
  // What stands below them was deleted with them, or earlier.
  await db.deleteFrom("message").where("deleted_at", "<=", before).execute();
  const rows = await db
    .selectFrom("conversation")
    .select("id")
    .where(({ or, and, eb }) => {
      const old = unused && [
        eb("updated_at", "<", unused.toISOString()),
        eb("id", "<", idAt(unused)),
      ];
      return or([eb("deleted_at", "<=", before), ...(old ? [and(old)] : [])]);
    })
    .execute();
  const ids = rows.map(({ id }) => id);
  await remove(db, ids, forget);
  return ids.length;
}

/** @param ids of all chats of the person, deleted ones as well */
export async function erase(
  db: Kysely<Tables>,
  owner: string,
  ids: readonly string[],
  forget: Forget,
): Promise<{ conversations: number; messages: number }> {
  const { count } = await db
    .selectFrom("message")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where(ownedBy(owner))
    .executeTakeFirstOrThrow();
  await remove(db, ids, forget);
  await db.deleteFrom("folder").where("owner", "=", owner).execute();
  return { conversations: ids.length, messages: Number(count) };
}

async function remove(db: Kysely<Tables>, ids: readonly string[], forget: Forget): Promise<void> {
  for (let from = 0; from < ids.length; from += BATCH) {
    const some = ids.slice(from, from + BATCH);
    await forget(some);
    await db.deleteFrom("conversation").where("id", "in", some).execute();
  }
}
