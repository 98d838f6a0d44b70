/**
 * What the routes work with, put together when the first of them needs it: the database, better-auth
 * and the secret that both sign with.
 */
import type { RecordAct } from "../../core/audit.ts";
import type { Others } from "../../core/feature.ts";
import type { Vault } from "../../core/vault.ts";
import { type Auth, createAuth, OIDC } from "./auth.ts";
import { oidcOff, oidcUnreachable } from "./errors.ts";
import type { Leaving } from "./leaving.ts";
import type { AccountsPolicy } from "./policy.ts";
import { newToken } from "./secrets.ts";
import type { AccountsDatabase } from "./tables.ts";

export interface DeskOptions {
  readonly db: AccountsDatabase;
  readonly policy: AccountsPolicy;
  /** Where people open Charla, once it listens: "https://chat.example.org". */
  readonly origin: Promise<string>;
  readonly oidcSecret?: string | undefined;
  readonly vault: Vault;
  readonly record: RecordAct;
  readonly leaving: Leaving;
  /** Told before a secret is tried: a password, a code, a link, a passkey. */
  readonly attempt: Others["attempt"];
  /** Gives all chats of one person to another. */
  claim(from: string, to: string): Promise<void>;
  log(line: string, error?: unknown): void;
}

export interface Desk extends Omit<DeskOptions, "origin"> {
  readonly origin: string;
  /** 32 bytes of randomness, for what is signed here. */
  readonly secret: string;
  readonly auth: Auth;
  /** @throws CharlaError `oidc_off`, `oidc_unreachable` */
  oidc(): Promise<Auth>;
}

/** How long the provider of OpenID Connect may take to say what it can, in milliseconds. */
const PROVIDER_MS = 10_000;

export async function openDesk(options: DeskOptions): Promise<Desk> {
  const { db, policy, vault, log } = options;
  const [origin, secret] = await Promise.all([options.origin, readSecret(db, vault)]);
  const common = { db, policy, secret, origin, log };
  let oidc: Auth | undefined;
  return {
    ...options,
    ...{ origin, secret },
    auth: createAuth(common),
    async oidc() {
      if (!policy.oidc) throw oidcOff();
      const { issuer, client_id: clientId } = policy.oidc;
      oidc ??= createAuth({
        ...common,
        oidc: {
          ...{ providerId: OIDC, clientId, clientSecret: options.oidcSecret },
          discoveryUrl: `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
          ...{ scopes: ["openid", "email", "profile"], pkce: true },
          requireIdTokenVerification: true,
        },
      });
      return within(oidc);
    },
  };
}

/** It asks the provider while it is made, and would wait for it without end. */
async function within(auth: Auth): Promise<Auth> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer from the provider")), PROVIDER_MS);
  });
  try {
    await Promise.race([auth.$context, late]);
    return auth;
  } catch (thrown) {
    throw oidcUnreachable(thrown);
  } finally {
    clearTimeout(timer);
  }
}

const OWNER = "accounts";
const PLACE = "account_state/secret";

/** Random, sealed with the vault's key; so the database alone signs and opens nothing. */
async function readSecret(db: AccountsDatabase, vault: Vault): Promise<string> {
  const sealer = await vault.of(OWNER);
  const row = await db.selectFrom("account_state").select("secret").executeTakeFirstOrThrow();
  if (row.secret !== null) return sealer.open(row.secret, PLACE);
  const secret = newToken();
  const sealed = sealer.seal(secret, PLACE);
  await db.updateTable("account_state").set({ secret: sealed }).execute();
  return secret;
}
