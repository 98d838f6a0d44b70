/** An answer of the starter's, computed again: by itself, by other settings, by another file. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Engine } from "../../../src/core/engine.ts";
import type { ReplayRequest } from "../../../src/core/extras.ts";
import { keyOf } from "../../unit/provenance/marking.ts";
import { starterModel } from "../model.ts";
import { product } from "../start.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await product.start(starterModel());
});
afterAll(() => engine.close());
const { signal } = new AbortController();

async function write(seed: number, marked: boolean): Promise<ReplayRequest> {
  const { id, key } = keyOf(1);
  const request = {
    messages: [{ role: "user" as const, content: "Write about the sea and its fish." }],
    sampling: { temperature: 0.8, topP: 0.95, maxTokens: 120, seed },
    extras: marked ? { draw: { id, key, required: true } } : {},
    signal,
  };
  let answer = "";
  for await (const piece of engine.generate({ ...request, reproducible: false })) {
    if (typeof piece === "string") answer += piece;
    else if ("type" in piece && piece.type === "text") answer += piece.text;
  }
  return { ...request, answer };
}
/** How far the tokens are off on average, where none counts for more than 2. */
async function off(request: ReplayRequest, by = engine) {
  const places = (await by.replay?.(request)) ?? [];
  expect(places.length).toBeGreaterThan(60);
  return places.reduce((sum, { behind }) => sum + Math.min(2, behind), 0) / places.length;
}

test("nearly every token is the one that would have been taken, also by other threads", async () => {
  const [plain, marked] = await Promise.all([write(1, false), write(2, true)]);
  const plan = { slots: 1, threads: 2, batchThreads: 1, batchTokens: 32 };
  const other = await product.start(starterModel(), { plan });
  try {
    for (const request of [plain, marked]) {
      expect(await off(request)).toBeLessThan(0.03);
      expect(await off(request, other)).toBeLessThan(0.03);
    }
  } finally {
    await other.close();
  }
});

test("another seed or temperature takes others, and an edit shows where it is", async () => {
  const request = await write(3, true);
  const { sampling, answer } = request;
  const warmer = { ...sampling, temperature: 1.4 };
  expect(await off({ ...request, sampling: warmer })).toBeGreaterThan(0.03);
  expect(await off({ ...request, extras: {} })).toBeGreaterThan(0.5);
  const words = answer.split(" ");
  const middle = Math.floor(words.length / 2);
  words[middle] = "umbrellas";
  const edited = words.join(" ");
  const places = (await engine.replay?.({ ...request, answer: edited })) ?? [];
  let length = 0;
  const far = places.flatMap(({ text, behind }) => {
    const at = length;
    length += text.length;
    return behind > 1 ? [at - edited.indexOf("umbrellas")] : [];
  });
  expect(far.some((at) => at >= -12 && at <= 9)).toBe(true);
  // A text may be cut into other tokens than it was written in, which is seldom.
  expect(far.filter((at) => at < -12).length).toBeLessThanOrEqual(2);
});
