/** Calls to better-auth on behalf of a request: which cookies it sees, and what its errors mean. */
import { isAPIError } from "better-auth/api";
import type { Role } from "./api.ts";
import { SESSION_COOKIE } from "./cookies.ts";
import type { Desk } from "./desk.ts";
import {
  codeRejected,
  codesLocked,
  codeTooLate,
  passwordWrong,
  signInFailed,
  signInRefused,
  totpState,
  usedMeanwhile,
} from "./errors.ts";

/** Who is signed in, and by which session. */
export interface Current {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly role: Role;
    readonly totp: boolean;
    readonly resetAt: Date | null;
  };
  readonly session: { readonly id: string; readonly token: string; readonly createdAt: Date };
}

/** The value of one cookie, as it was sent. */
export function cookie(request: Request, name: string): string | undefined {
  const all = (request.headers.get("cookie") ?? "").split(";").map((one) => one.trim());
  return all.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
}

/**
 * Headers of a request with some of its cookies and nothing else. What is not named is not seen, so
 * that a session in the background cannot change what a sign-in means.
 */
export function headersOf(request: Request, cookies: readonly string[] = []): Headers {
  const headers = new Headers();
  const agent = request.headers.get("user-agent");
  if (agent) headers.set("user-agent", agent.slice(0, 300));
  const sent = cookies.flatMap((name) => {
    const value = cookie(request, name);
    return value === undefined ? [] : [`${name}=${value}`];
  });
  if (sent.length > 0) headers.set("cookie", sent.join("; "));
  return headers;
}

export const sessionOf = (request: Request) => headersOf(request, [SESSION_COOKIE]);

/** @returns nothing where the cookie is unknown, has expired, or its person was switched off */
export async function findSession(desk: Desk, request: Request): Promise<Current | undefined> {
  if (cookie(request, SESSION_COOKIE) === undefined) return undefined;
  const found = await desk.auth.api.getSession({ headers: sessionOf(request) });
  if (!found || found.user.deactivatedAt) return undefined;
  const { user, session } = found;
  return {
    person: {
      ...{ id: user.id, name: user.name, email: user.email },
      role: user.role === "administrator" ? "administrator" : "member",
      totp: user.twoFactorEnabled === true,
      resetAt: user.resetAt ?? null,
    },
    session: { id: session.id, token: session.token, createdAt: session.createdAt },
  };
}

const MEANINGS: Readonly<Record<string, () => Error>> = {
  INVALID_EMAIL_OR_PASSWORD: signInFailed,
  FAILED_TO_CREATE_SESSION: signInFailed,
  INVALID_EMAIL: signInFailed,
  INVALID_CODE: codeRejected,
  INVALID_BACKUP_CODE: codeRejected,
  INVALID_TWO_FACTOR_COOKIE: codeTooLate,
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: codeTooLate,
  ACCOUNT_TEMPORARILY_LOCKED: codesLocked,
  INVALID_PASSWORD: passwordWrong,
  TOTP_ALREADY_ENABLED: totpState,
  TOTP_NOT_ENABLED: totpState,
  TWO_FACTOR_NOT_ENABLED: totpState,
  BACKUP_CODES_NOT_ENABLED: totpState,
};

/**
 * Waits for better-auth; what it refuses is told in our words, also what it has no code for. Only
 * what is its own fault is a bug, and no try at a secret.
 */
export async function asked<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (thrown) {
    if (!isAPIError(thrown)) throw thrown;
    const meant = MEANINGS[thrown.body?.code ?? ""];
    if (meant) throw meant();
    if (thrown.statusCode >= 500) throw thrown;
    throw thrown.statusCode === 409 ? usedMeanwhile(thrown) : signInRefused(thrown);
  }
}

/** A reply that also sets cookies. */
export function reply(body: object, headers: Headers): Response {
  const response = Response.json(body, { headers: { "cache-control": "no-store" } });
  for (const one of headers.getSetCookie()) response.headers.append("set-cookie", one);
  return response;
}
