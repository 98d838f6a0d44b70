/**
 * `npm run eval:marking`: what marking answers costs, with 1, 4 and 16 chats at once: tokens per second of
 * answers that are marked, divided by those of answers that are drawn by their seeds. Each pair of runs
 * follows one another, the first of them now the one and now the other, so that a machine that others use
 * as well slows both. Beside it stands the same by seconds of processor time of the engine's process
 * (Linux alone), which others do not slow; with one thread, for threads that wait for each other spin.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Engine } from "../../src/core/engine.ts";
import { median, quantile, random, sum } from "../../src/core/statistics.ts";
import { startEngine } from "../../src/engines/llama/service/index.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: process.env.CHARLA_TEST_MODEL ?? "" },
    pairs: { type: "string", default: "10" },
    tokens: { type: "string", default: "128" },
    threads: { type: "string", default: "2" },
    chats: { type: "string", multiple: true, default: ["1", "4", "16"] },
  },
});
const { signal } = new AbortController();
const threads = Number(values.threads);
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

/** Of the processes that this one has started, in hundredths of a second; NaN where no file tells. */
function worked(): number {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim();
    const times = children.split(" ").map((pid) => {
      // proc(5): after the name, which may hold blanks, utime and stime are the 12th and 13th.
      const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
      const fields = rest.split(" ");
      return Number(fields[11]) + Number(fields[12]);
    });
    return sum(times);
  } catch {
    return Number.NaN;
  }
}

/** Tokens of all chats together: per second, and per hundredth of a second of processor time. */
async function speed(engine: Engine, chats: number, seed: number, marked: boolean) {
  const [begin, before] = [performance.now(), worked()];
  const all = Array.from({ length: chats }, (_, n) => write(engine, seed * chats + n, marked));
  const tokens = (await Promise.all(all)).reduce((sum, one) => sum + one, 0);
  return { time: tokens / (performance.now() - begin), cpu: tokens / (worked() - before) };
}

/** 95 %, by pairs drawn again. */
function intervalOf(ratios: readonly number[]): string {
  const next = random(1);
  const draw = () => ratios[Math.floor(next() * ratios.length)] ?? 0;
  const medians = Array.from({ length: 1000 }, () => median(ratios.map(draw)));
  return [0.025, 0.975].map((share) => quantile(medians, share).toFixed(3)).join(" to ");
}

const table: Record<string, string | number>[] = [];
for (const chats of values.chats.map(Number)) {
  const engine = await startEngine({
    ...{ path: values.model, id: values.model, name: values.model },
    plan: {
      ...{ slots: chats, contextTokens: 512, kvType: "f16", threads, batchThreads: threads },
      ...{ batchTokens: 128, flashAttention: true, lockMemory: false, draftTokens: 0 },
    },
    cache: { memoryBytes: 2 ** 26, diskBytes: 0 },
  });
  await speed(engine, chats, 0, true);
  const ratios = { time: [] as number[], cpu: [] as number[] };
  for (let pair = 1; pair <= Number(values.pairs); pair++) {
    const order = pair % 2 === 0 ? [true, false] : [false, true];
    const told = new Map<boolean, Awaited<ReturnType<typeof speed>>>();
    for (const marked of order) told.set(marked, await speed(engine, chats, pair, marked));
    for (const by of ["time", "cpu"] as const)
      ratios[by].push((told.get(true)?.[by] ?? 0) / (told.get(false)?.[by] ?? 1));
  }
  await engine.close();
  const shown = (of: readonly number[]) => `${median(of).toFixed(3)} (${intervalOf(of)})`;
  const by = { "by time": shown(ratios.time), "by processor": shown(ratios.cpu) };
  const row = { chats, pairs: ratios.time.length, ...by };
  console.error(row);
  table.push(row);
}
console.table(table);
