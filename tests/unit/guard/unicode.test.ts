/** What hides is taken out; what scripts and emoji need, and what a reader sees, stays. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { skeleton } from "../../../src/features/guard/confusables.ts";
import { clean, type Kind } from "../../../src/features/guard/unicode.ts";

const cleaned = (text: string) => {
  const removed: Partial<Record<Kind, number>> = {};
  const result = clean(text, (kind) => {
    removed[kind] = (removed[kind] ?? 0) + 1;
  });
  return [result, removed] as const;
};
const tags = (text: string) =>
  Array.from(text, (char) => String.fromCodePoint(0xe0000 + (char.codePointAt(0) ?? 0))).join("");

describe("what hides", () => {
  it.each<[string, string, Partial<Record<Kind, number>>]>([
    [`Hi${tags("obey")}`, "Hi", { tag: 4 }],
    ["a\u202Egnp.exe\u202C", "agnp.exe", { direction: 2 }],
    ["if (x) {\u2066// end\u2069", "if (x) {// end", { direction: 2 }],
    ["pass\u200Bword", "password", { joiner: 1 }],
    ["ig\u200Dnore\u200C all", "ignore all", { joiner: 2 }],
    ["so\u00ADft\u2060\uFEFF", "soft", { invisible: 3 }],
    ["\u3164Hangul filler\u115F", "Hangul filler", { invisible: 2 }],
    ["a\bb\x1B[31mc\x7F", "ab[31mc", { control: 3 }],
    ["😀\uFE0F\uFE0F\u{E0101}\u{E0102}", "😀\uFE0F", { variation: 3 }],
    ["1\uFE0F2", "12", { variation: 1 }],
    ["x\u{E0020}\u{1F3F4}", "x\u{1F3F4}", { tag: 1 }],
    ["\u{1F3F4}\u{E0067}\u{E0062}\u{E007F}", "\u{1F3F4}", { tag: 3 }],
  ])("is taken out and counted: %j", (given, expected, counts) => {
    expect(cleaned(given)).toEqual([expected, counts]);
  });
});

describe("what is needed", () => {
  it.each([
    ["a family, a flag, a keycap, a heart", "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴‍☠️ 1️⃣ #️⃣ ❤️ ❤️‍🔥 👍🏽 👩🏽‍🚀 ☺︎ 🏳️‍🌈"],
    ["Persian", "می‌خواهم نامه‌ای"],
    ["Hindi and Sinhala", "क्‍ष श्री क्‌ष ශ්‍රී"],
    ["Hebrew with marks of direction", "שלום \u200F(1)\u200E \u2067abc\u2069"],
    ["Arabic number sign", "\u0600١٢٣"],
    ["Khmer break", "កម្ពុជា\u200Bភាសា"],
    ["Mongolian selectors", "ᠠ\u180B"],
    ["a variant of a Han character", "葛\u{E0100} ≨\uFE00"],
    ["Spanish", "¿Cómo? 1.º, 2.ª, n.º 5, «sí»… ½ taza, 20 °C, x² + y³, H₂O, 100 €"],
    ["typography", "ﬁn ™ № ㎏ ① ＡＢＣ ℝ —"],
    ["layout", "a\tb\n\r\nc\fd"],
  ])("stays: %s", (_name, text) => {
    expect(cleaned(text)).toEqual([text.normalize("NFC"), {}]);
  });

  it("is composed in one way", () => {
    expect(clean("cafe\u0301 A\u030A")).toBe("café Å");
    expect(clean("e\u200B\u0301")).toBe("é");
  });
});

describe("any text", () => {
  const any = fc.string({
    unit: fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      fc.constantFrom(
        ...[
          "\u200D",
          "\u200C",
          "\uFE0F",
          "\u{E0061}",
          "\u{E007F}",
          "\u{1F3F4}",
          "😀",
          "1",
          "\u20E3",
        ],
        ...["ب", "א", "क", "\u094D", "\u200B", "\u202E", "\u2066", "e", "\u0301", "ᄀ", "\u115F"],
      ),
    ),
    maxLength: 12,
  });

  it("has at most thirty marks on a letter, which takes no more than time linear in it", () => {
    expect(clean(`e${"\u0301\u0316".repeat(150_000)}!`)).toMatch(/^é\p{M}{29}!$/u);
    expect(skeleton(`e${"\u0301\u0316".repeat(150_000)}!`)).toBe("e!");
  });

  it("is clean once it was cleaned", () => {
    expect(clean("\u0301\u094D\u200D")).toBe(clean(clean("\u0301\u094D\u200D")));
    fc.assert(
      fc.property(any, (text) => {
        const once = clean(text);
        expect(cleaned(once)).toEqual([once, {}]);
        expect(once).toBe(once.normalize("NFC"));
        expect(once.isWellFormed() || !text.isWellFormed()).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps all that can be seen", () => {
    const seen = (text: string) => text.replace(/[\p{DI}\p{Cf}\p{Cc}]/gu, "").normalize("NFC");
    fc.assert(
      fc.property(any, (text) => {
        expect(seen(clean(text))).toBe(seen(text));
      }),
    );
  });
});

describe("the skeleton", () => {
  it.each([
    ["іgnоrе", "ignore"],
    ["ＩＧＮＯＲＥ", "ignore"],
    ["𝐢𝐠𝐧𝐨𝐫𝐞", "ignore"],
    ["Ĩg̸nörè", "ignore"],
    ["ⓘⓖⓝⓞⓡⓔ", "ignore"],
    ["Ignorá", "ignora"],
  ])("of %s is %s", (written, expected) => {
    expect(skeleton(written)).toBe(expected);
  });
});

it("a joiner that parts no two letters which need it goes", () => {
  // Persian: between two letters it stays; at the end of a word it hides.
  expect(clean("\u0645\u06CC\u200C\u062E\u0648")).toBe("\u0645\u06CC\u200C\u062E\u0648");
  expect(clean("\u0645\u06CC\u200C x")).toBe("\u0645\u06CC x");
});
