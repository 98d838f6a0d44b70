/** Long work lets everything else in between, and many pieces of it no less than one. */
import { expect, test } from "vitest";
import { atOnce, inSlices, pauses, type Sliced } from "../../../src/core/slices.ts";

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

function* counting(to: number, order: string[], name: string): Sliced<number> {
  for (let at = 1; at < to; at++) {
    order.push(name);
    yield;
  }
  return to;
}

test("works take turns, and one slice of all of them comes between two others", async () => {
  const order: string[] = [];
  const works = ["a", "b", "c"].map((name) => inSlices(counting(4, order, name)));
  const others = (async () => {
    for (let at = 0; at < 12; at++) {
      await tick();
      order.push(".");
    }
  })();
  expect(await Promise.all(works)).toEqual([4, 4, 4]);
  await others;
  // All begin at once; from then on nobody else waits for more than one slice.
  expect(order.slice(0, 3)).toEqual(["a", "b", "c"]);
  expect(order.slice(3).join("").replace(/\.+/g, ".")).toMatch(/^\.?a\.b\.c\.a\.b\.c\.?$/);
});

test("the same work in one piece gives the same", () => {
  expect(atOnce(counting(4, [], "a"))).toBe(4);
});

test("work that nobody waits for any more ends", async () => {
  const gone = new AbortController();
  const pause = pauses(gone.signal);
  gone.abort(new Error("gone"));
  const endless = async () => {
    for (;;) await pause();
  };
  await expect(endless()).rejects.toThrow("gone");
});
