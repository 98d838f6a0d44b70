/**
 * better-auth over our own tables: passwords, sessions, one-time codes and OpenID Connect. None of
 * its endpoints is open to the network; the routes call the few that they need.
 *
 * It is loaded when somebody needs it, so that an installation without accounts is spared its
 * memory, and it gets every value here: none comes from variables of its own.
 */
import { randomUUID } from "node:crypto";
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { APIError, createAuthEndpoint } from "better-auth/api";
import { deleteSessionCookie, setSessionCookie } from "better-auth/cookies";
import { type GenericOAuthConfig, genericOAuth } from "better-auth/plugins/generic-oauth";
import { twoFactor } from "better-auth/plugins/two-factor";
import * as z from "zod";
import { COOKIE_PREFIX, SESSION_COOKIE } from "./cookies.ts";
import { guestsOf } from "./guests.ts";
import type { AccountsPolicy } from "./policy.ts";
import { hashPassword, verifyPassword } from "./secrets.ts";
import type { AnyDatabase } from "./tables.ts";

/** The provider's place in the callback's address. */
export const OIDC = "oidc";

const DAY_SECONDS = 86_400;
/** To find the phone and type six digits. */
const CODE_SECONDS = 600;

export interface AuthOptions {
  readonly db: AnyDatabase;
  /** 32 bytes or more of randomness. */
  readonly secret: string;
  /** Where people open Charla: "https://chat.example.org". */
  readonly origin: string;
  readonly policy: AccountsPolicy;
  /** Absent while nobody comes by OpenID Connect, whose provider is asked when this is made. */
  readonly oidc?: GenericOAuthConfig | undefined;
  log(line: string, error?: unknown): void;
}

/** Inferred, since its type lists what each plugin adds. */
export type Auth = ReturnType<typeof createAuth>;

export function createAuth({ db, secret, origin, policy, oidc, log }: AuthOptions) {
  forgetEnvironment();
  const guests = guestsOf(db, policy);
  return betterAuth({
    appName: "Charla",
    baseURL: origin,
    basePath: "/api/auth",
    secrets: [{ version: 1, value: secret }],
    // Its dialect of SQLite writes dates as ISO text and booleans as 0 and 1, in SQL that
    // PostgreSQL reads as well; so both databases have the same columns.
    database: { db, type: "sqlite" },
    telemetry: { enabled: false },
    // Its own limits count by addresses that a client can choose; ours are in the routes.
    rateLimit: { enabled: false },
    logger: {
      level: "error",
      log: (_level, message, ...rest) =>
        log(
          `accounts: ${message}`,
          rest.find((one) => one instanceof Error),
        ),
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 1,
      maxPasswordLength: 256,
      password: {
        hash: hashPassword,
        verify: ({ hash, password }) => verifyPassword(hash, password),
      },
    },
    session: {
      ...{ modelName: "account_session", fields: SESSION_FIELDS },
      expiresIn: policy.session_days * DAY_SECONDS,
      disableSessionRefresh: true,
      cookieCache: { enabled: false },
    },
    user: {
      ...{ modelName: "account_user", fields: USER_FIELDS },
      additionalFields: {
        role: { type: "string", required: false, input: false, defaultValue: "member" },
        deactivatedAt: {
          ...{ type: "date", required: false, input: false },
          fieldName: "deactivated_at",
        },
        resetAt: { type: "date", required: false, input: false, fieldName: "reset_at" },
      },
      validateUserInfo: ({ user, source }) => guests.vouchedFor(user, source.method),
    },
    account: {
      ...{ modelName: "account_login", fields: LOGIN_FIELDS },
      accountLinking: { enabled: true },
      // What the provider lets us do there is of no use to us.
      updateAccountOnSignIn: false,
      encryptOAuthTokens: true,
    },
    verification: { modelName: "account_verification", fields: VERIFICATION_FIELDS },
    databaseHooks: {
      user: { create: { before: async (user) => ({ data: await guests.admitted(user) }) } },
      account: { create: { before: async (login) => ({ data: withoutTokens(login) }) } },
      // Whichever way somebody comes in, here is where it ends for who was switched off.
      session: { create: { before: async ({ userId }) => guests.isActive(userId) } },
    },
    plugins: [
      twoFactor({
        issuer: "Charla",
        twoFactorCookieMaxAge: CODE_SECONDS,
        schema: {
          user: { fields: { twoFactorEnabled: "two_factor_enabled" } },
          twoFactor: { modelName: "account_two_factor", fields: TWO_FACTOR_FIELDS },
        },
      }),
      ...(oidc ? [genericOAuth({ config: [oidc] })] : []),
      sessions,
    ],
    advanced: {
      database: { generateId: () => randomUUID(), validateSchema: false },
      // Where a session comes from is personal data that nobody here needs.
      ipAddress: { disableIpTracking: true },
      // Prefixes stand in the names below; this one would be put before them.
      useSecureCookies: false,
      cookiePrefix: COOKIE_PREFIX,
      // Lax for the cookie that comes back from an OpenID Connect provider; the session is strict.
      defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: "lax", path: "/" },
      cookies: { session_token: { name: SESSION_COOKIE, attributes: { sameSite: "strict" } } },
    },
  } satisfies BetterAuthOptions);
}

/** Its own variables would come before what is said here, telemetry's among them. */
function forgetEnvironment(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("BETTER_AUTH_")) delete process.env[name];
  }
}

/** Sessions for those whom the routes have already recognised in another way. */
const sessions = {
  id: "charla-sessions",
  endpoints: {
    openSession: createAuthEndpoint.serverOnly(
      { method: "POST", body: z.object({ userId: z.string() }) },
      async (c) => {
        const user = await c.context.internalAdapter.findUserById(c.body.userId);
        const session = user && (await c.context.internalAdapter.createSession(user.id));
        if (!session) throw new APIError("UNAUTHORIZED");
        await setSessionCookie(c, { session, user });
        return { userId: user.id };
      },
    ),
    forgetCookie: createAuthEndpoint.serverOnly({ method: "POST" }, async (c) => {
      deleteSessionCookie(c);
      return {};
    }),
  },
};

/** A token of the provider would be a door to somebody's other data. */
const withoutTokens = (login: Record<string, unknown>) => ({
  ...login,
  ...{ accessToken: null, refreshToken: null, idToken: null, scope: null },
  ...{ accessTokenExpiresAt: null, refreshTokenExpiresAt: null },
});

const TIMES = { createdAt: "created_at", updatedAt: "updated_at" };
const USER_FIELDS = { emailVerified: "email_verified", ...TIMES };
const SESSION_FIELDS = {
  ...{ userId: "user_id", expiresAt: "expires_at", ipAddress: "ip_address" },
  ...{ userAgent: "user_agent", ...TIMES },
};
const LOGIN_FIELDS = {
  ...{ accountId: "account_id", providerId: "provider_id", userId: "user_id" },
  ...{ accessToken: "access_token", refreshToken: "refresh_token", idToken: "id_token" },
  accessTokenExpiresAt: "access_token_expires_at",
  refreshTokenExpiresAt: "refresh_token_expires_at",
  ...TIMES,
};
const VERIFICATION_FIELDS = { expiresAt: "expires_at", ...TIMES };
const TWO_FACTOR_FIELDS = {
  ...{ userId: "user_id", backupCodes: "backup_codes", lockedUntil: "locked_until" },
  failedVerificationCount: "failed_verification_count",
};
