/** What people do with their own account: password, codes, sessions. */
import type { Session, State } from "./api.ts";
import { SESSION_COOKIE } from "./cookies.ts";
import type { Desk } from "./desk.ts";
import { noPassword, thingNotFound } from "./errors.ts";
import * as links from "./links.ts";
import { checkPassword } from "./passwords.ts";
import { hasAdministrator, hasPassword, now } from "./people.ts";
import { hashPassword } from "./secrets.ts";
import { firstUse, noCookie, passkeysWork } from "./sign-in.ts";
import { asked, type Current, cookie, findSession, reply, sessionOf } from "./visit.ts";

export async function state(desk: Desk, request: Request): Promise<Response> {
  const current = await findSession(desk, request);
  const { db, policy, origin } = desk;
  const body: State = {
    mode: "shared",
    person: current ? await me(desk, current) : null,
    setUpNeeded: !(await hasAdministrator(db)),
    methods: {
      password: true,
      passkey: passkeysWork(origin, request),
      oidc: policy.oidc?.name ?? null,
    },
    passwordMinLength: policy.password_min_length,
  };
  const stale = !current && cookie(request, SESSION_COOKIE) !== undefined;
  return reply(body, stale ? await noCookie(desk, request) : new Headers());
}

async function me({ db }: Desk, { person }: Current): Promise<State["person"]> {
  const { resetAt, ...rest } = person;
  return {
    ...rest,
    hasPassword: await hasPassword(db, person.id),
    resetAt: resetAt?.toISOString() ?? null,
  };
}

const subject = ({ person: { id } }: Current) => ({ actor: id, subject: id });

/** Ends all other sessions, and this one gets a new name. */
export async function changePassword(
  desk: Desk,
  request: Request,
  current: Current,
  { current: currentPassword, next: newPassword }: { current: string; next: string },
): Promise<Response> {
  const { person } = current;
  if (!(await hasPassword(desk.db, person.id))) throw noPassword();
  await desk.attempt({ who: person.email });
  checkPassword(newPassword, desk.policy.password_min_length, person);
  const call = desk.auth.api.changePassword({
    body: { currentPassword, newPassword, revokeOtherSessions: true },
    ...{ headers: sessionOf(request), returnHeaders: true },
  });
  const { headers } = await asked(call);
  // A sign-in with the old password that waits for a code, and links to set another one.
  const ended = desk.db.deleteFrom("account_verification").where("value", "=", person.id);
  await ended.execute();
  await desk.db.deleteFrom("account_link").where("user_id", "=", person.id).execute();
  await desk.record({ ...subject(current), act: "password.changed" });
  return reply({}, headers);
}

export async function reset(
  desk: Desk,
  { token, password }: { token: string; password: string },
): Promise<void> {
  await desk.attempt({});
  await links.look(desk.db, "reset", token);
  checkPassword(password, desk.policy.password_min_length);
  const id = await links.takeReset(desk.db, token, await hashPassword(password));
  await desk.record({ actor: id, act: "password.reset", subject: id });
}

export async function beginTotp(
  desk: Desk,
  request: Request,
  current: Current,
  password: string,
): Promise<{ uri: string; backupCodes: string[] }> {
  await expectPassword(desk, current);
  const call = desk.auth.api.enableTwoFactor({
    body: { password, method: "totp" },
    headers: sessionOf(request),
  });
  const made = await asked(call);
  if (made.method !== "totp") throw new TypeError("better-auth made no secret for codes");
  return { uri: made.totpURI, backupCodes: made.backupCodes };
}

/** From here on a code is asked; the session gets a new name. */
export async function finishTotp(
  desk: Desk,
  request: Request,
  current: Current,
  code: string,
): Promise<Response> {
  await desk.attempt({ who: current.person.id });
  const call = desk.auth.api.verifyTOTP({
    ...{ body: { code }, headers: sessionOf(request), returnHeaders: true },
  });
  const { headers } = await asked(call);
  await firstUse(desk, current.person.id, code);
  await desk.record({ ...subject(current), act: "totp.enabled" });
  return reply({}, headers);
}

export async function endTotp(
  desk: Desk,
  request: Request,
  current: Current,
  password: string,
): Promise<Response> {
  await expectPassword(desk, current);
  const call = desk.auth.api.disableTwoFactor({
    ...{ body: { password }, headers: sessionOf(request), returnHeaders: true },
  });
  const { headers } = await asked(call);
  await desk.record({ ...subject(current), act: "totp.disabled" });
  return reply({}, headers);
}

export async function newBackupCodes(
  desk: Desk,
  request: Request,
  current: Current,
  password: string,
): Promise<{ backupCodes: string[] }> {
  await expectPassword(desk, current);
  const call = desk.auth.api.generateBackupCodes({
    ...{ body: { password }, headers: sessionOf(request) },
  });
  const { backupCodes } = await asked(call);
  await desk.record({ ...subject(current), act: "totp.backup_codes_renewed" });
  return { backupCodes };
}

/** better-auth compares it; here is counted how often it is tried. */
async function expectPassword(desk: Desk, { person }: Current): Promise<void> {
  if (!(await hasPassword(desk.db, person.id))) throw noPassword();
  await desk.attempt({ who: person.email });
}

export async function sessions(desk: Desk, current: Current): Promise<readonly Session[]> {
  const rows = await desk.db
    .selectFrom("account_session")
    .selectAll()
    .where("user_id", "=", current.person.id)
    .where("expires_at", ">", now())
    .orderBy("created_at", "desc")
    .execute();
  return rows.map((row) => ({
    ...{ id: row.id, current: row.id === current.session.id, userAgent: row.user_agent ?? "" },
    ...{ createdAt: row.created_at, expiresAt: row.expires_at },
  }));
}

/** @param id one of the person's own; all but the current one where it is absent */
export async function endSession(desk: Desk, current: Current, id?: string): Promise<void> {
  const { person, session } = current;
  const own = desk.db.deleteFrom("account_session").where("user_id", "=", person.id);
  const chosen = id === undefined ? own.where("id", "!=", session.id) : own.where("id", "=", id);
  const { numDeletedRows } = await chosen.executeTakeFirst();
  if (id !== undefined && numDeletedRows === 0n) throw thingNotFound();
  const details = { sessions: Number(numDeletedRows) };
  await desk.record({ ...subject(current), act: "session.revoked", details });
}
