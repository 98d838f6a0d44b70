/** The place in the engine's queue in words. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { queueWords } from "../../../src/locales/queue.ts";

test.each([
  [{ place: 1, seconds: 0.2 }, "1st", "1.º", "1 s"],
  [{ place: 2, seconds: 9.1 }, "2nd", "2.º", "10 s"],
  [{ place: 3, seconds: 31 }, "3rd", "3.º", "35 s"],
  [{ place: 4, seconds: 58 }, "4th", "4.º", "1 min"],
  [{ place: 11, seconds: 61 }, "11th", "11.º", "2 min"],
  [{ place: 23 }, "23rd", "23.º", undefined],
])("%j is %s and %s, %s", (waiting, english, spanish, time) => {
  expect(queueWords(waiting, "en")).toEqual({ place: english, time });
  expect(queueWords(waiting, "es")).toEqual({ place: spanish, time });
});

test("a wait is never said to be shorter than it is, nor more than twice as long", () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 10_000, noNaN: true }), (seconds) => {
      const [, amount = "", unit] = /^(\d+) (s|min)$/.exec(
        queueWords({ place: 1, seconds }, "en").time ?? "",
      ) as RegExpExecArray;
      const said = Number(amount) * (unit === "min" ? 60 : 1);
      expect(said).toBeGreaterThanOrEqual(seconds);
      expect(said).toBeLessThanOrEqual(2 * seconds);
    }),
  );
});
