/** What is sealed opens with the same key in the same place, and in no other way. */
import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { KEY_BYTES, openWith, sealWith } from "../../../src/core/seal.ts";

const key = randomBytes(KEY_BYTES);
const text = fc.string({ unit: "binary", maxLength: 300 });
const about = fc.array(fc.string(), { maxLength: 3 });

it("gives any text back", () => {
  fc.assert(
    fc.property(text, about, (text, about) => {
      expect(openWith(key, sealWith(key, text, about), about)?.toString()).toBe(text);
    }),
  );
});

it("hides equal texts from each other, and every text from who looks", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6 }), (text) => {
      const sealed = sealWith(key, text, []);
      expect(sealed).not.toBe(sealWith(key, text, []));
      expect(Buffer.from(sealed, "base64").includes(text)).toBe(false);
    }),
  );
});

it("opens with no other key, and for no other place", () => {
  fc.assert(
    fc.property(text, about, about, (text, here, there) => {
      fc.pre(JSON.stringify(here) !== JSON.stringify(there));
      const sealed = sealWith(key, text, here);
      expect(openWith(key, sealed, there)).toBeUndefined();
      expect(openWith(randomBytes(KEY_BYTES), sealed, here)).toBeUndefined();
    }),
  );
});

it("does not confuse where one part of the place ends and the next begins", () => {
  const sealed = sealWith(key, "text", ["ab", "c"]);
  for (const other of [["a", "bc"], ["abc"], ["ab,c"], ['ab","c']]) {
    expect(openWith(key, sealed, other)).toBeUndefined();
  }
});

it("notices every bit that is flipped, and every byte that is missing", () => {
  const sealed = Buffer.from(sealWith(key, "a text of some length", ["place"]), "base64");
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(openWith(key, changed.toString("base64"), ["place"]), `bit ${bit}`).toBeUndefined();
  }
  for (let length = 0; length < sealed.length; length++) {
    const short = sealed.subarray(0, length).toString("base64");
    expect(openWith(key, short, ["place"]), `${length} bytes`).toBeUndefined();
  }
});

it("takes anything else for unreadable", () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.base64String()), (junk) => {
      expect(openWith(key, junk, [])).toBeUndefined();
    }),
  );
});
