/** However the text is cut into pieces, the filter shows what stands before the first stop. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stopFilter } from "../../../src/engines/llama/stop.ts";

/** A small alphabet, so that stops do occur, and a character of two UTF-16 units. */
const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "🦉"), maxLength: 30 });
const stops = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\n"), minLength: 1 }), {
  maxLength: 4,
});

function show(pieces: readonly string[], stops: readonly string[]) {
  const filter = stopFilter(stops);
  const shown = pieces.map((piece) => filter.push(piece)).join("") + filter.flush();
  return { shown, stopped: filter.stopped };
}

describe("stopFilter", () => {
  it("shows the text before the first stop, however it arrives", () => {
    fc.assert(
      fc.property(fc.array(text), stops, (pieces, stops) => {
        const whole = pieces.join("");
        const cuts = stops.map((stop) => whole.indexOf(stop)).filter((at) => at >= 0);
        const end = Math.min(whole.length, ...cuts);
        const { shown, stopped } = show(pieces, stops);
        expect(stopped).toBe(cuts.length > 0);
        // A stop met early can only be one that begins earlier: nothing after it is ever shown.
        expect(whole.slice(0, end)).toBe(shown);
      }),
    );
  });

  it("holds nothing back when there is nothing to stop at", () => {
    const filter = stopFilter([]);
    expect(filter.push("Hello")).toBe("Hello");
  });
});
