/**
 * The model process: loads one GGUF file and answers prompts. It runs apart from the server, since
 * an abort inside the native library ends the process that it happens in.
 */
import { once } from "node:events";
import { availableParallelism } from "node:os";
import {
  GgufFileType,
  getLlama,
  type LlamaContextSequence,
  LlamaLogLevel,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import type { Ending, ModelCard } from "../../core/types.ts";
import type { Call, LoadOptions, Reply } from "./protocol.ts";
import { chatTemplate, type Template } from "./template.ts";

/** Tokens computed at once while reading a prompt; a cancel takes effect between two batches. */
const PREFILL_BATCH = 128;
/** Upper bound on the context window. */
const CONTEXT_TOKENS = 8192;
/** A character of UTF-8 takes at most four tokens; longer waits are broken text. */
const MAX_PENDING_TOKENS = 4;

let model: LlamaModel;
let template: Template;
let sequence: LlamaContextSequence;
/** The turn that is computed; the others wait in line behind it. */
let last: Promise<void> = Promise.resolve();

async function load({ path, ...card }: LoadOptions): Promise<ModelCard> {
  // The library's threads wait by spinning, so a thread too many slows every other one down.
  const threads = Math.max(1, availableParallelism() - 1);
  const logLevel = LlamaLogLevel.error;
  const llama = await getLlama({ build: "never", maxThreads: threads, logLevel });
  model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({
    contextSize: Math.min(CONTEXT_TOKENS, model.trainContextSize),
    batchSize: PREFILL_BATCH,
    threads,
  });
  template = chatTemplate(model);
  sequence = context.getSequence();
  // "Q4_K_M" for the file type that llama.cpp calls MOSTLY_Q4_K_M.
  const fileType = GgufFileType[model.fileInfo.metadata.general.file_type ?? -1];
  return {
    ...card,
    quantisation: card.quantisation ?? fileType?.replace(/^(MOSTLY|ALL)_/, ""),
    contextWindow: context.contextSize,
    device: llama.gpu || `CPU, ${threads} ${threads === 1 ? "thread" : "threads"}`,
  };
}

type Generate = Extract<Call, { call: "generate" }>["request"];

async function* generate(
  { messages, sampling, reproducible }: Generate,
  signal: AbortSignal,
): AsyncGenerator<string | Ending> {
  const { tokens, stopTokens } = template(messages);
  const { temperature, topP, seed, maxTokens } = sampling;
  const promptTokens = tokens.length;
  const { promise: over, resolve: giveWay } = Promise.withResolvers<void>();
  const before = last;
  last = before.then(() => over);
  await Promise.race([before, once(signal, "abort")]);
  try {
    const cachedTokens = await prefill(tokens, reproducible, signal);
    let previous = tokens.slice(-1);
    let pending: Token[] = [];
    let completionTokens = 0;
    const steps = signal.aborted ? [] : sequence.evaluate(previous, { temperature, topP, seed });
    for await (const token of steps) {
      if (signal.aborted || stopTokens.has(token)) break;
      completionTokens += 1;
      pending.push(token);
      const text = model.detokenize(pending, false, previous);
      // U+FFFD at the end: the rest of the character comes with the next token.
      if (!text.endsWith("\uFFFD") || pending.length >= MAX_PENDING_TOKENS) {
        yield text;
        [previous, pending] = [pending, []];
      }
      if (completionTokens >= maxTokens) break;
    }
    // A character that the limit has cut in two is left out.
    yield model.detokenize(pending, false, previous).replace(/\uFFFD+$/, "");
    const reason = completionTokens >= maxTokens ? "length" : "stop";
    yield { reason, promptTokens, cachedTokens, completionTokens };
  } finally {
    giveWay();
  }
}

/**
 * Computes all but the last token of the prompt, or less when it is cancelled.
 *
 * @param afresh forget what is in memory, so that the same seed gives the same answer
 * @returns how many tokens were in memory already
 */
async function prefill(
  tokens: readonly Token[],
  afresh: boolean,
  signal: AbortSignal,
): Promise<number> {
  if (signal.aborted) return 0; // perhaps another turn is still at work
  const prompt = tokens.slice(0, -1);
  if (afresh) await sequence.clearHistory();
  else await sequence.adaptStateToTokens(prompt, false);
  const cached = sequence.nextTokenIndex;
  for (let at = cached; at < prompt.length && !signal.aborted; at += PREFILL_BATCH) {
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(at, at + PREFILL_BATCH));
  }
  return cached;
}

const send = (reply: Reply) => process.connected && process.send?.(reply);

const running = new Map<number, AbortController>();

async function* run(call: Call, signal: AbortSignal): AsyncGenerator<unknown> {
  if (call.call === "load") yield await load(call.options);
  if (call.call === "count") yield template(call.messages).tokens.length;
  if (call.call === "generate") yield* generate(call.request, signal);
}

process.on("message", async (call: Call) => {
  const { id } = call;
  if (call.call === "cancel") return running.get(id)?.abort();
  const controller = new AbortController();
  running.set(id, controller);
  try {
    for await (const part of run(call, controller.signal)) if (part !== "") send({ id, part });
    send({ id, end: true });
  } catch (thrown) {
    send({ id, error: thrown instanceof Error ? thrown.message : String(thrown) });
  } finally {
    running.delete(id);
  }
});
// The server is gone: nobody can ask any more. Signals from the terminal are the server's to heed.
process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {});
