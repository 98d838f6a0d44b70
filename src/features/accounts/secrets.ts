/** Random tokens that are shown once, their digests, which are stored, and hashes of passwords. */
import { argon2, hash, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** 256 bits, so that guessing needs no other bound and a plain digest is enough at rest. */
export const newToken = (prefix = ""): string => prefix + randomBytes(32).toString("base64url");

export const digestOf = (token: string): string => hash("sha256", token, "base64url");

/**
 * OWASP's "Password Storage Cheat Sheet": Argon2id with 19 MiB, 2 passes, 1 lane. Stored in the
 * PHC string format, so that hashes outlive a change of these numbers.
 */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const TAG_BYTES = 32;

const derive = promisify(argon2);

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await tagOf(password, salt, MEMORY_KIB, PASSES);
  const text = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${text(salt)}$${text(tag)}`;
}

export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([\w+/]+)\$([\w+/]+)$/.exec(hash);
  if (!parts) return false;
  const [memory = "", passes = "", salt = "", tag = ""] = parts.slice(1);
  const stored = Buffer.from(tag, "base64");
  const given = await tagOf(password, Buffer.from(salt, "base64"), Number(memory), Number(passes));
  return stored.length === given.length && timingSafeEqual(stored, given);
}

/** NFC, so that a password is the same on every keyboard that can write it. */
const tagOf = (password: string, nonce: Buffer, memory: number, passes: number) =>
  derive("argon2id", {
    ...{ message: password.normalize("NFC"), nonce, memory, passes },
    ...{ parallelism: 1, tagLength: TAG_BYTES },
  });
