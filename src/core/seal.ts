/**
 * One text under one key: AES-256-GCM with a random nonce. What else has to be true of a text
 * (whose it is, where it stands) is authenticated with it and not stored.
 *
 * Format, in Base64: version (1 byte), nonce (12), ciphertext, tag (16). A random nonce is safe for
 * 2^32 texts of one key (NIST SP 800-38D, 8.3): an answer that is saved four times a second
 * reaches that after 34 years. The length of a text shows; its words do not.
 */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const VERSION = 1;
const NONCE = 12;
const TAG = 16;
export const KEY_BYTES = 32;

/** Of 32 bytes; for many texts as a `KeyObject`, which makes each four times as fast. */
type Key = Buffer | KeyObject;

/** @param about what has to be the same again when it is opened */
export function sealWith(key: Key, text: string | Buffer, about: readonly string[]): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(JSON.stringify(about)));
  const hidden = cipher.update(typeof text === "string" ? Buffer.from(text) : text);
  return Buffer.concat([
    Buffer.of(VERSION),
    nonce,
    hidden,
    cipher.final(),
    cipher.getAuthTag(),
  ]).toString("base64");
}

/** @returns undefined when anything about it is not as it was sealed */
export function openWith(key: Key, sealed: string, about: readonly string[]): Buffer | undefined {
  const bytes = Buffer.from(sealed, "base64");
  if (bytes[0] !== VERSION || bytes.length < 1 + NONCE + TAG) return undefined;
  const nonce = bytes.subarray(1, 1 + NONCE);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.from(JSON.stringify(about)));
  decipher.setAuthTag(bytes.subarray(-TAG));
  const text = decipher.update(bytes.subarray(1 + NONCE, -TAG));
  try {
    // Throws unless all of it is authentic; until then nothing is given to anybody.
    decipher.final();
    return text;
  } catch {
    return undefined;
  }
}
