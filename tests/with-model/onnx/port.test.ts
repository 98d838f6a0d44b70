/** The engine suite over the starter model as ONNX, and what this engine alone has to say. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config.ts";
import type { Engines } from "../../../src/core/engine.ts";
import { createEngines } from "../../../src/engines.ts";
import { engineSuite, read } from "../../unit/engines/port.ts";
import { type Exported, exportedStarter } from "./exported.ts";
import { PATIENCE_MS, withRuntime } from "./home.ts";

const folder = mkdtempSync(join(tmpdir(), "charla-onnx-"));
const [home, bare] = [join(folder, "home"), join(folder, "bare")];
const { signal } = new AbortController();
let exported: Exported;
beforeAll(async () => {
  for (const one of [home, bare]) mkdirSync(one);
  await withRuntime(home);
  exported = await exportedStarter();
}, PATIENCE_MS);
afterAll(() => {
  exported.remove();
  rmSync(folder, { recursive: true, force: true });
});

const settings = { CHARLA_CONTEXT: "2048", CHARLA_SLOTS: "2" };
const start = (from: string): Promise<Engines> =>
  createEngines(
    readConfig({}, { ...settings, CHARLA_HOME: from, CHARLA_MODEL: exported.path }),
    () => {},
  );

engineSuite("the ONNX engine", async () => {
  const engines = await start(home);
  // As a library gives it: it stays in memory until the engines are closed.
  const engine = await engines.get(undefined, signal);
  return { engine: { ...engine, close: () => engines.close() } };
});

describe("a model in ONNX", () => {
  let engines: Engines;
  beforeAll(async () => {
    engines = await start(home);
  });
  afterAll(() => engines.close());
  const ask = (content: string) => [{ role: "user" as const, content }];
  const sampling = { temperature: 0, topP: 1, maxTokens: 24, seed: 7 };

  it("stands among the others, and is not loaded where the runtime is missing", async () => {
    const without = await start(bare);
    try {
      expect(await without.list()).toContainEqual(
        expect.objectContaining({ id: "starter.onnx", quantisation: "Q4_1" }),
      );
      await expect(without.get("starter.onnx", signal)).rejects.toMatchObject({
        ...{ code: "onnx_runtime_missing", status: 409 },
      });
    } finally {
      await without.close();
    }
  });

  it("writes by a grammar, and tells how likely its tokens were", async () => {
    const engine = await engines.get(undefined, signal);
    expect(engine.card.contextWindow).toBe(2048);
    expect(engine.card.device).toMatch(/^ONNX Runtime, \d+ threads?$/);
    const schema = {
      type: "object",
      properties: { word: { enum: ["noun", "verb"] } },
      required: ["word"],
    };
    const { text, pieces } = await read(engine, {
      ...{ messages: ask("What is 'house'?"), sampling, reproducible: false, signal },
      extras: { logprobs: 2, grammar: { type: "json_schema", schema } },
    });
    expect(["noun", "verb"]).toContain(JSON.parse(text).word);
    const [first] = pieces;
    expect(first).toMatchObject({ tokens: [expect.objectContaining({ top: expect.any(Array) })] });
  });

  it("goes on with a chat that it has read already", async () => {
    const engine = await engines.get(undefined, signal);
    const request = { sampling, reproducible: false, signal };
    const first = await read(engine, { ...request, messages: ask("Name three colours.") });
    const messages = [
      ...ask("Name three colours."),
      { role: "assistant" as const, content: first.text },
      ...ask("And a fourth?"),
    ];
    const again = await engines.get(undefined, signal);
    const { ending } = await read(again, { ...request, messages });
    expect(ending.cachedTokens).toBeGreaterThan(20);
  });

  it("scores texts, and knows neither adapters nor embeddings", async () => {
    const engine = await engines.get(undefined, signal);
    const scored = await engine.score?.("The cat sat on the mat.", { signal });
    expect(scored?.slice(1).every(({ logprob }) => (logprob ?? 1) < 0)).toBe(true);
    expect(engine.embed).toBeUndefined();
    expect(engine.grants).not.toContain("adapter");
    expect(engine.grants).toContain("draw");
  });
});
