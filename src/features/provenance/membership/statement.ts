/**
 * What a proof of membership says, as the circuit's public numbers. Semaphore hashes message and scope
 * once more on the way in (Keccak-256 without its last byte), and so do we, so that its own libraries
 * and contracts take our proofs.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { composed } from "../../../core/normal.ts";
import { fromHex, utf8 } from "../../../core/tlog/bytes.ts";
import { canonical } from "../../../core/tlog/canonical.ts";
import { toNumber } from "./identity.ts";

export interface Statement {
  /** The verifier's name, or what it is about: in one scope a secret has one nullifier. */
  readonly scope: string;
  /** What the verifier has given out for this one proof. */
  readonly challenge: string;
  /** What its maker says with it. */
  readonly claim: string;
}

/** Semaphore's number for a scope. */
export const scopeNumber = (scope: string): bigint =>
  toNumber(sha256(utf8(`charla.membership/v1 scope\n${composed(scope)}`)));

/** Semaphore's number for a message. */
export function messageNumber({ challenge, claim }: Statement): bigint {
  const said = canonical([challenge, claim].map(composed));
  return toNumber(sha256(utf8(`charla.membership/v1 message\n${said}`)));
}

/** As it goes into the circuit. */
export const hashed = (number: bigint): bigint =>
  toNumber(keccak_256(fromHex(number.toString(16).padStart(64, "0")) ?? new Uint8Array())) >> 8n;
