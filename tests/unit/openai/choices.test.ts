/** However several turns interleave, each is told whole, in its order, and none outlives the rest. */
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunTurn } from "../../../src/core/turn.ts";
import { DEFAULT_SAMPLING, type Delta, type Start, type Turn } from "../../../src/core/types.ts";
import { open } from "../../../src/features/openai/choices.ts";

const start = { type: "start", start: {} as Start } as const;
const turn = (seed: number): Turn => ({
  messages: [],
  sampling: { ...DEFAULT_SAMPLING, seed },
  origin: "test",
  signal: new AbortController().signal,
});

/** Each turn waits so many milliseconds before each of its texts. */
const scripts = fc.array(fc.array(fc.nat(3), { maxLength: 5 }), { minLength: 1, maxLength: 6 });

function runOf(waits: readonly (readonly number[])[], failsAt?: readonly [number, number]) {
  const open = new Set<number>();
  const run: RunTurn = async function* ({ sampling: { seed = 0 }, signal }): AsyncGenerator<Delta> {
    open.add(seed);
    try {
      yield start;
      for (const [at, ms] of (waits[seed] ?? []).entries()) {
        if (signal.aborted) return;
        if (ms > 0) await sleep(ms);
        if (failsAt?.[0] === seed && failsAt[1] === at) throw new RangeError("no more");
        yield { type: "text", text: `${at}` };
      }
    } finally {
      open.delete(seed);
    }
  };
  return { run, open };
}

test("every delta of every turn comes once and in order", async () => {
  const property = fc.asyncProperty(scripts, async (waits) => {
    const { run, open: running } = runOf(waits);
    const choices = await open(
      run,
      waits.map((_, seed) => turn(seed)),
    );
    expect(choices.starts).toHaveLength(waits.length);
    const texts = waits.map(() => "");
    for (let part = await choices.next(); part; part = await choices.next()) {
      if (part.delta.type === "text") texts[part.index] += part.delta.text;
    }
    expect(texts).toEqual(waits.map((list) => list.map((_, at) => at).join("")));
    expect(await choices.next()).toBeUndefined();
    await choices.end();
    expect(running.size).toBe(0);
  });
  await fc.assert(property, { numRuns: 50 });
});

test("a turn that fails is thrown after what came before it, and the end ends the others", async () => {
  const property = fc.asyncProperty(scripts, fc.nat(5), fc.nat(4), async (waits, which, at) => {
    fc.pre(at < (waits[which]?.length ?? 0));
    const { run, open: running } = runOf(waits, [which, at]);
    const choices = await open(
      run,
      waits.map((_, seed) => turn(seed)),
    );
    let text = "";
    const read = async () => {
      for (let part = await choices.next(); part; part = await choices.next()) {
        if (part.index === which && part.delta.type === "text") text += part.delta.text;
      }
    };
    await expect(read()).rejects.toThrow("no more");
    expect(text).toHaveLength(at);
    await choices.end();
    expect(running.size).toBe(0);
  });
  await fc.assert(property, { numRuns: 50 });
});

test("a turn that cannot begin keeps all from beginning", async () => {
  const running = new Set<number>();
  const run: RunTurn = async function* ({ sampling: { seed = 0 }, signal }) {
    if (seed === 1) throw new RangeError("no start");
    running.add(seed);
    try {
      yield start;
      while (!signal.aborted) await sleep(1);
    } finally {
      running.delete(seed);
    }
  };
  await expect(open(run, [turn(0), turn(1), turn(2)])).rejects.toThrow("no start");
  expect(running.size).toBe(0);
});
