/**
 * The model in the browser: llama.cpp as WebAssembly (wllama), beside the page, out of files that this
 * has. It loads nothing from elsewhere: this script's own policy forbids it.
 */
import { Wllama } from "@wllama/wllama";
import { CharlaError, type ErrorBody } from "../../../../src/core/errors.ts";
import type { Message, Sampling } from "../../../../src/core/types.ts";
import { Fit } from "./fit.ts";
import { plain } from "./plain.ts";

export interface Load {
  /** WebAssembly, and a model as GGUF. */
  readonly engine: Blob;
  readonly model: Blob;
  readonly contextTokens: number;
  readonly threads: number;
}
export interface Ask {
  readonly messages: readonly Message[];
  readonly sampling: Sampling & { readonly seed: number };
}
export type Order =
  | ({ readonly type: "load" } & Load)
  | ({ readonly type: "ask" } & Ask)
  | { readonly type: "stop" };

export interface Ended {
  readonly reason: "stop" | "length" | "cancelled";
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly droppedMessages: number;
  /** From the question on, in milliseconds. */
  readonly firstTokenMs: number;
  readonly totalMs: number;
  readonly tokensPerSecond: number;
}
export type Told =
  | { readonly type: "loaded"; readonly threads: number }
  | { readonly type: "text"; readonly text: string; readonly thought: boolean }
  | { readonly type: "end"; readonly end: Ended }
  | { readonly type: "failed"; readonly problem: Partial<ErrorBody>; readonly reason: string };

/** What a chunk of the stream has; the types of the package lack the thought. */
interface Chunk {
  readonly choices: readonly {
    readonly delta: {
      readonly content?: string | null;
      readonly reasoning_content?: string | null;
    };
    readonly finish_reason: string | null;
  }[];
  readonly timings?: {
    cache_n: number;
    prompt_n: number;
    predicted_n: number;
    predicted_ms: number;
  };
}

/** So often a question is asked again with less before it. */
const TRIES = 4;
const silence = () => {};
const logger = { debug: silence, log: silence, warn: silence, error: console.error };

const tell = (told: Told) => postMessage(told);
const fit = new Fit();
let wllama: Wllama | undefined;
let contextTokens = 0;
let abort = new AbortController();

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  if (data.type === "stop") return abort.abort();
  const work = data.type === "load" ? load(data) : answer(data);
  work.catch((thrown: unknown) => {
    if (!(thrown instanceof CharlaError)) console.error(thrown);
    const problem = thrown instanceof CharlaError ? thrown.toJSON() : {};
    tell({ type: "failed", problem, reason: String(thrown) });
  });
});

async function load({ engine, model, threads, ...rest }: Load): Promise<void> {
  contextTokens = rest.contextTokens;
  const url = URL.createObjectURL(engine.slice(0, engine.size, "application/wasm"));
  wllama = new Wllama({ default: url }, { suppressNativeLog: true, logger });
  // What stands in for it would come from elsewhere.
  wllama.setCompat(null);
  await wllama.loadModel([model], {
    ...{ n_ctx: contextTokens, n_parallel: 1, n_threads: threads, n_gpu_layers: 0, jinja: true },
  });
  tell({ type: "loaded", threads: wllama.getNumThreads() });
}

async function answer({ messages, sampling }: Ask): Promise<void> {
  const began = performance.now();
  abort = new AbortController();
  const { signal } = abort;
  for (let left = TRIES; ; left -= 1) {
    const window = await fit.window(messages, contextTokens, sampling.maxTokens);
    const room = Math.max(1, contextTokens - window.promptTokens);
    const maxTokens = Math.min(sampling.maxTokens, room);
    try {
      const asked = { messages: window.messages, sampling: { ...sampling, maxTokens } };
      const end = await written(asked, began, signal);
      if (end.promptTokens > 0) fit.learn(window.messages, end.promptTokens);
      const { droppedMessages } = window;
      return tell({ type: "end", end: { ...end, droppedMessages } });
    } catch (thrown) {
      const tokens = /request \((\d+) tokens\) exceeds/.exec(String(thrown))?.[1];
      if (tokens === undefined || left === 0) throw thrown;
      fit.learn(window.messages, Number(tokens));
    }
  }
}

async function written({ messages, sampling }: Ask, began: number, signal: AbortSignal) {
  if (!wllama) throw new Error("no model is loaded");
  let firstTokenAt: number | undefined;
  let reason: Ended["reason"] = "stop";
  let pieces = 0;
  let timings: Chunk["timings"];
  const { temperature, topP, maxTokens, seed } = sampling;
  try {
    const stream = await wllama.createChatCompletion({
      messages: messages.map(({ role, content }) => ({ role, content: plain(content) })),
      ...{ stream: true, abortSignal: signal, temperature, max_tokens: maxTokens, seed },
      // Nothing but temperature and nucleus, in the order of Charla's own sampler.
      ...{ top_p: topP, top_k: 0, min_p: 0, samplers: ["temperature", "top_p"] },
      ...{ repeat_penalty: 1, cache_prompt: true },
    });
    for await (const chunk of stream as AsyncIterable<Chunk>) {
      timings = chunk.timings ?? timings;
      const [choice] = chunk.choices;
      const { content, reasoning_content: thought } = choice?.delta ?? {};
      if (choice?.finish_reason === "length") reason = "length";
      const text = content || thought;
      if (!text) continue;
      firstTokenAt ??= performance.now();
      pieces += 1;
      tell({ type: "text", text, thought: !content });
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    reason = "cancelled";
  }
  const now = performance.now();
  const first = firstTokenAt ?? now;
  const completionTokens = timings?.predicted_n ?? pieces;
  const seconds = (now - first) / 1000;
  return {
    reason,
    promptTokens: timings ? timings.prompt_n + timings.cache_n : 0,
    cachedTokens: timings?.cache_n ?? 0,
    completionTokens,
    firstTokenMs: first - began,
    totalMs: now - began,
    tokensPerSecond: seconds > 0 ? Math.max(0, completionTokens - 1) / seconds : 0,
  };
}
