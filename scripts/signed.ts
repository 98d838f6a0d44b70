/**
 * Signs what a release says of itself, and checks it: `node scripts/signed.ts release/charla-0.1.0.intoto.jsonl key.pem`
 * says whether that public key has signed it, and whether the files beside it are those that it names.
 * Sources: secure-systems-lab/dsse, "protocol.md"; in-toto/attestation, "spec/v1/bundle.md".
 */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const sha256 = (bytes: Uint8Array | string) => hash("sha256", bytes, "hex");

const STATEMENT = "application/vnd.in-toto+json";

export interface Envelope {
  readonly payloadType: string;
  /** Base64 */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** What is signed: the kind of a text together with the text, each with its length. */
export const encoded = (type: string, body: Uint8Array) =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);

/** Ed25519 brings its own. */
const hashFor = (key: KeyObject) => (key.asymmetricKeyType === "ed25519" ? null : "sha256");

/** A hint, which nothing is decided by. */
const idOf = (key: KeyObject) => sha256(key.export({ type: "spki", format: "der" }));

/** The private key in a file, or why it cannot sign a release. */
export function signerIn(file: string): KeyObject | string {
  if (!existsSync(file)) return `there is no file ${file}`;
  const pem = readFileSync(file, "utf8");
  if (pem.includes("ENCRYPTED"))
    return `the key in ${file} has a password: openssl pkey takes it off`;
  try {
    const key = createPrivateKey(pem);
    const curve = key.asymmetricKeyDetails?.namedCurve;
    if (key.asymmetricKeyType === "ed25519" || curve === "prime256v1") return key;
    return `the key in ${file} is not of Ed25519 or P-256, which sign a release`;
  } catch {
    return `${file} holds no private key as PEM: openssl genpkey -algorithm ed25519 makes one`;
  }
}

export function signed(statement: string, key: KeyObject): Envelope {
  const body = Buffer.from(statement);
  const sig = sign(hashFor(key), encoded(STATEMENT, body), key).toString("base64");
  const signatures = [{ keyid: idOf(createPublicKey(key)), sig }];
  return { payloadType: STATEMENT, payload: body.toString("base64"), signatures };
}

/** The statement, or undefined where it is not what the owner of that public key has signed. */
export function statementOf({ payloadType, payload, signatures }: Envelope, pem: string) {
  const key = createPublicKey(pem);
  const body = Buffer.from(payload, "base64");
  const holds = signatures.some(({ sig }) =>
    verify(hashFor(key), encoded(payloadType, body), key, Buffer.from(sig, "base64")),
  );
  return holds && payloadType === STATEMENT ? JSON.parse(body.toString("utf8")) : undefined;
}

/** @returns what is wrong with the files beside a signed statement */
export function faultsOf(file: string, pem: string): readonly string[] {
  const statement = statementOf(JSON.parse(readFileSync(file, "utf8")), pem);
  if (!statement) return [`${file} is not signed by this key`];
  return statement.subject.flatMap(
    ({ name, digest }: { name: string; digest: { sha256: string } }) => {
      const beside = join(dirname(file), name);
      if (!existsSync(beside)) return [`${name} is not there`];
      const found = sha256(readFileSync(beside));
      return found === digest.sha256 ? [] : [`${name} is not the file that was signed`];
    },
  );
}

/** The same, where the key may be none. @param key file of it */
export function faultsIn(file: string, key: string): readonly string[] {
  const lacking = [file, key].filter((one) => !existsSync(one));
  if (lacking.length > 0) return lacking.map((one) => `there is no file "${one}"`);
  const pem = readFileSync(key, "utf8");
  try {
    createPublicKey(pem);
  } catch {
    return [`${key} holds no public key as PEM: openssl pkey -pubout makes one of a private key`];
  }
  return faultsOf(file, pem);
}

if (import.meta.main) {
  const [file = "", key = ""] = process.argv.slice(2);
  const faults = faultsIn(file, key);
  for (const fault of faults) console.error(fault);
  if (faults.length === 0) console.log(`${file}: signed by this key, and every file is as it was`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
