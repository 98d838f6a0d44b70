/** Long texts are scored in windows: every token once, and with at least half a window before it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { windows } from "../../../src/engines/llama/service/windows.ts";

test("any text, any window: each token is scored once, in order, with enough before it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2, max: 90 }), (n, size) => {
      const text = Array.from({ length: n }, (_, index) => index);
      const list = windows(text, size);
      expect(list.flatMap(({ tokens, from }) => tokens.slice(from))).toEqual(text);
      for (const { tokens, from } of list) {
        expect(tokens.length).toBeLessThanOrEqual(size);
        if (tokens[0] !== 0) expect(from).toBe(Math.floor(size / 2));
      }
    }),
  );
});
