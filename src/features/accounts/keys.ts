/**
 * API keys: 256 random bits, stored as a digest, with scopes and an end. better-auth's own plugin
 * for them writes to the database at every request, so they are ours (docs/decisions/0014).
 */
import { randomUUID } from "node:crypto";
import type { Asker, Scope } from "../../core/access.ts";
import { DAY_MS } from "../../core/time.ts";
import type { Key } from "./api.ts";
import { keyInvalid, keysFull, thingNotFound } from "./errors.ts";
import { now } from "./people.ts";
import { digestOf, newToken } from "./secrets.ts";
import type { AccountsDatabase, Tables } from "./tables.ts";

/** So that scanners for secrets find a key that was published by mistake. */
const PREFIX = "charla_";
/** Enough to tell one's keys apart, too little to help a guess. */
const START = PREFIX.length + 4;
/** Of one person, those that still work. */
const MOST_KEYS = 50;
/** How exactly it is known when a key was used last; each exacter minute is a write to the disk. */
const USED_MS = 3_600_000;

export async function makeKey(
  db: AccountsDatabase,
  userId: string,
  { name, scopes, days }: { name: string; scopes: readonly Scope[]; days: number },
): Promise<{ key: Key; secret: string }> {
  const secret = newToken(PREFIX);
  const row = {
    ...{ id: randomUUID(), user_id: userId, name, digest: digestOf(secret) },
    ...{ start: secret.slice(0, START), scopes: JSON.stringify([...new Set(scopes)]) },
    ...{ created_at: now(), expires_at: new Date(Date.now() + days * DAY_MS).toISOString() },
    used_at: null,
  };
  const known = await listKeys(db, userId);
  if (known.length >= MOST_KEYS) throw keysFull(MOST_KEYS);
  await db.insertInto("account_key").values(row).execute();
  return { key: toKey(row), secret };
}

export async function listKeys(db: AccountsDatabase, userId: string): Promise<readonly Key[]> {
  const rows = await db
    .selectFrom("account_key")
    .selectAll()
    .where("user_id", "=", userId)
    .where("expires_at", ">", now())
    .orderBy("created_at")
    .execute();
  return rows.map(toKey);
}

/** @throws CharlaError `account_item_not_found`, also for another person's key */
export async function revokeKey(db: AccountsDatabase, userId: string, id: string): Promise<void> {
  const gone = await db
    .deleteFrom("account_key")
    .where("id", "=", id)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  if (gone.numDeletedRows === 0n) throw thingNotFound();
}

/** @throws CharlaError `key_invalid` */
export async function whoHolds(
  db: AccountsDatabase,
  secret: string,
): Promise<{ asker: Asker; scopes: readonly string[] }> {
  const row = await db
    .selectFrom("account_key as key")
    .innerJoin("account_user as user", "user.id", "key.user_id")
    .select(["key.id", "key.user_id", "key.scopes", "key.used_at", "user.role"])
    .where("key.digest", "=", digestOf(secret))
    .where("key.expires_at", ">", now())
    .where("user.deactivated_at", "is", null)
    .executeTakeFirst();
  if (!row) throw keyInvalid();
  if (row.used_at === null || Date.now() - Date.parse(row.used_at) > USED_MS) {
    await db.updateTable("account_key").set({ used_at: now() }).where("id", "=", row.id).execute();
  }
  const { id: credential, user_id: id, role } = row;
  return { asker: { id, role, via: "key", credential }, scopes: JSON.parse(row.scopes) };
}

const toKey = (row: Tables["account_key"]): Key => ({
  ...{ id: row.id, name: row.name, start: row.start, scopes: JSON.parse(row.scopes) },
  ...{ createdAt: row.created_at, expiresAt: row.expires_at, usedAt: row.used_at },
});
