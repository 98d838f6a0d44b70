/** The starter model's own answers: marked, found again, and the same for the same seed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Engine } from "../../../src/core/engine.ts";
import type { Ending } from "../../../src/core/types.ts";
import { detect, type Words } from "../../../src/features/provenance/watermark/detect.ts";
import { keyOf } from "../../unit/provenance/marking.ts";
import { starterModel } from "../model.ts";
import { product } from "../start.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await product.start(starterModel());
});
afterAll(() => engine.close());
const { signal } = new AbortController();

async function write(content: string, seed: number, marked = true, maxTokens = 220) {
  const { id, key } = keyOf(1);
  let text = "";
  let ending: Ending | undefined;
  const pieces = engine.generate({
    messages: [{ role: "user", content }],
    sampling: { temperature: 1, topP: 0.95, maxTokens, seed },
    reproducible: true,
    extras: marked ? { draw: { id, key, required: true } } : {},
    signal,
  });
  for await (const piece of pieces) {
    if (typeof piece === "string") text += piece;
    else if ("reason" in piece) ending = piece;
    else if (piece.type === "text") text += piece.text;
  }
  return { text, draw: ending?.made?.draw };
}

test("an answer is found by its key, whole and in part, and another's is not", async () => {
  const keys = [keyOf(2), keyOf(1)];
  const words = engine as Words;
  const story = await write("Tell me a long story about a lighthouse and its keeper.", 4);
  expect(story.draw?.tokens).toBeGreaterThan(120);
  const found = await detect(story.text, keys, words, signal);
  expect(found).toMatchObject({ verdict: "found", key: { id: "wm-1" } });
  expect(found.tokens).toBeGreaterThan(150);
  const half = story.text.slice(Math.floor(story.text.length / 3));
  expect((await detect(half, keys, words, signal)).verdict).toBe("found");
  const plain = await write("Tell me a long story about a lighthouse and its keeper.", 4, false);
  expect(plain.draw).toBeUndefined();
  expect((await detect(plain.text, keys, words, signal)).verdict).not.toBe("found");
});

test("a seed gives the same marked answer again, and two seeds two answers", async () => {
  const question = "What is a noun? Explain it.";
  const [first, again, other] = [
    await write(question, 7, true, 60),
    await write(question, 7, true, 60),
    await write(question, 8, true, 60),
  ];
  expect(again).toEqual(first);
  expect(other.text).not.toBe(first.text);
});
