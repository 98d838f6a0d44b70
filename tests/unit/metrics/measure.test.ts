/** The step around a turn: what it tells of each way in which one can end, and that it changes none. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Engine, only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import type { Asking } from "../../../src/core/feature.ts";
import { askEngine, compose, type Step } from "../../../src/core/turn.ts";
import { DEFAULT_SAMPLING, type Delta, type Turn } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import {
  Activity,
  type Measured,
  measure,
  toRecord,
} from "../../../src/features/metrics/measure.ts";

const SECRET = "the cat is under the bed";

const turnOf = (signal = new AbortController().signal, maxTokens = 100): Turn => ({
  messages: [{ role: "user", content: SECRET }],
  sampling: { ...DEFAULT_SAMPLING, maxTokens },
  origin: "test",
  signal,
});

function measured(engine: Engine = scripted({ id: "parrot" })) {
  const activity = new Activity();
  const asking: Asking = { id: "r1", local: true, address: "127.0.0.1", network: "127.0.0.1" };
  const all: Measured[] = [];
  const step = measure(
    activity,
    () => asking,
    (one) => all.push(one),
  );
  return { activity, asking, all, run: compose([step], askEngine(only(engine))) };
}

test("an answer that ends by itself: its model, tokens and times, each counted once", async () => {
  const { activity, asking, all, run } = measured();
  const deltas = run(turnOf())[Symbol.asyncIterator]();
  expect(activity.running).toBe(0);
  await deltas.next();
  expect(activity.running).toBe(1);
  const rest = await Array.fromAsync({ [Symbol.asyncIterator]: () => deltas });
  await deltas.return?.();
  expect(rest.at(-1)?.type).toBe("finish");
  expect(activity).toEqual({ running: 0, tokens: 8 });
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({
    ...{ origin: "test", request: "r1", model: "parrot", outcome: "stop", error: undefined },
    finish: { promptTokens: 10, completionTokens: 8 },
  });
  const { firstTokenMs = Number.NaN, totalMs } = all[0] as Measured;
  expect(firstTokenMs).toBeLessThanOrEqual(totalMs);
  expect(asking.timings).toEqual(all[0]?.finish?.timings);
});

test("an answer that reaches its limit", async () => {
  const { all, run } = measured();
  await Array.fromAsync(run(turnOf(undefined, 2)));
  expect(all).toMatchObject([{ outcome: "length", finish: { completionTokens: 2 } }]);
});

test("one that is stopped, and one whose reader leaves", async () => {
  const { activity, all, run } = measured(scripted({ tokenMs: 1 }));
  const abort = new AbortController();
  for await (const { type } of run(turnOf(abort.signal))) if (type === "text") abort.abort();
  for await (const { type } of run(turnOf())) if (type === "text") break;
  expect(all).toMatchObject([
    { outcome: "cancelled", error: undefined, finish: { reason: "cancelled" } },
    { outcome: "cancelled", error: undefined, finish: undefined },
  ]);
  expect(activity.running).toBe(0);
});

test("one that fails, before its model is known or after; an abort that is thrown is none", async () => {
  const error = new CharlaError("test_broken", { message: "It broke.", hint: "Mend it." });
  const abort = new AbortController();
  const breaks: Engine = {
    ...scripted({ id: "parrot" }),
    async *generate() {
      yield "word";
      throw abort.signal.aborted ? abort.signal.reason : error;
    },
  };
  const { activity, all, run } = measured(breaks);
  await expect(Array.fromAsync(run(turnOf()))).rejects.toBe(error);
  const long = { ...turnOf(), messages: [{ role: "user" as const, content: "a ".repeat(9000) }] };
  await expect(Array.fromAsync(run(long))).rejects.toThrow("The last message");
  const stopped = run(turnOf(abort.signal))[Symbol.asyncIterator]();
  for (let i = 0; i < 2; i++) await stopped.next();
  abort.abort();
  await expect(stopped.next()).rejects.toThrow("aborted");
  expect(all).toMatchObject([
    { outcome: "test_broken", error, model: "parrot", finish: undefined },
    { outcome: "context_length_exceeded", error: { status: 400 }, model: undefined },
    { outcome: "cancelled", error: undefined },
  ]);
  expect(all.map((one) => toRecord(one))).toMatchObject([
    { level: "error" },
    { level: "warn" },
    { level: "info" },
  ]);
  expect(activity.running).toBe(0);
});

test("whatever is read, in whichever order, deltas pass unchanged and nothing stays running", async () => {
  const texts = fc.array(fc.string({ maxLength: 5 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(texts, fc.nat(25), async (pieces, read) => {
      const deltas: Delta[] = pieces.map((text) => ({ type: "text", text }));
      async function* inner() {
        yield* deltas;
      }
      const activity = new Activity();
      let ends = 0;
      const step = measure(
        activity,
        () => undefined,
        () => {
          ends += 1;
        },
      );
      const iterator = step(turnOf(), inner)[Symbol.asyncIterator]();
      const seen: Delta[] = [];
      for (let i = 0; i < read; i++) {
        const next = await iterator.next();
        if (next.done) break;
        seen.push(next.value);
      }
      await iterator.return?.();
      expect(seen).toEqual(deltas.slice(0, read));
      expect(activity.running).toBe(0);
      expect(ends).toBe(read === 0 ? 0 : 1);
    }),
  );
});

test("the record of a turn holds nothing that was said", async () => {
  const { all, run } = measured();
  await Array.fromAsync(run(turnOf()));
  const record = JSON.stringify(toRecord(all[0] as Measured));
  expect(JSON.parse(record)).toMatchObject({
    ...{ event: "turn", level: "info", request: "r1", origin: "test", model: "parrot" },
    ...{ outcome: "stop", promptTokens: 10, cachedTokens: 0, completionTokens: 8 },
    ...{ queueMs: expect.any(Number), prefillMs: expect.any(Number), decodeMs: expect.any(Number) },
  });
  for (const word of SECRET.split(" ")) expect(record).not.toMatch(new RegExp(`\\b${word}\\b`));
});

test("the line of the log tells what the law asks for: when, which file, which policy, what the guard found", async () => {
  const engine = scripted();
  const card = { ...engine.card, digest: "ab".repeat(32) };
  const source = { kind: "document" as const, name: "letter to Hortensia.pdf" };
  const guard = { score: 0.7, signs: ["override"], sources: [source] };
  const all: Measured[] = [];
  const guarding: Step = async function* (turn, next) {
    for await (const delta of next(turn)) {
      if (delta.type === "start") yield { ...delta, start: { ...delta.start, guard } };
      else if (delta.type === "finish") {
        yield { ...delta, finish: { ...delta.finish, guard: { withheld: { secret: 1 } } } };
      } else yield delta;
    }
  };
  const step = measure(
    new Activity(),
    () => undefined,
    (one) => all.push(one),
  );
  const run = compose([step, guarding], askEngine(only({ ...engine, card })));
  const before = Date.now();
  await Array.fromAsync(run(turnOf()));
  const record = toRecord(all[0] as Measured, "policy-1") as Record<string, unknown>;
  expect(record).toMatchObject({
    ...{ digest: card.digest, policy: "policy-1" },
    guard: { score: 0.7, signs: ["override"], withheld: { secret: 1 } },
  });
  expect(Date.parse(record.startedAt as string)).toBeGreaterThanOrEqual(before);
  expect(JSON.stringify(record)).not.toContain("Hortensia");
  expect(JSON.stringify(record)).not.toContain(SECRET);
});
