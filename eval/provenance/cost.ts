/**
 * `npm run eval:marking`: what marking answers costs, with 1, 4 and 16 chats at once: tokens per second of
 * answers that are marked, divided by those of answers that are drawn by their seeds. Each pair of runs
 * follows one another, the first of them now the one and now the other, so that a machine that others use
 * as well slows both.
 */
import { parseArgs } from "node:util";
import type { Engine } from "../../src/core/engine.ts";
import { startEngine } from "../../src/engines/llama/service/index.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: process.env.CHARLA_TEST_MODEL ?? "" },
    pairs: { type: "string", default: "10" },
    tokens: { type: "string", default: "128" },
    chats: { type: "string", multiple: true, default: ["1", "4", "16"] },
  },
});
const { signal } = new AbortController();
const KEY = { id: "cost", key: "ab".repeat(32), required: true };

async function write(engine: Engine, seed: number, marked: boolean): Promise<number> {
  const content = `Write at length about number ${seed}.`;
  const sampling = { temperature: 1, topP: 0.95, maxTokens: Number(values.tokens), seed };
  let tokens = 0;
  for await (const piece of engine.generate({
    ...{ messages: [{ role: "user", content }], sampling, reproducible: false, signal },
    extras: marked ? { draw: KEY } : {},
  })) {
    if (typeof piece !== "string" && "reason" in piece) tokens = piece.completionTokens ?? 0;
  }
  return tokens;
}

/** Tokens per second of all chats together. */
async function speed(engine: Engine, chats: number, seed: number, marked: boolean) {
  const begin = performance.now();
  const all = Array.from({ length: chats }, (_, n) => write(engine, seed * chats + n, marked));
  const tokens = (await Promise.all(all)).reduce((sum, one) => sum + one, 0);
  return (1000 * tokens) / (performance.now() - begin);
}

const table: Record<string, string | number>[] = [];
for (const chats of values.chats.map(Number)) {
  const engine = await startEngine({
    ...{ path: values.model, id: values.model, name: values.model },
    plan: {
      ...{ slots: chats, contextTokens: 512, kvType: "f16", threads: 2, batchThreads: 2 },
      ...{ batchTokens: 128, flashAttention: true, lockMemory: false, draftTokens: 0 },
    },
    cache: { memoryBytes: 2 ** 26, diskBytes: 0 },
  });
  await speed(engine, chats, 0, true);
  const ratios: number[] = [];
  for (let pair = 1; pair <= Number(values.pairs); pair++) {
    const order = pair % 2 === 0 ? [true, false] : [false, true];
    const told = new Map<boolean, number>();
    for (const marked of order) told.set(marked, await speed(engine, chats, pair, marked));
    ratios.push((told.get(true) ?? 0) / (told.get(false) ?? 1));
  }
  await engine.close();
  const sorted = ratios.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(3);
  const row = { chats, pairs: ratios.length, median: at(0.5), low: at(0.25), high: at(0.75) };
  console.error(row);
  table.push(row);
}
console.table(table);
