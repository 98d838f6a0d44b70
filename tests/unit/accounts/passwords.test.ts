import fc from "fast-check";
import { expect, test } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import { checkPassword } from "../../../src/features/accounts/passwords.ts";
import { hashPassword, verifyPassword } from "../../../src/features/accounts/secrets.ts";

const EVA = { name: "Eva Luna", email: "evaluna@example.org" };

function codeOf(password: string, length = 12): string {
  try {
    checkPassword(password, length, EVA);
    return "";
  } catch (thrown) {
    return CharlaError.from(thrown).code;
  }
}

test.each([
  ["of the breaches", "1q2w3e4r5t6y"],
  ["of the breaches, in capitals", "QWERTY123456"],
  ["of the breaches, with a year behind it", "leavemealone2026!"],
  ["a piece over and over", "abcabcabcabcabc"],
  ["one sign", "aaaaaaaaaaaaaaaa"],
  ["a handful of signs", "abababcabcbacbab"],
  ["the address", "evaluna@example.org1"],
  ["the name with a year", "evaluna2026!"],
  ["the product", "Charla123456"],
])("a password that is %s is refused", (_why, password) => {
  expect(codeOf(password)).toBe("password_too_common");
});

test("length counts in characters, and nothing but length and commonness does", () => {
  expect(codeOf("once letras")).toBe("password_too_short");
  expect(codeOf("🦊🐙🦉🐝🦋🐢🐬🦜🐳🦔🐿🦚")).toBe("");
  for (const good of [
    "correct horse battery staple",
    "cuatro palabras sin relación",
    "tnbvzwqxhkrm",
  ]) {
    expect(codeOf(good)).toBe("");
  }
});

test("random passwords are let through", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 32 }), (bytes) => {
      fc.pre(new Set(bytes).size > 10);
      // The list knows four bytes of each digest, so that one in 100,000 falls to chance.
      expect(codeOf(Buffer.from(bytes).toString("base64url"))).toBe("");
    }),
    { numRuns: 200, seed: 7 },
  );
});

test("a hash is verified by its password alone, however it was typed", async () => {
  const hash = await hashPassword("relación de palabras");
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await verifyPassword(hash, "relación de palabras".normalize("NFD"))).toBe(true);
  expect(await verifyPassword(hash, "relacion de palabras")).toBe(false);
  expect(await hashPassword("relación de palabras")).not.toBe(hash);
  for (const broken of ["", "x", hash.slice(0, -1), hash.replace("argon2id", "argon2i")]) {
    expect(await verifyPassword(broken, "relación de palabras")).toBe(false);
  }
});
