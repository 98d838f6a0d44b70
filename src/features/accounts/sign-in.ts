/**
 * The ways in: set-up, password and code, passkey, invitation, OpenID Connect. Each ends in a new
 * session, whatever the browser had before, and in a line of the audit log.
 */
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { FORGET } from "../../core/access.ts";
import { CHALLENGE_COOKIE, CODE_COOKIE } from "./cookies.ts";
import type { Desk } from "./desk.ts";
import { codeRejected, passkeyFailed, passkeyHere } from "./errors.ts";
import * as links from "./links.ts";
import { askForPasskey, checkPasskey } from "./passkeys.ts";
import { checkPassword } from "./passwords.ts";
import { now } from "./people.ts";
import { digestOf, hashPassword } from "./secrets.ts";
import { asked, cookie, findSession, headersOf, reply } from "./visit.ts";

const DONE = { next: "done" };
/** A code is good for a minute and a half at most. */
const CODE_MS = 120_000;

export async function setUp(
  desk: Desk,
  request: Request,
  body: { token: string; name: string; email: string; password: string; claim: boolean },
): Promise<Response> {
  const { token, name, email, password, claim } = body;
  await desk.attempt({});
  await links.look(desk.db, "set-up", token);
  checkPassword(password, desk.policy.password_min_length, body);
  const passwordHash = await hashPassword(password);
  const id = await links.takeSetUp(desk.db, { token, name, email, passwordHash });
  await desk.record({ actor: id, act: "installation.set_up", subject: id, details: { claim } });
  if (claim) await desk.claim?.("solo", id);
  return letIn(desk, request, id, "set-up");
}

export async function accept(
  desk: Desk,
  request: Request,
  { token, name, password }: { token: string; name: string; password: string },
): Promise<Response> {
  await desk.attempt({});
  const { email } = await links.look(desk.db, "invitation", token);
  checkPassword(password, desk.policy.password_min_length, { name, email: email ?? "" });
  const passwordHash = await hashPassword(password);
  const id = await links.accept(desk.db, { token, name, passwordHash });
  await desk.record({ actor: id, act: "person.joined", subject: id });
  return letIn(desk, request, id, "invitation");
}

export async function signIn(
  desk: Desk,
  request: Request,
  body: { email: string; password: string },
): Promise<Response> {
  await desk.attempt({ who: body.email });
  const call = desk.auth.api.signInEmail({
    ...{ body: { ...body, rememberMe: true }, headers: headersOf(request) },
    returnHeaders: true,
  });
  const { response, headers } = await asked(call);
  if ("twoFactorRedirect" in response) {
    await forgetOld(desk, request);
    return reply({ next: "code" }, headers);
  }
  return entered(desk, request, response.user.id, "password", headers);
}

export async function signInByCode(
  desk: Desk,
  request: Request,
  body: { totp: string } | { backup: string },
): Promise<Response> {
  await desk.attempt({ who: await whoWaits(desk, request) });
  const headers = headersOf(request, [CODE_COOKIE]);
  const { api } = desk.auth;
  if ("backup" in body) {
    const used = await asked(
      api.verifyBackupCode({ body: { code: body.backup }, headers, returnHeaders: true }),
    );
    return entered(desk, request, used.response.user.id, "backup code", used.headers);
  }
  const taken = await asked(
    api.verifyTOTP({ body: { code: body.totp }, headers, returnHeaders: true }),
  );
  const { user, token } = taken.response;
  if (!(await firstUse(desk, user.id, body.totp))) {
    await desk.db.deleteFrom("account_session").where("token", "=", token).execute();
    throw codeRejected();
  }
  return entered(desk, request, user.id, "code", taken.headers);
}

/** The id of whose password was right, and whose code is now asked for. */
async function whoWaits({ db }: Desk, request: Request): Promise<string | undefined> {
  // Signed, which better-auth checks; whoever knows the value is who it was given to.
  const [identifier = ""] = decoded(cookie(request, CODE_COOKIE) ?? "").split(".");
  const row = await db
    .selectFrom("account_verification")
    .select("value")
    .where("identifier", "=", identifier)
    .executeTakeFirst();
  return row?.value;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** RFC 6238, 5.2: a code is accepted once. The row's key decides between two at the same moment. */
export async function firstUse({ db }: Desk, userId: string, code: string): Promise<boolean> {
  const row = {
    id: digestOf(`${userId} ${code}`),
    expires_at: new Date(Date.now() + CODE_MS).toISOString(),
  };
  const added = await db
    .insertInto("account_used_code")
    .values(row)
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet(row).where("account_used_code.expires_at", "<", now()),
    )
    .executeTakeFirst();
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** WebAuthn knows domains only, and this one only. @throws CharlaError `passkey_not_here` */
export function expectPasskeys(desk: Desk, request: Request): void {
  if (!passkeysWork(desk.origin, request)) throw passkeyHere(desk.origin);
}

export const passkeysWork = (origin: string, request: Request): boolean =>
  (request.headers.get("host") ?? "").toLowerCase() === new URL(origin).host;

export async function passkeyOptions(desk: Desk, request: Request): Promise<Response> {
  expectPasskeys(desk, request);
  const { options, cookie } = await askForPasskey(desk);
  return reply(options, new Headers({ "set-cookie": cookie }));
}

export async function signInByPasskey(
  desk: Desk,
  request: Request,
  response: AuthenticationResponseJSON,
): Promise<Response> {
  expectPasskeys(desk, request);
  await desk.attempt({});
  const id = await checkPasskey(desk, response, cookie(request, CHALLENGE_COOKIE));
  return letIn(desk, request, id, "passkey");
}

/** Opens a session for somebody who has been recognised here. */
async function letIn(desk: Desk, request: Request, userId: string, by: string): Promise<Response> {
  const call = desk.auth.api.openSession({
    ...{ body: { userId }, headers: headersOf(request), returnHeaders: true },
  });
  // Who was switched off has a passkey that is right, and is told no more than others.
  const { headers } = await call.catch((thrown) => Promise.reject(passkeyFailed(thrown)));
  return entered(desk, request, userId, by, headers);
}

async function entered(
  desk: Desk,
  request: Request,
  userId: string,
  by: string,
  headers: Headers,
): Promise<Response> {
  await forgetOld(desk, request);
  await desk.record({ actor: userId, act: "session.started", subject: userId, details: { by } });
  return reply(DONE, headers);
}

/** The session that this browser had before. */
export async function forgetOld(desk: Desk, request: Request): Promise<void> {
  const old = await findSession(desk, request);
  if (!old) return;
  await desk.db.deleteFrom("account_session").where("id", "=", old.session.id).execute();
}

export async function signOut(desk: Desk, request: Request): Promise<Response> {
  const current = await findSession(desk, request);
  await forgetOld(desk, request);
  if (current) {
    const { id } = current.person;
    await desk.record({ actor: id, act: "session.ended", subject: id });
  }
  const response = reply({}, await noCookie(desk, request));
  response.headers.set(...FORGET);
  return response;
}

export async function noCookie(desk: Desk, request: Request): Promise<Headers> {
  const call = desk.auth.api.forgetCookie({ headers: headersOf(request), returnHeaders: true });
  return (await call).headers;
}
