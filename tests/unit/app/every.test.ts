/** Work that is done again and again: when, and what becomes of it when it fails or the server stops. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { repeat } from "../../../src/app/every.ts";

const DAY_MS = 86_400_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

test("is done at the start, one after the other, and again at its time", async () => {
  const done: string[] = [];
  const work = (name: string, ms: number) => ({
    ...{ ms, failed: "" },
    run: async () => void done.push(name),
  });
  await using _ = await repeat([work("first", DAY_MS), work("second", 2 * DAY_MS)], () => {});
  expect(done).toEqual(["first", "second"]);
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(done).toEqual(["first", "second", "first"]);
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(done.toSorted()).toEqual(["first", "first", "first", "second", "second"]);
});

test("a failure is logged, keeps nobody from the server and ends nothing", async () => {
  const logged: string[] = [];
  let runs = 0;
  const run = async () => {
    runs += 1;
    if (runs < 3) throw new Error("busy");
  };
  const log = (line: string, error: unknown) => logged.push(`${line}: ${String(error)}`);
  await using _ = await repeat([{ ms: DAY_MS, failed: "what is too old stays", run }], log);
  await vi.advanceTimersByTimeAsync(2 * DAY_MS);
  expect(runs).toBe(3);
  const line = "what is too old stays: Error: busy";
  expect(logged).toEqual([line, line]);
});

test("nothing is begun before the last run has ended, and the end waits for it", async () => {
  const slow: PromiseWithResolvers<void>[] = [];
  let runs = 0;
  const run = async () => {
    runs += 1;
    if (runs === 1) return;
    const one = Promise.withResolvers<void>();
    slow.push(one);
    await one.promise;
  };
  const repeated = await repeat([{ ms: DAY_MS, failed: "", run }], () => {});
  await vi.advanceTimersByTimeAsync(5 * DAY_MS);
  expect(runs).toBe(2);
  let ended = false;
  const end = Promise.resolve(repeated[Symbol.asyncDispose]()).then(() => {
    ended = true;
  });
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(ended).toBe(false);
  slow[0]?.resolve();
  await end;
  await vi.advanceTimersByTimeAsync(5 * DAY_MS);
  expect(runs).toBe(2);
  expect(vi.getTimerCount()).toBe(0);
});
