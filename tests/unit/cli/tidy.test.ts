/** What the start has left behind is given back a while later, without a flag on the command line. */
import { afterEach, expect, test, vi } from "vitest";
import { tidyLater } from "../../../src/core/tidy.ts";

afterEach(() => vi.useRealTimers());

test("garbage that nothing else would collect is gone after a while, and not before", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const left = new WeakRef({ of: "the start" });
  // A weak reference is kept alive until the task that made it has ended.
  await new Promise((resolve) => setImmediate(resolve));
  tidyLater();
  vi.advanceTimersByTime(1000);
  expect(left.deref()).toBeDefined();
  await new Promise((resolve) => setImmediate(resolve));
  vi.advanceTimersByTime(60_000);
  expect(left.deref()).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});
