/**
 * The people of this installation: who is there, in which role, switched on or off. Whatever must
 * hold for all of them together (there is an administrator, an address is there once) is decided
 * one after the other, on both databases.
 */
import { randomUUID } from "node:crypto";
import type { Transaction } from "kysely";
import type { Person, Role } from "./api.ts";
import { alreadySetUp, emailTaken, lastAdministrator, personNotFound } from "./errors.ts";
import type { AccountsDatabase, Tables, UserRow } from "./tables.ts";

type Inside = Transaction<Tables>;

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly passwordHash: string;
}

/** Runs a change alone: the counter's row is locked until its end. Call nothing else in there. */
export const alone = <Result>(
  db: AccountsDatabase,
  work: (db: Inside) => Promise<Result>,
): Promise<Result> =>
  db.transaction().execute(async (inside) => {
    await inside
      .updateTable("account_state")
      .set(({ eb }) => ({ changes: eb("changes", "+", 1) }))
      .execute();
    return work(inside);
  });

export const now = () => new Date().toISOString();

/** @throws CharlaError `email_taken` */
export async function addPerson(db: Inside, person: NewPerson): Promise<string> {
  const { name, email, role, passwordHash } = person;
  const known = await db
    .selectFrom("account_user")
    .select("id")
    .where("email", "=", email)
    .executeTakeFirst();
  if (known) throw emailTaken();
  const id = randomUUID();
  const times = { created_at: now(), updated_at: now() };
  // The address was vouched for by whoever handed the link over.
  const rest = { email_verified: 1, image: null, deactivated_at: null, reset_at: null };
  await db
    .insertInto("account_user")
    .values({ id, name, email, role, ...rest, two_factor_enabled: 0, ...times })
    .execute();
  await setPassword(db, id, passwordHash);
  return id;
}

export async function setPassword(db: Inside, userId: string, hash: string): Promise<void> {
  const updated = await db
    .updateTable("account_login")
    .set({ password: hash, updated_at: now() })
    .where("user_id", "=", userId)
    .where("provider_id", "=", "credential")
    .executeTakeFirst();
  if (updated.numUpdatedRows > 0n) return;
  await db
    .insertInto("account_login")
    .values({
      ...{ id: randomUUID(), account_id: userId, provider_id: "credential", user_id: userId },
      ...{ access_token: null, refresh_token: null, id_token: null, scope: null },
      ...{ access_token_expires_at: null, refresh_token_expires_at: null },
      ...{ password: hash, created_at: now(), updated_at: now() },
    })
    .execute();
}

/** Ends what a person has open, and what was on its way. */
export async function endSessions(db: Inside, userId: string): Promise<void> {
  await db.deleteFrom("account_session").where("user_id", "=", userId).execute();
  // Sign-ins that wait for a code.
  await db.deleteFrom("account_verification").where("value", "=", userId).execute();
}

const administrators = (db: AccountsDatabase) =>
  db
    .selectFrom("account_user")
    .select("id")
    .where("role", "=", "administrator")
    .where("deactivated_at", "is", null);

export async function hasAdministrator(db: AccountsDatabase): Promise<boolean> {
  return (await administrators(db).executeTakeFirst()) !== undefined;
}

/** @throws CharlaError `already_set_up` */
export async function expectNobody(db: AccountsDatabase): Promise<void> {
  if (await hasAdministrator(db)) throw alreadySetUp();
}

/** @throws CharlaError `last_administrator` when without this one there would be none */
export async function expectAnother(db: AccountsDatabase, id: string): Promise<void> {
  const all = await administrators(db).execute();
  if (all.length === 1 && all[0]?.id === id) throw lastAdministrator();
}

interface Change {
  readonly role?: Role | undefined;
  readonly active?: boolean | undefined;
}

/** @throws CharlaError `person_not_found`, `last_administrator` */
export async function mayChange(db: AccountsDatabase, id: string, change: Change): Promise<void> {
  await readPerson(db, id);
  if (change.role === "member" || change.active === false) await expectAnother(db, id);
}

/** @throws CharlaError `person_not_found`, `last_administrator` */
export function changePerson(db: AccountsDatabase, id: string, change: Change): Promise<Person> {
  return alone(db, async (inside) => {
    const { role, active } = change;
    await mayChange(inside, id, change);
    const values = {
      ...(role && { role }),
      ...(active !== undefined && { deactivated_at: active ? null : now() }),
      updated_at: now(),
    };
    await inside.updateTable("account_user").set(values).where("id", "=", id).execute();
    if (active === false) {
      await endSessions(inside, id);
      await inside.deleteFrom("account_key").where("user_id", "=", id).execute();
      await inside.deleteFrom("account_link").where("user_id", "=", id).execute();
    }
    return toPerson(await readPerson(inside, id));
  });
}

/** @throws CharlaError `person_not_found` */
export async function readPerson(db: AccountsDatabase, id: string): Promise<UserRow> {
  const query = db.selectFrom("account_user").selectAll().where("id", "=", id);
  const row = await query.executeTakeFirst();
  if (!row) throw personNotFound();
  return row;
}

export async function listPeople(db: AccountsDatabase): Promise<readonly Person[]> {
  const rows = await db.selectFrom("account_user").selectAll().orderBy("created_at").execute();
  return rows.map(toPerson);
}

const toPerson = (row: UserRow): Person => ({
  ...{ id: row.id, name: row.name, email: row.email, role: row.role },
  active: row.deactivated_at === null,
  totp: row.two_factor_enabled === 1,
  createdAt: row.created_at,
});

export async function rename(db: AccountsDatabase, id: string, name: string): Promise<void> {
  const values = { name, updated_at: now() };
  await db.updateTable("account_user").set(values).where("id", "=", id).execute();
}

export async function hasPassword(db: AccountsDatabase, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom("account_login")
    .select("id")
    .where("user_id", "=", userId)
    .where("provider_id", "=", "credential")
    .executeTakeFirst();
  return row !== undefined;
}
