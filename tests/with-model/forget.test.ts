/**
 * What is forgotten is nowhere: not in the sequences of the model process, not in its cache in
 * memory, and not in the state files, also of engines that do not run.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Engine } from "../../src/core/engine.ts";
import type { Ending, Message } from "../../src/core/types.ts";
import { isEnding } from "../../src/engines/ai-sdk.ts";
import { forgetStates } from "../../src/engines/llama/service/open.ts";
import { starterModel } from "./model.ts";
import { product } from "./start.ts";

const SECRET = "The parcel of Hortensia Quintanilla lies under the seventh stone. ".repeat(8);

/** @param onText called with the first text */
async function ask(engine: Engine, content: string, onText = async () => {}) {
  const { signal } = new AbortController();
  const messages: Message[] = [{ role: "user", content }];
  const sampling = { temperature: 0, topP: 1, maxTokens: 60, seed: 1 };
  let ending: Ending | undefined;
  let first = true;
  for await (const piece of engine.generate({ messages, sampling, reproducible: false, signal })) {
    if (isEnding(piece)) ending = piece;
    else if (first) await onText();
    first = false;
  }
  if (!ending) throw new Error("an answer without an end");
  return ending;
}

function folder(): string {
  const home = mkdtempSync(join(tmpdir(), "charla-forget-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

const states = (cache: string) => readdirSync(cache).filter((name) => name !== "key");

test("after forgetting, a prompt is computed from its beginning and no file is left", async () => {
  const cache = join(folder(), "cache");
  const options = { cache: { folder: cache, memoryBytes: 2 ** 27, diskBytes: 2 ** 28 } };
  const engine = await product.start(starterModel(), { plan: { slots: 1 }, ...options });
  onTestFinished(() => engine.close());
  const tokens = await engine.tokenize?.(SECRET);
  const needle = Buffer.from(Int32Array.from(tokens?.slice(3, 12) ?? []).buffer);

  await ask(engine, SECRET);
  // The only slot goes to another conversation, so the first one's state goes to the cache.
  await ask(engine, "Tell me about the weather of the north. ".repeat(12));
  expect((await ask(engine, SECRET)).cachedTokens).toBeGreaterThan(50);

  await engine.forget?.();
  expect(states(cache)).toEqual([]);
  expect((await ask(engine, SECRET)).cachedTokens).toBe(0);

  // While an answer runs, what it holds is forgotten when it ends.
  await ask(engine, SECRET, async () => engine.forget?.());
  expect((await ask(engine, SECRET)).cachedTokens).toBe(0);
  await ask(engine, SECRET, async () => engine.forget?.());
  await engine.close();
  for (const name of readdirSync(cache)) {
    expect(readFileSync(join(cache, name)).includes(needle), name).toBe(false);
  }

  const again = await product.start(starterModel(), { plan: { slots: 1 }, ...options });
  onTestFinished(() => again.close());
  expect((await ask(again, SECRET)).cachedTokens).toBe(0);
});

test("states of engines that are not loaded are removed, too", async () => {
  const home = folder();
  const cache = join(home, "cache");
  const engine = await product.start(starterModel(), {
    plan: { slots: 1 },
    cache: { folder: cache, memoryBytes: 2 ** 27, diskBytes: 2 ** 28 },
  });
  onTestFinished(() => engine.close());
  await ask(engine, SECRET);
  await engine.close();
  expect(states(cache).length).toBeGreaterThan(0);
  await forgetStates(home);
  expect(states(cache)).toEqual([]);
});

test("what every prompt begins with is there before anybody asks, and again after forgetting", async () => {
  const opening = "You answer for the library of Vigo, in short and friendly words. ".repeat(8);
  const options = { plan: { slots: 1 }, opening };
  const engine = await product.start(starterModel(), options);
  onTestFinished(() => engine.close());
  const tokens = (await engine.tokenize?.(opening))?.length ?? 0;
  const { signal } = new AbortController();
  const first = async (user: string) => {
    const messages: Message[] = [
      { role: "system", content: `${opening}\n\nBe kind.` },
      { role: "user", content: `I am ${user}.` },
    ];
    const sampling = { temperature: 0, topP: 1, maxTokens: 4, seed: 1 };
    const asked = { messages, sampling, reproducible: false, signal, user };
    const pieces = await Array.fromAsync(engine.generate(asked));
    return pieces.find(isEnding)?.cachedTokens;
  };
  // Those of two people share the opening, and nothing behind it.
  expect(await first("ana")).toBeGreaterThan(tokens - 4);
  expect(await first("bea")).toBeLessThan(tokens + 16);
  await engine.forget?.();
  expect(await first("eva")).toBeGreaterThan(tokens - 4);
});
