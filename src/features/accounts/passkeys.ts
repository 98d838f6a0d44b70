/**
 * Passkeys (WebAuthn Level 3): a key pair on a person's device, which signs a challenge of ours for
 * this address only. The device has to verify the person (fingerprint, face, PIN), so that a passkey
 * alone is two factors and is asked for no code.
 *
 * A challenge is for one answer, of the browser that asked for it. That of a sign-in, which anybody can
 * ask for, is signed and stored nowhere; the table only has those that were answered.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { decodeAttestationObject, isoBase64URL } from "@simplewebauthn/server/helpers";
import type { Passkey } from "./api.ts";
import { CHALLENGE_COOKIE } from "./cookies.ts";
import { passkeyFailed, thingNotFound } from "./errors.ts";
import { now } from "./people.ts";
import { digestOf, newToken } from "./secrets.ts";
import type { AccountsDatabase, Tables } from "./tables.ts";

/** To find the device and unlock it. */
const CHALLENGE_MS = 300_000;
const MOST_PASSKEYS = 20;

export interface Place {
  readonly db: AccountsDatabase;
  readonly origin: string;
  /** Signs challenges. */
  readonly secret: string;
}

/** For the browser's `navigator.credentials`, and the cookie that ties the answer to it. */
export interface Challenge {
  readonly options: object;
  readonly cookie: string;
}

const domain = (origin: string) => new URL(origin).hostname;

async function remember(
  db: AccountsDatabase,
  options: { challenge: string },
  userId: string,
): Promise<Challenge> {
  const token = newToken();
  const { challenge } = options;
  const values = { digest: digestOf(token), kind: "register", challenge, user_id: userId } as const;
  const expires_at = new Date(Date.now() + CHALLENGE_MS).toISOString();
  await db.deleteFrom("account_challenge").where("expires_at", "<", now()).execute();
  await db
    .insertInto("account_challenge")
    .values({ ...values, expires_at })
    .execute();
  return withCookie(options, token);
}

function withCookie(options: object, token: string): Challenge {
  const attributes = `Path=/; Max-Age=${CHALLENGE_MS / 1000}; Secure; HttpOnly; SameSite=Strict`;
  return { options, cookie: `${CHALLENGE_COOKIE}=${token}; ${attributes}` };
}

/** "challenge.end.signature": the end is the time in milliseconds. */
function signed(secret: string, challenge: string, end: number): string {
  const text = `${challenge}.${end}`;
  const mac = createHmac("sha256", secret).update(`charla passkey ${text}`).digest("base64url");
  return `${text}.${mac}`;
}

/** The challenge of a token of ours, which is good this once. @throws CharlaError `passkey_failed` */
async function spend({ db, secret }: Place, token = ""): Promise<string> {
  const [challenge = "", end = ""] = token.split(".");
  const [given, own] = [Buffer.from(token), Buffer.from(signed(secret, challenge, Number(end)))];
  const known = given.length === own.length && timingSafeEqual(given, own);
  if (!known || Number(end) < Date.now()) throw passkeyFailed();
  await db.deleteFrom("account_challenge").where("expires_at", "<", now()).execute();
  const row = { digest: digestOf(token), kind: "sign-in", challenge: "", user_id: null } as const;
  const spent = await db
    .insertInto("account_challenge")
    .values({ ...row, expires_at: new Date(Number(end)).toISOString() })
    .onConflict((conflict) => conflict.column("digest").doNothing())
    .executeTakeFirst();
  if (spent.numInsertedOrUpdatedRows !== 1n) throw passkeyFailed();
  return challenge;
}

async function recall(
  db: AccountsDatabase,
  token: string | undefined,
  userId: string,
): Promise<string> {
  const row = await db
    .deleteFrom("account_challenge")
    .where("digest", "=", digestOf(token ?? ""))
    .where("kind", "=", "register")
    .where("expires_at", ">", now())
    .returning(["challenge", "user_id"])
    .executeTakeFirst();
  if (!row || row.user_id !== userId) throw passkeyFailed();
  return row.challenge;
}

