/**
 * Single-use links: the first set-up, invitations, new passwords. Only a digest is stored, a link
 * is used up in the same transaction as what it is good for, and nobody is sent anything: whoever
 * makes a link hands it over.
 */
import { randomUUID } from "node:crypto";
import { DAY_MS } from "../../core/time.ts";
import type { Invitation, Role } from "./api.ts";
import { emailTaken, linkInvalid, thingNotFound } from "./errors.ts";
import {
  addPerson,
  alone,
  endSessions,
  expectNobody,
  now,
  readPerson,
  setPassword,
} from "./people.ts";
import { digestOf, newToken } from "./secrets.ts";
import type { AccountsDatabase, Tables } from "./tables.ts";

type Link = Tables["account_link"];
type Kind = Link["kind"];

const SET_UP_DAYS = 7;
const RESET_DAYS = 1;

interface MadeLink {
  readonly token: string;
  readonly link: Link;
}

/** Replaces the links that `instead` matches. */
async function make(
  db: AccountsDatabase,
  given: Partial<Link> & { kind: Kind; created_by: string },
  days: number,
  instead: Partial<Pick<Link, "email" | "user_id">>,
): Promise<MadeLink> {
  const token = newToken();
  const link: Link = {
    ...{ digest: digestOf(token), id: randomUUID(), email: null, role: null, user_id: null },
    ...{
      factors: 0,
      created_at: now(),
      expires_at: new Date(Date.now() + days * DAY_MS).toISOString(),
    },
    ...given,
  };
  let old = db.deleteFrom("account_link").where("kind", "=", given.kind);
  if (instead.email) old = old.where("email", "=", instead.email);
  if (instead.user_id) old = old.where("user_id", "=", instead.user_id);
  await old.execute();
  await db.insertInto("account_link").values(link).execute();
  return { token, link };
}

const stillGood = (db: AccountsDatabase, kind: Kind, token: string) =>
  db
    .selectFrom("account_link")
    .selectAll()
    .where("digest", "=", digestOf(token))
    .where("kind", "=", kind)
    .where("expires_at", ">", now());

/** @throws CharlaError `link_invalid` */
export async function look(db: AccountsDatabase, kind: Kind, token: string): Promise<Link> {
  const link = await stillGood(db, kind, token).executeTakeFirst();
  if (!link) throw linkInvalid();
  return link;
}

/** Takes a link for good; of several who come at once one gets it. */
async function take(db: AccountsDatabase, kind: Kind, token: string): Promise<Link> {
  const link = await db
    .deleteFrom("account_link")
    .where("digest", "=", digestOf(token))
    .where("kind", "=", kind)
    .where("expires_at", ">", now())
    .returningAll()
    .executeTakeFirst();
  if (!link) throw linkInvalid();
  return link;
}

/** @throws CharlaError `already_set_up` */
export function makeSetUp(db: AccountsDatabase, by: "start" | "command"): Promise<string> {
  return alone(db, async (inside) => {
    await expectNobody(inside);
    const { token } = await make(inside, { kind: "set-up", created_by: by }, SET_UP_DAYS, {});
    return token;
  });
}

/** Whether somebody holds the link of `charla account set-up`, which a start must not replace. */
export async function isSetUpPrinted(db: AccountsDatabase): Promise<boolean> {
  const link = await db
    .selectFrom("account_link")
    .select("id")
    .where("kind", "=", "set-up")
    .where("created_by", "=", "command")
    .where("expires_at", ">", now())
    .executeTakeFirst();
  return link !== undefined;
}

interface Newcomer {
  readonly token: string;
  readonly name: string;
  readonly passwordHash: string;
}

/** @returns the id of the first administrator */
export function takeSetUp(db: AccountsDatabase, person: Newcomer & { email: string }) {
  return alone(db, async (inside) => {
    await take(inside, "set-up", person.token);
    await expectNobody(inside);
    return addPerson(inside, { ...person, role: "administrator" });
  });
}

export function invite(
  db: AccountsDatabase,
  by: string,
  { email, role }: { email: string; role: Role },
  days: number,
): Promise<{ token: string; invitation: Invitation }> {
  return alone(db, async (inside) => {
    const query = inside.selectFrom("account_user").select("id").where("email", "=", email);
    if (await query.executeTakeFirst()) throw emailTaken();
    const given = { kind: "invitation", created_by: by, email, role } as const;
    const { token, link } = await make(inside, given, days, { email });
    return { token, invitation: toInvitation(link) };
  });
}

/** @returns the id of the person that has come */
export function accept(db: AccountsDatabase, person: Newcomer): Promise<string> {
  return alone(db, async (inside) => {
    const { email, role } = await take(inside, "invitation", person.token);
    return addPerson(inside, { ...person, email: email ?? "", role: role ?? "member" });
  });
}

export async function invitations(db: AccountsDatabase): Promise<readonly Invitation[]> {
  const rows = await db
    .selectFrom("account_link")
    .selectAll()
    .where("kind", "=", "invitation")
    .where("expires_at", ">", now())
    .orderBy("created_at")
    .execute();
  return rows.map(toInvitation);
}

export async function withdraw(db: AccountsDatabase, id: string): Promise<void> {
  const gone = await db
    .deleteFrom("account_link")
    .where("kind", "=", "invitation")
    .where("id", "=", id)
    .executeTakeFirst();
  if (gone.numDeletedRows === 0n) throw thingNotFound();
}

const toInvitation = ({ id, email, role, created_at, expires_at }: Link): Invitation => ({
  ...{ id, email: email ?? "", role: role ?? "member" },
  ...{ createdAt: created_at, expiresAt: expires_at },
});

export function makeReset(
  db: AccountsDatabase,
  by: string,
  userId: string,
  factors: boolean,
): Promise<{ token: string; expiresAt: string }> {
  return alone(db, async (inside) => {
    await readPerson(inside, userId);
    const given = { kind: "reset", created_by: by, user_id: userId } as const;
    const all = { ...given, factors: factors ? 1 : 0 };
    const { token, link } = await make(inside, all, RESET_DAYS, { user_id: userId });
    return { token, expiresAt: link.expires_at };
  });
}

/**
 * Sets the password and ends whatever was open; with `factors`, whoever else might have a way in
 * loses it, keys included. @returns the person's id */
export function takeReset(db: AccountsDatabase, token: string, hash: string): Promise<string> {
  return alone(db, async (inside) => {
    const { user_id: id, factors } = await take(inside, "reset", token);
    const person = id === null ? undefined : await readPerson(inside, id);
    if (!person || person.deactivated_at !== null) throw linkInvalid();
    await setPassword(inside, person.id, hash);
    await endSessions(inside, person.id);
    if (factors === 1) {
      await inside.deleteFrom("account_two_factor").where("user_id", "=", person.id).execute();
      await inside.deleteFrom("account_passkey").where("user_id", "=", person.id).execute();
      await inside.deleteFrom("account_key").where("user_id", "=", person.id).execute();
    }
    await inside
      .updateTable("account_user")
      .set({ reset_at: now(), ...(factors === 1 && { two_factor_enabled: 0 }) })
      .where("id", "=", person.id)
      .execute();
    return person.id;
  });
}

/** What nobody can use any more. */
export async function sweep(db: AccountsDatabase): Promise<void> {
  for (const table of [
    ...(["account_link", "account_challenge", "account_used_code", "account_session"] as const),
    ...(["account_key", "account_verification"] as const),
  ]) {
    await db.deleteFrom(table).where("expires_at", "<", now()).execute();
  }
}
