/**
 * `npm run eval:scoring -- MODEL TEXT [ROUNDS]`: how fast Charla scores a text, against llama-perplexity on
 * the same library, file and threads. Both take turns, in an order that changes, so that whatever else the
 * machine does touches both alike; loading is left out of both.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { median, quantile } from "../../src/core/statistics.ts";
import { readGguf } from "../../src/engines/library/gguf.ts";
import { openModel } from "../../src/engines/llama/service/open.ts";
import { perplexityOf } from "../../src/features/evaluation/begin.ts";
import { cut, scoreWindow } from "../../src/features/evaluation/perplexity/measure.ts";
import { build, missing, perplexityBy } from "./llama-perplexity.ts";

const THREADS = availableParallelism();
const { signal } = new AbortController();

async function ours(path: string, content: string): Promise<{ seconds: number; value: number }> {
  const [id, gguf] = [basename(path), await readGguf(path)];
  const alone = { home: dirname(path), slots: 1, cacheMemoryBytes: 0, cacheDiskBytes: 0 };
  const plan = { batchTokens: 512, threads: THREADS, batchThreads: THREADS };
  const settings = { ...alone, ...plan, limits: {}, log: console.error };
  const engine = await openModel(settings, { id, name: id, path, gguf, signal });
  try {
    const asked = { models: [{ model: id }], name: "a.txt", content, protocol: "llama" as const };
    const documents = [{ text: content, language: "und" }];
    const began = performance.now();
    const windows = await cut(engine, perplexityOf(asked, "bench").plan, documents, signal);
    let [nats, tokens] = [0, 0];
    for (const window of windows) {
      const found = await scoreWindow(engine, window, { adapter: undefined, signal });
      nats += found.nats;
      tokens += found.tokens;
    }
    return { seconds: (performance.now() - began) / 1000, value: Math.exp(nats / tokens) };
  } finally {
    await engine.close();
  }
}

const [model, text, rounds = "5"] = process.argv.slice(2);
const lacks = await missing();
if (!model || !text || lacks !== undefined) {
  console.error(lacks ?? "Name a GGUF file and a text.");
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), "charla-scoring-"));
try {
  const program = await build(folder);
  const content = readFileSync(text, "utf8");
  const theirs = () => perplexityBy(program, { model, text, threads: THREADS });
  const ratios: number[] = [];
  for (let round = 0; round < Number(rounds); round++) {
    const first = round % 2 === 0 ? await ours(model, content) : undefined;
    const tool = await theirs();
    const charla = first ?? (await ours(model, content));
    ratios.push(tool.seconds / charla.seconds);
    const told = ({ seconds, value }: { seconds: number; value: number }) =>
      `${seconds.toFixed(2)} s (${value.toFixed(4)})`;
    console.log(`${round + 1}: Charla ${told(charla)}, llama-perplexity ${told(tool)}`);
  }
  const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
  const middle = `${median(ratios).toFixed(2)} (quartiles ${low.toFixed(2)} to ${high.toFixed(2)})`;
  console.log(`Charla is ${middle} times as fast, with ${THREADS} threads.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
