/** The scripted engine's line: first come first served, everybody told, and nobody's slot lost. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Piece } from "../../../src/core/engine.ts";
import { DEFAULT_SAMPLING, type Waiting } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { Line } from "../../../src/engines/scripted-line.ts";

const { signal: never } = new AbortController();

function ask(engine: ReturnType<typeof scripted>, signal = never): AsyncIterator<Piece> {
  const messages = [{ role: "user" as const, content: "hello" }];
  const sampling = { ...DEFAULT_SAMPLING, seed: 1 };
  const pieces = engine.generate({ messages, sampling, reproducible: false, signal });
  return pieces[Symbol.asyncIterator]();
}

test("with one slot the second is told its place, then answered", async () => {
  const engine = scripted({ slots: 1 });
  const first = ask(engine);
  expect((await first.next()).value).toBe("You");
  const second = ask(engine);
  expect((await second.next()).value).toEqual({ type: "waiting", place: 1 });
  const third = ask(engine);
  expect((await third.next()).value).toEqual({ type: "waiting", place: 2 });
  expect(engine.load()).toMatchObject({ slots: 1, busy: 1, queued: 2 });

  const rest = Array.fromAsync({ [Symbol.asyncIterator]: () => first });
  const told = await third.next();
  expect(told.value).toMatchObject({ type: "waiting", place: 1 });
  // An answer has been measured by now, so the wait can be estimated.
  expect((told.value as Waiting).seconds).toBeGreaterThanOrEqual(0);
  expect((await second.next()).value).toBe("You");
  expect((await rest).at(-1)).toMatchObject({ reason: "stop", completionTokens: 3 });
  await second.return?.();
  expect((await third.next()).value).toBe("You");
  await third.return?.();
  expect(engine.load()).toMatchObject({ busy: 0, queued: 0, counters: { requests: 3 } });
});

test("one who is told to stop in the line ends with nothing written", async () => {
  const engine = scripted({ slots: 1 });
  const first = ask(engine);
  await first.next();
  const abort = new AbortController();
  const second = ask(engine, abort.signal);
  await second.next();
  abort.abort();
  expect((await second.next()).value).toMatchObject({ completionTokens: 0 });
  expect(engine.load()).toMatchObject({ queued: 0, busy: 1, counters: { cancelled: 1 } });
  await first.return?.();
});

test("never more than the slots at once, in order, whoever gives up", async () => {
  type Move = "come" | "leave" | "give up";
  const moves = fc.array(fc.constantFrom<Move>("come", "come", "leave", "give up"));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), moves, fc.nat(), async (slots, list, pick) => {
      const line = new Line(slots);
      const inside: number[] = [];
      const outside = new Map<number, AbortController>();
      const served: number[] = [];
      let next = 0;
      const come = async (name: number) => {
        const abort = new AbortController();
        outside.set(name, abort);
        const entering = line.enter(abort.signal);
        let step = await entering.next();
        while (!step.done) step = await entering.next();
        outside.delete(name);
        if (!step.value) return;
        inside.push(name);
        served.push(name);
      };
      const settle = () => new Promise((resolve) => setImmediate(resolve));
      for (const [at, move] of list.entries()) {
        if (move === "come") void come(next++);
        if (move === "leave" && inside.shift() !== undefined) line.leave(1);
        const waiting = [...outside.values()];
        if (move === "give up") waiting[(pick + at) % waiting.length]?.abort();
        await settle();
        expect(line.busy).toBe(inside.length);
        expect(line.busy).toBeLessThanOrEqual(slots);
        expect(line.queued).toBe(outside.size);
        if (line.queued > 0) expect(line.busy).toBe(slots);
      }
      expect(served).toEqual(served.toSorted((a, b) => a - b));
    }),
  );
});