/** How a new passkey is made. */
export async function newPasskey(
  { db, origin }: Place,
  person: { id: string; name: string; email: string },
): Promise<Challenge> {
  const known = await ownPasskeys(db, person.id);
  if (known.length >= MOST_PASSKEYS) throw passkeyFailed();
  const options = await generateRegistrationOptions({
    ...{ rpName: "Charla", rpID: domain(origin), attestationType: "none" },
    ...{ userName: person.email, userDisplayName: person.name },
    userID: new TextEncoder().encode(person.id),
    excludeCredentials: known.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  return remember(db, options, person.id);
}

/** @throws CharlaError `passkey_failed` */
export async function addPasskey(
  { db, origin }: Place,
  userId: string,
  { name, credential }: { name: string; credential: RegistrationResponseJSON },
  token: string | undefined,
): Promise<Passkey> {
  const expectedChallenge = await recall(db, token, userId);
  const { registrationInfo: info } = await checked(() => {
    refuseCertificates(credential);
    return verifyRegistrationResponse({
      ...{ response: credential, expectedChallenge, expectedOrigin: origin },
      ...{ expectedRPID: domain(origin), requireUserVerification: true },
    });
  });
  if (!info) throw passkeyFailed();
  const { id, publicKey, counter, transports = [] } = info.credential;
  const row = {
    ...{ id, user_id: userId, name, counter, transports: JSON.stringify(transports) },
    ...{ public_key: isoBase64URL.fromBuffer(publicKey), created_at: now(), used_at: null },
  };
  const added = await db
    .insertInto("account_passkey")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows === 0n) throw passkeyFailed();
  return toPasskey(row);
}

/**
 * An attestation was not asked for. One with certificates would make the server look up revocation
 * lists at an address that the sender chooses.
 */
function refuseCertificates({ response }: RegistrationResponseJSON): void {
  const object = isoBase64URL.toBuffer(response.attestationObject);
  const attestation = decodeAttestationObject(object);
  if (attestation.get("fmt") === "none" || !attestation.get("attStmt").get("x5c")) return;
  throw passkeyFailed();
}

/** For whoever it may be: the device knows which of its passkeys belongs here. */
export async function askForPasskey({ origin, secret }: Place): Promise<Challenge> {
  const wish = { rpID: domain(origin), userVerification: "required" } as const;
  const options = await generateAuthenticationOptions(wish);
  return withCookie(options, signed(secret, options.challenge, Date.now() + CHALLENGE_MS));
}

/** @returns whose passkey it is @throws CharlaError `passkey_failed` */
export async function checkPasskey(
  place: Place,
  response: AuthenticationResponseJSON,
  token: string | undefined,
): Promise<string> {
  const { db, origin } = place;
  const expectedChallenge = await spend(place, token);
  const find = db.selectFrom("account_passkey").selectAll().where("id", "=", response.id);
  const row = await find.executeTakeFirst();
  if (!row) throw passkeyFailed();
  const { authenticationInfo: info, verified } = await checked(() =>
    verifyAuthenticationResponse({
      ...{ response, expectedChallenge, expectedOrigin: origin, expectedRPID: domain(origin) },
      requireUserVerification: true,
      credential: {
        ...{ id: row.id, counter: Number(row.counter) },
        publicKey: isoBase64URL.toBuffer(row.public_key),
      },
    }),
  );
  if (!verified) throw passkeyFailed();
  await db
    .updateTable("account_passkey")
    .set({ counter: info.newCounter, used_at: now() })
    .where("id", "=", row.id)
    .execute();
  return row.user_id;
}

/** The library says by ordinary errors what is wrong with an answer. */
async function checked<Result>(check: () => Promise<Result>): Promise<Result> {
  try {
    return await check();
  } catch (thrown) {
    throw passkeyFailed(thrown);
  }
}

const ownPasskeys = (db: AccountsDatabase, userId: string) =>
  db.selectFrom("account_passkey").selectAll().where("user_id", "=", userId).execute();

export async function listPasskeys(db: AccountsDatabase, userId: string) {
  return (await ownPasskeys(db, userId)).map(toPasskey);
}

/** @throws CharlaError `account_item_not_found`, also for another person's passkey */
export async function removePasskey(
  db: AccountsDatabase,
  userId: string,
  id: string,
): Promise<void> {
  const gone = await db
    .deleteFrom("account_passkey")
    .where("id", "=", id)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  if (gone.numDeletedRows === 0n) throw thingNotFound();
}

const toPasskey = (row: Tables["account_passkey"]): Passkey => ({
  ...{ id: row.id, name: row.name, createdAt: row.created_at, usedAt: row.used_at },
});
