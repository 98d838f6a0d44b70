/**
 * Which passwords are taken: by length, as NIST SP 800-63B has it, and none that attackers try
 * first. The list of breached ones is shipped with us, so that no password and no part of one ever
 * leaves the machine.
 */
import { createHash } from "node:crypto";
import common from "./common-passwords.json" with { type: "json" };
import { passwordCommon, passwordShort } from "./errors.ts";

/** Words about the person and the place, which attackers try with additions. */
export interface Known {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
}

let list: Set<number> | undefined;

function isListed(password: string): boolean {
  list ??= new Set(new Uint32Array(Uint8Array.from(Buffer.from(common.digests, "base64")).buffer));
  return list.has(createHash("sha256").update(password).digest().readUInt32LE(0));
}

/** @throws CharlaError `password_too_short`, `password_too_common` */
export function checkPassword(password: string, minLength: number, known: Known = {}): void {
  const plain = password.normalize("NFC").toLowerCase();
  if ([...plain].length < minLength) throw passwordShort(minLength);
  if (isListed(plain) || isListed(bare(plain)) || isDull(plain) || isAbout(plain, known)) {
    throw passwordCommon();
  }
}

/** Without the year, the digits and the signs that people put at the end. */
const bare = (password: string) => password.replace(/[\d\p{P}\p{S}\s]+$/u, "");

/** One short piece over and over, or a handful of different signs. */
const isDull = (password: string) =>
  /^(.{1,8}?)\1+$/su.test(password) || new Set(password).size < 5;

function isAbout(password: string, { name = "", email = "" }: Known): boolean {
  const [local = ""] = email.toLowerCase().split("@");
  const words = [...name.toLowerCase().split(/\s+/), local, email.toLowerCase(), "charla"];
  // What is left besides the word has to be worth something by itself.
  return words.some(
    (word) => word.length >= 4 && password.includes(word) && password.length - word.length < 8,
  );
}
