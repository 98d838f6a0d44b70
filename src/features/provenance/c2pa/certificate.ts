/**
 * By what labels are signed: the organisation's certificate, which the policy names, or one that is
 * made here when the first label is asked for. C2PA lets no certificate sign that vouches for itself, so
 * that one has an issuer of its own, whose key is forgotten at once.
 */
import { createPrivateKey, hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as x509 from "@peculiar/x509";
import type { Kysely } from "kysely";
import type { Settings } from "../../../core/feature.ts";
import type { Vault } from "../../../core/vault.ts";
import type { ProvenancePolicy } from "../policy.ts";
import { certificateUnusable } from "./errors.ts";
import type { Signing } from "./manifest.ts";
import type { Tables } from "./tables.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** Whose key in the vault seals the own one. */
const OWNER = "label";
const PLACE = "label_certificate/key";
const YEARS = 10;
/** Purposes that C2PA takes: of e-mail, which all verifiers know, and of documents (RFC 9336). */
const PURPOSES = ["1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36"];

export interface Certified extends Signing {
  readonly selfSigned: boolean;
  /** SHA-256 of the certificate that signs, in hexadecimal digits. */
  readonly digest: string;
}

export interface Ground {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
  readonly policy: Pick<ProvenancePolicy, "certificate">;
  readonly settings: Pick<Settings, "home">;
}

/** @param host for the name in an own certificate */
export async function certified(
  { db, vault, policy, settings }: Ground,
  host: string,
): Promise<Certified> {
  x509.cryptoProvider.set(crypto);
  const { certificate } = policy;
  if (certificate) {
    const { file, key } = certificate;
    return from(await organisation(resolve(settings.home, file), resolve(settings.home, key)));
  }
  const stored = (await own(db, vault)) ?? (await make(db, vault, host));
  return from({ ...stored, selfSigned: true });
}

interface Material {
  readonly chain: readonly x509.X509Certificate[];
  readonly key: CryptoKey;
  readonly selfSigned: boolean;
}

function from({ chain, key, selfSigned }: Material): Certified {
  const [leaf] = chain;
  return {
    ...{ chain, selfSigned },
    digest: hash("sha256", new Uint8Array(leaf?.rawData ?? new ArrayBuffer()), "hex"),
    sign: async (bytes) =>
      new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, new Uint8Array(bytes))),
  };
}

type CryptoKey = Awaited<ReturnType<typeof importKey>>;
const importKey = (pkcs8: Uint8Array<ArrayBuffer>) =>
  crypto.subtle.importKey("pkcs8", pkcs8, ALGORITHM, false, ["sign"]);

/** @throws CharlaError `certificate_unusable` */
async function organisation(file: string, key: string): Promise<Material> {
  try {
    const pem = await readFile(file, "utf8");
    const all = x509.PemConverter.decode(pem).map((raw) => new x509.X509Certificate(raw));
    // Who reads it knows the one that vouches for itself, or trusts nothing of it.
    const chain = all.filter((one, at) => at === 0 || one.subject !== one.issuer);
    const pkcs8 = createPrivateKey(await readFile(key)).export({ type: "pkcs8", format: "der" });
    const imported = await importKey(new Uint8Array(pkcs8));
    const bytes = new Uint8Array(8);
    const signature = await crypto.subtle.sign(ALGORITHM, imported, bytes);
    const known = await chain[0]?.publicKey.export(ALGORITHM, ["verify"], crypto);
    const fits = known && (await crypto.subtle.verify(ALGORITHM, known, signature, bytes));
    if (!fits) throw new TypeError("the key is not the certificate's");
    if (chain[0]?.subject === chain[0]?.issuer) throw new TypeError("it vouches for itself");
    return { chain, key: imported, selfSigned: false };
  } catch (thrown) {
    throw certificateUnusable(file, (thrown as Error).message);
  }
}

async function own(db: Kysely<Tables>, vault: Vault) {
  const row = await db.selectFrom("label_certificate").selectAll().executeTakeFirst();
  if (!row) return undefined;
  const pkcs8 = Buffer.from((await vault.of(OWNER)).open(row.sealed, PLACE), "base64");
  const chain = [new x509.X509Certificate(row.certificate)];
  return { chain, key: await importKey(new Uint8Array(pkcs8)) };
}

async function make(db: Kysely<Tables>, vault: Vault, host: string) {
  const [issuer, signer] = [await pair(), await pair()];
  const notBefore = new Date(Date.now() - 60_000);
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + YEARS);
  const name = (common: string): Record<string, string[]>[] => [{ O: [host] }, { CN: [common] }];
  const certificate = await x509.X509CertificateGenerator.create({
    ...{ subject: name("Charla"), issuer: name("Charla, made by the server itself") },
    ...{ notBefore, notAfter, signingAlgorithm: ALGORITHM },
    ...{ publicKey: signer.publicKey, signingKey: issuer.privateKey },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(PURPOSES, false),
      await x509.SubjectKeyIdentifierExtension.create(signer.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", signer.privateKey));
  const sealed = (await vault.of(OWNER)).seal(pkcs8.toString("base64"), PLACE);
  const row = { id: 1, certificate: certificate.toString("pem"), sealed };
  // Of two who make one at once, both go on with the first.
  await db
    .insertInto("label_certificate")
    .values(row)
    .onConflict((one) => one.column("id").doNothing())
    .execute();
  return (await own(db, vault)) as NonNullable<Awaited<ReturnType<typeof own>>>;
}

const pair = () => crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
