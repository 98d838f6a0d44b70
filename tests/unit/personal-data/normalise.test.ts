/** The map from the text that is read to the one that was written. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { normalise } from "../../../src/features/personal-data/normalise.ts";
import { Segments } from "../../../src/features/personal-data/segments.ts";
import { anyText, chopped } from "./texts.ts";

test("every unit knows a whole character of the original, in order", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.string({ unit: "binary" })), (text) => {
      const { text: read, from, to } = normalise(text);
      expect(from.length).toBe(read.length);
      expect(to.length).toBe(read.length);
      for (const [at, start] of from.entries()) {
        const end = to[at] as number;
        expect(end).toBeGreaterThan(start);
        expect(start).toBeGreaterThanOrEqual(from[at - 1] ?? 0);
        // The character alone reads as what stands there.
        expect(normalise(text.slice(start, end)).text).toContain(read[at]);
      }
    }),
  );
});

test("what was read reads as itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const { text: read } = normalise(text);
      expect(normalise(read).text).toBe(read);
    }),
  );
});

test.each([
  ["１２３４", "1234"],
  ["٦١٢", "612"],
  ["۶۱۲", "612"],
  ["६१२", "612"],
  ["1\u200b2\u00ad3\u20604", "1234"],
  ["612\u00a034\u202f56", "612 34 56"],
  ["12–34−56‐78", "12-34-56-78"],
  ["n.º niño ＠", "n.o nino @"],
  ["a\r\nb", "a\n\nb"],
])("%s reads %s", (text, read) => {
  expect(normalise(text).text).toBe(read);
});

test("the segments of a text are the text, and the same however it is cut", () => {
  fc.assert(
    fc.property(chopped, ({ text, pieces }) => {
      const whole = new Segments();
      const all = [...whole.push(text), ...whole.end()];
      expect(all.map(({ raw }) => raw).join("")).toBe(text);
      const stream = new Segments();
      const streamed = [...pieces.flatMap((piece) => stream.push(piece)), ...stream.end()];
      expect(streamed.map(({ raw }) => raw).join("")).toBe(text);
      const islands = (list: typeof all) => list.filter((one) => one.island).map((one) => one.text);
      expect(islands(streamed)).toEqual(islands(all));
    }),
  );
});
