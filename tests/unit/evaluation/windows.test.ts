/** Windows as the tools cut them that their protocols come from. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textsOf, windowsOf } from "../../../src/features/evaluation/perplexity/windows.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const how = (protocol: "llama" | "strided" | "bits", context: number, stride = context / 2) => ({
  ...{ protocol, context, stride },
});

describe("llama", () => {
  test("scores the second half of each window but for its first token, and drops the rest", () => {
    const windows = windowsOf(how("llama", 512), [range(0, 2081)], 0);
    expect(windows).toHaveLength(4);
    expect(windows[1]?.tokens).toEqual(range(512, 1024));
    expect(windows[1]?.from).toBe(257);
    const scored = windows.reduce((sum, { tokens, from }) => sum + tokens.length - from, 0);
    // As llama-perplexity counts on the English declaration of human rights.
    expect(scored).toBe(1020);
  });

  test("gives the place of each first token to the model's own", () => {
    // The tool's list: the opening, then the text; its second window begins with token 8.
    const windows = windowsOf(how("llama", 8), [range(1, 17)], 1);
    expect(windows.map(({ tokens }) => tokens)).toEqual([range(1, 8), range(9, 16)]);
    // With the opening before it, the token at index 5 of the window is the first that counts.
    expect(windows.map(({ from }) => from)).toEqual([4, 4]);
  });

  test("wants two windows at least", () => {
    expect(() => windowsOf(how("llama", 512), [range(0, 1023)], 0)).toThrow(/1023 tokens.*1024/);
  });
});

test("strided windows score each token once, as Hugging Face's guide has it", () => {
  const windows = windowsOf(how("strided", 512, 256), [range(0, 2080)], 0);
  expect(windows[0]).toMatchObject({ from: 0 });
  expect(windows[1]).toMatchObject({ from: 256 });
  expect(windows[1]?.tokens).toEqual(range(256, 768));
  expect(windows.at(-1)?.tokens.at(-1)).toBe(2079);
});

test("every token is scored once and in order, whatever the sizes", () => {
  const sizes = fc.record({
    length: fc.integer({ min: 1, max: 300 }),
    context: fc.integer({ min: 16, max: 64 }),
    stride: fc.integer({ min: 1, max: 80 }),
    opening: fc.integer({ min: 0, max: 2 }),
    protocol: fc.constantFrom("strided" as const, "bits" as const),
  });
  fc.assert(
    fc.property(sizes, ({ length, context, stride, opening, protocol }) => {
      const tokens = range(0, length);
      const windows = windowsOf({ protocol, context, stride }, [tokens], opening);
      expect(windows.flatMap((one) => one.tokens.slice(one.from))).toEqual(tokens);
      for (const one of windows) expect(one.tokens.length + opening).toBeLessThanOrEqual(context);
    }),
  );
});

test("texts of a language are read as one, but by themselves for bits per byte", () => {
  const documents = [
    { text: "One.", language: "en" },
    { text: "Dos.", language: "es" },
    { text: "Three.", language: "en" },
  ];
  expect(textsOf({ protocol: "llama" }, documents)).toEqual([
    { language: "en", text: "One.\n\nThree." },
    { language: "es", text: "Dos." },
  ]);
  expect(textsOf({ protocol: "bits" }, documents)).toEqual(documents);
});

test("reads no more windows of each text than were asked for", () => {
  const few = windowsOf({ ...how("llama", 16), windows: 2 }, [range(0, 80), range(0, 80)], 0);
  expect(few.map(({ text }) => text)).toEqual([0, 0, 1, 1]);
});
