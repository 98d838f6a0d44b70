/**
 * Identities as Semaphore v4 has them: a secret number, whose public key on the curve Baby Jubjub is
 * hashed to a leaf. All of a person's come from one secret of 32 bytes and a counter, so that one copy
 * keeps them all, and no two leaves can be told to be of the same person.
 */
import { edwards } from "@noble/curves/abstract/edwards.js";
import { bn254_Fr as Fr } from "@noble/curves/bn254.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, toHex, utf8 } from "../../../core/tlog/bytes.ts";
import { hashTwo } from "./groth16/poseidon.ts";

/** Source: EIP-2494, with the generator of the subgroup as base point. */
const BabyJubjub = edwards({
  ...{ p: Fr.ORDER, a: 168700n, d: 168696n, h: 8n },
  n: 2736030358979909402780800718157159386076813972158567259200215660948447373041n,
  Gx: 5299619240641551281634865583518297030282874472190772894086521144482721001553n,
  Gy: 16950150798460657717958625567821834550301663161624707787222815936182638968203n,
});
const ORDER = BabyJubjub.Fn.ORDER;

/** The secret number of one identity. @param count 0, 1, 2, ... */
export function secretOf(master: Uint8Array, count: number): bigint {
  const place = new Uint8Array(8);
  new DataView(place.buffer).setBigUint64(0, BigInt(count));
  const bytes = hmac(sha512, master, concat(utf8("charla.membership/v1"), place));
  // 64 bytes, so that no number is likelier than another.
  return (toNumber(bytes) % (ORDER - 1n)) + 1n;
}

/** What stands in the log for it. */
export function leafOf(secret: bigint): bigint {
  const { x, y } = BabyJubjub.BASE.multiply(secret).toAffine();
  return hashTwo(x, y);
}

/** Tells a verifier that a secret was used before, and not which: another scope gives another. */
export const nullifierOf = (scope: bigint, secret: bigint): bigint => hashTwo(scope, secret);

export const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x0${toHex(bytes)}`);

/** 64 hexadecimal digits. */
export const fieldText = (value: bigint): string => value.toString(16).padStart(64, "0");

/** @returns undefined for what is not exactly what {@link fieldText} writes, and for numbers out of the field */
export function parseField(text: unknown): bigint | undefined {
  if (typeof text !== "string" || !/^[0-9a-f]{64}$/.test(text)) return undefined;
  const value = BigInt(`0x${text}`);
  return value < Fr.ORDER ? value : undefined;
}
