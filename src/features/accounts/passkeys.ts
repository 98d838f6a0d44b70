/**
 * Passkeys (WebAuthn Level 3): a key pair on a person's device, which signs a challenge of ours for
 * this address only. The device has to verify the person (fingerprint, face, PIN), so that a passkey
 * alone is two factors and is asked for no code.
 *
 * A challenge is for one answer, of the browser that asked for it.
 */
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
}

/** For the browser's `navigator.credentials`, and the cookie that ties the answer to it. */
export interface Challenge {
  readonly options: object;
  readonly cookie: string;
}

const domain = (origin: string) => new URL(origin).hostname;

async function remember(
  db: AccountsDatabase,
  kind: Tables["account_challenge"]["kind"],
  options: { challenge: string },
  userId: string | null,
): Promise<Challenge> {
  const token = newToken();
  const { challenge } = options;
  const values = { digest: digestOf(token), kind, challenge, user_id: userId };
  const expires_at = new Date(Date.now() + CHALLENGE_MS).toISOString();
  // Anybody can ask for one, so those that nobody answers must not pile up.
  await db.deleteFrom("account_challenge").where("expires_at", "<", now()).execute();
  await db
    .insertInto("account_challenge")
    .values({ ...values, expires_at })
    .execute();
  const attributes = `Path=/; Max-Age=${CHALLENGE_MS / 1000}; Secure; HttpOnly; SameSite=Strict`;
  return { options, cookie: `${CHALLENGE_COOKIE}=${token}; ${attributes}` };
}

async function recall(
  db: AccountsDatabase,
  kind: Tables["account_challenge"]["kind"],
  token: string | undefined,
  userId: string | null,
): Promise<string> {
  const row = await db
    .deleteFrom("account_challenge")
    .where("digest", "=", digestOf(token ?? ""))
    .where("kind", "=", kind)
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
  return remember(db, "register", options, person.id);
}

/** @throws CharlaError `passkey_failed` */
export async function addPasskey(
  { db, origin }: Place,
  userId: string,
  { name, credential }: { name: string; credential: RegistrationResponseJSON },
  token: string | undefined,
): Promise<Passkey> {
  const expectedChallenge = await recall(db, "register", token, userId);
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
export async function askForPasskey({ db, origin }: Place): Promise<Challenge> {
  const wish = { rpID: domain(origin), userVerification: "required" } as const;
  return remember(db, "sign-in", await generateAuthenticationOptions(wish), null);
}

/** @returns whose passkey it is @throws CharlaError `passkey_failed` */
export async function checkPasskey(
  { db, origin }: Place,
  response: AuthenticationResponseJSON,
  token: string | undefined,
): Promise<string> {
  const expectedChallenge = await recall(db, "sign-in", token, null);
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
