/** However the text is cut into pieces, the filter shows what stands before the first stop. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { DEFAULT_SAMPLING, type Finish } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { stopFilter } from "../../../src/features/openai/stop.ts";
import { testHouse } from "../../fixtures/house.ts";

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
  it("shows the text before the stop that is complete first, however it arrives", () => {
    fc.assert(
      fc.property(fc.array(text), stops, (pieces, stops) => {
        const whole = pieces.join("");
        // As if every character came alone: the first at which some stop is complete.
        const ends = Array.from(whole, (_, at) => [...whole].slice(0, at + 1).join(""));
        const first = ends.find((text) => stops.some((stop) => text.endsWith(stop)));
        const fit = stops.filter((stop) => first?.endsWith(stop)).map((stop) => stop.length);
        const end = first === undefined ? whole.length : first.length - Math.max(...fit);
        const { shown, stopped } = show(pieces, stops);
        expect(stopped).toBe(first !== undefined);
        expect(whole.slice(0, end)).toBe(shown);
      }),
    );
  });

  it("holds nothing back when there is nothing to stop at", () => {
    const filter = stopFilter([]);
    expect(filter.push("Hello")).toBe("Hello");
  });
});

describe("a turn with stop strings", () => {
  const engine = scripted({ tokenMs: 1, reply: () => "one two three four five six seven" });
  const house = testHouse({ engines: only(engine) });
  house.open(openai);
  const { run } = house;

  async function ask(stop: readonly string[], signal = new AbortController().signal) {
    const messages = [{ role: "user", content: "Count." }] as const;
    let text = "";
    let finish: Finish | undefined;
    const turn = { messages, sampling: DEFAULT_SAMPLING, origin: "test", signal, stop };
    for await (const delta of run(turn)) {
      if (delta.type === "text") text += delta.text;
      if (delta.type === "finish") finish = delta.finish;
    }
    return { text, finish };
  }

  it("ends before the first of them and spares the engine the rest", async () => {
    const { text, finish } = await ask(["five", "o thr"]);
    expect(text).toBe("one tw");
    expect(finish?.reason).toBe("stop");
    expect(finish?.completionTokens).toBeLessThan(7);
  });

  it("is whole when none of them occurs", async () => {
    const { text, finish } = await ask(["eight", "seven six"]);
    expect(text).toBe("one two three four five six seven");
    expect(finish).toMatchObject({ reason: "stop", completionTokens: 7 });
  });

  it("says that it was cancelled when the reader leaves first", async () => {
    const { finish } = await ask(["seven"], AbortSignal.abort());
    expect(finish?.reason).toBe("cancelled");
  });
});
