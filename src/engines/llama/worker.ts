/**
 * The model process: loads one GGUF file and answers prompts. It runs apart from the server, since
 * an abort inside the native library ends the process that it happens in.
 */
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
/** How many turns are computed at once; the others wait in line. */
const SEQUENCES = 2;
const DEFAULT_CONTEXT = 8192;
/** A character of UTF-8 takes at most four tokens; longer waits are broken text. */
const MAX_PENDING_TOKENS = 4;

let model: LlamaModel;
let template: Template;
/** Sequences that nobody uses, least recently used first, and the turns that wait for one. */
const free: LlamaContextSequence[] = [];
const waiting = new Set<(sequence?: LlamaContextSequence) => void>();

async function* load(id: number, options: LoadOptions): AsyncGenerator<ModelCard> {
  const { path, threads: wanted, contextTokens, ...card } = options;
  // The library's threads wait by spinning, so a thread too many slows every other one down.
  const threads = wanted ?? Math.max(1, availableParallelism() - 1);
  const logLevel = LlamaLogLevel.error;
  const llama = await getLlama({ build: "never", maxThreads: threads, logLevel });
  const onLoadProgress = (fraction: number) => send({ id, part: fraction });
  model = await llama.loadModel({ modelPath: path, onLoadProgress });
  const context = await model.createContext({
    contextSize: Math.min(contextTokens ?? DEFAULT_CONTEXT, model.trainContextSize),
    sequences: SEQUENCES,
    batchSize: PREFILL_BATCH,
    threads,
  });
  template = chatTemplate(model);
  for (let n = 0; n < context.totalSequences; n++) free.push(context.getSequence());
  // "Q4_K_M" for the file type that llama.cpp calls MOSTLY_Q4_K_M.
  const fileType = GgufFileType[model.fileInfo.metadata.general.file_type ?? -1];
  yield {
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
  const sequence = await borrow(tokens, signal);
  if (!sequence)
    return yield { reason: "stop", promptTokens, cachedTokens: 0, completionTokens: 0 };
  try {
    const cachedTokens = await prefill(sequence, tokens, reproducible, signal);
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
    giveBack(sequence);
  }
}

/**
 * The free sequence that remembers the longest beginning of the prompt, or the next one that is
 * given back; none when the turn is cancelled while it waits in line.
 */
async function borrow(tokens: readonly Token[], signal: AbortSignal) {
  const remembered = free.map(({ contextTokens }) => {
    const different = contextTokens.findIndex((token, index) => token !== tokens[index]);
    return different < 0 ? contextTokens.length : different;
  });
  const [best] = free.splice(remembered.indexOf(Math.max(...remembered)), 1);
  if (best || signal.aborted) return best;
  const { promise, resolve } = Promise.withResolvers<LlamaContextSequence | undefined>();
  waiting.add(resolve);
  signal.addEventListener("abort", () => waiting.delete(resolve) && resolve(undefined));
  return promise;
}

function giveBack(sequence: LlamaContextSequence): void {
  const [next] = waiting;
  if (!next) return void free.push(sequence);
  waiting.delete(next);
  next(sequence);
}

/**
 * Computes all but the last token of the prompt, or less when it is cancelled.
 *
 * @param afresh forget what is in memory, so that the same seed gives the same answer
 * @returns how many tokens were in memory already
 */
async function prefill(
  sequence: LlamaContextSequence,
  tokens: readonly Token[],
  afresh: boolean,
  signal: AbortSignal,
): Promise<number> {
  const prompt = tokens.slice(0, -1);
  if (afresh) await sequence.clearHistory();
  else await sequence.adaptStateToTokens(prompt, false);
  const cached = sequence.nextTokenIndex;
  for (let at = cached; at < prompt.length && !signal.aborted; at += PREFILL_BATCH) {
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(at, at + PREFILL_BATCH));
  }
  return cached;
}

function send(reply: Reply): void {
  if (process.connected) process.send?.(reply);
}

const running = new Map<number, AbortController>();

async function* run(call: Call, signal: AbortSignal): AsyncGenerator<unknown> {
  if (call.call === "load") yield* load(call.id, call.options);
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
