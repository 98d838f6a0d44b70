/**
 * Writes `src/features/accounts/common-passwords.json` from a list of breached passwords, one a
 * line: `node scripts/passwords.ts LIST`. Kept are those that the length rule would let through, in
 * small letters, each as the first 32 bits of its SHA-256: nobody has to read them, and they take a
 * third of the room. Of a good password, one in 100,000 is then refused by accident.
 *
 * The list in use is `10-million-password-list-top-1000000.txt` of SecLists (MIT), collected by Mark
 * Burnett from public breaches.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/** What the policy asks for by default; a policy that allows shorter ones is checked from here on. */
const MIN_LENGTH = 12;
const [list] = process.argv.slice(2);
if (!list) {
  console.error("node scripts/passwords.ts LIST");
  process.exit(2);
}

const words = readFileSync(list, "utf8")
  .split(/\r?\n/)
  .map((word) => word.normalize("NFC").toLowerCase())
  .filter((word) => word.length >= MIN_LENGTH);
const digests = new Set(
  words.map((word) => createHash("sha256").update(word).digest().readUInt32LE(0)),
);
const sorted = Uint32Array.from(digests).sort();
const content = {
  source: "SecLists (MIT): Passwords/Common-Credentials/10-million-password-list-top-1000000.txt",
  minLength: MIN_LENGTH,
  count: sorted.length,
  digests: Buffer.from(sorted.buffer).toString("base64"),
};
const target = new URL("../src/features/accounts/common-passwords.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(content, null, 2)}\n`);
console.log(`${content.count} passwords`);
