/**
 * The embedded engine: llama.cpp through node-llama-cpp, in a process of its own.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { collect, type Engine, fromPrompt, toStream } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { ModelCard } from "../../core/types.ts";
import type { FromWorker, Generate, LoadOptions, ToWorker } from "./protocol.ts";

type Reply = Extract<FromWorker, { id: number }>;

/**
 * Starts the process and loads the model.
 *
 * @param onProgress called with 0 to 1 while the file is read
 * @param signal ends the process when aborted while it loads
 * @throws CharlaError `model_load_failed`
 */
export async function startLlama(
  options: LoadOptions & { onProgress?(fraction: number): void; signal?: AbortSignal },
): Promise<Engine> {
  const { onProgress, signal, ...load } = options;
  // `.ts` when run from the clone, `.js` in the published package.
  const worker = new URL(`./worker${import.meta.url.slice(-3)}`, import.meta.url);
  const child = fork(worker, { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  const exited = once(child, "exit");
  const replies = new Map<number, (reply: Reply | "gone") => void>();
  let nextId = 0;

  const send = (message: ToWorker) => child.connected && child.send(message);

  const card = await new Promise<ModelCard>((resolve, reject) => {
    signal?.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });
    child.on("message", (message: FromWorker) => {
      if (message.type === "progress") onProgress?.(message.fraction);
      else if (message.type === "loaded") resolve(message.card);
      else if (message.type === "failed") reject(loadFailed(load, message.message));
      else replies.get(message.id)?.(message);
    });
    child.on("exit", (code, by) => {
      reject(loadFailed(load, `the model process ended (${by ?? code})`));
      for (const reply of replies.values()) reply("gone");
    });
    child.on("error", reject);
    send({ type: "load", options: load });
  }).catch((error: unknown) => {
    child.kill("SIGKILL");
    throw error;
  });

  /** Sends a request and streams its replies; to stop reading is to cancel it. */
  function ask(request: Extract<ToWorker, { id: number }>): ReadableStream<Reply> {
    const { id } = request;
    return new ReadableStream({
      start(controller) {
        const receive = (reply: Reply | "gone") => {
          if (reply === "gone") controller.error(stopped(card));
          else if (reply.type === "error") controller.error(failed(card, reply.message));
          else controller.enqueue(reply);
          if (reply === "gone" || reply.type === "text") return;
          replies.delete(id);
          if (reply.type !== "error") controller.close();
        };
        replies.set(id, receive);
        if (!send(request)) receive("gone");
      },
      cancel() {
        replies.delete(id);
        send({ type: "cancel", id });
      },
    });
  }

  async function* parts(options: LanguageModelV4CallOptions) {
    const { prompt, abortSignal } = options;
    const id = nextId++;
    const cancel = () => send({ type: "cancel", id });
    const request = { id, messages: fromPrompt(prompt), generate: toGenerate(options) };
    const stream = ask({ type: "generate", ...request });
    if (abortSignal?.aborted) cancel();
    abortSignal?.addEventListener("abort", cancel);
    try {
      for await (const reply of stream) {
        if (reply.type === "text") yield reply.text;
        if (reply.type === "finish") yield toFinish(reply.done);
      }
    } finally {
      abortSignal?.removeEventListener("abort", cancel);
    }
  }

  const engine: Engine = {
    specificationVersion: "v4",
    provider: "llama",
    modelId: card.id,
    supportedUrls: {},
    card,
    exactCount: true,
    async countTokens(prompt) {
      const replies = ask({ type: "count", id: nextId++, messages: fromPrompt(prompt) });
      for await (const reply of replies) if (reply.type === "count") return reply.tokens;
      throw stopped(card);
    },
    doGenerate: async (options) => collect(await engine.doStream(options)),
    doStream: async (options) => ({ stream: toStream(parts(options)) }),
    async close() {
      child.kill("SIGKILL");
      await exited;
    },
  };
  return engine;
}

function toGenerate(options: LanguageModelV4CallOptions): Generate {
  return {
    temperature: options.temperature ?? 0,
    topP: options.topP ?? 1,
    maxTokens: options.maxOutputTokens ?? Number.MAX_SAFE_INTEGER,
    seed: options.seed ?? 0,
    stop: options.stopSequences ?? [],
    reproducible: options.providerOptions?.charla?.reproducible === true,
  };
}

function toFinish(
  done: Extract<FromWorker, { type: "finish" }>["done"],
): LanguageModelV4StreamPart & { type: "finish" } {
  const { reason, promptTokens, cachedTokens, completionTokens } = done;
  return {
    type: "finish",
    finishReason: { unified: reason, raw: reason },
    usage: {
      inputTokens: {
        total: promptTokens,
        noCache: promptTokens - cachedTokens,
        cacheRead: cachedTokens,
        cacheWrite: undefined,
      },
      outputTokens: { total: completionTokens, text: completionTokens, reasoning: undefined },
    },
  };
}

function loadFailed({ name }: LoadOptions, reason: string): CharlaError {
  return new CharlaError("model_load_failed", {
    message: "The model {name} could not be loaded: {reason}.",
    hint: "Check the file with `charla models verify`, or choose a smaller model with `charla models`.",
    params: { name, reason },
  });
}

function stopped({ name }: ModelCard): CharlaError {
  return new CharlaError("engine_stopped", {
    status: 503,
    message: "The model process of {name} stopped while it was answering.",
    hint: "Ask again: it is started anew. What was written is kept.",
    params: { name },
  });
}

function failed({ name }: ModelCard, reason: string): CharlaError {
  return new CharlaError("generation_failed", {
    message: "The model {name} could not answer: {reason}.",
    hint: "Try another model; the text above says what this one did not accept.",
    params: { name, reason },
  });
}
