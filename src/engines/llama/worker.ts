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
import type { Message } from "../../core/types.ts";
import type { Done, FromWorker, Generate, LoadOptions, ToWorker } from "./protocol.ts";
import { type Sequences, sequences } from "./sequences.ts";
import { stopFilter } from "./stop.ts";
import { chatTemplate, type Template } from "./template.ts";

/** Tokens computed at once while reading a prompt; a cancel takes effect between two batches. */
const PREFILL_BATCH = 128;
const MAX_DEFAULT_CONTEXT = 8192;
/** A character of UTF-8 takes at most four tokens; longer waits are broken text. */
const MAX_PENDING_TOKENS = 4;

interface Loaded {
  readonly model: LlamaModel;
  readonly template: Template;
  readonly pool: Sequences;
}

const running = new Map<number, AbortController>();
let loaded: Loaded | undefined;

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

async function load(options: LoadOptions): Promise<void> {
  // The library's threads wait by spinning, so a thread too many slows every other one down.
  const threads = options.threads ?? Math.max(1, availableParallelism() - 1);
  const llama = await getLlama({
    build: "never",
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({
    modelPath: options.path,
    onLoadProgress: (fraction) => send({ type: "progress", fraction }),
  });
  const context = await model.createContext({
    contextSize: options.contextTokens ?? Math.min(model.trainContextSize, MAX_DEFAULT_CONTEXT),
    sequences: options.sequences ?? 2,
    batchSize: PREFILL_BATCH,
    threads,
  });
  loaded = { model, template: chatTemplate(model), pool: sequences(context) };
  const { file_type } = model.fileInfo.metadata.general;
  send({
    type: "loaded",
    card: {
      id: options.id,
      name: options.name,
      digest: options.digest,
      quantisation: options.quantisation ?? quantisationName(file_type),
      contextWindow: context.contextSize,
      device: llama.gpu || `CPU, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    },
  });
}

/** "Q4_K_M" for the file type that llama.cpp calls MOSTLY_Q4_K_M. */
function quantisationName(type: GgufFileType | undefined): string | undefined {
  return type === undefined ? undefined : GgufFileType[type]?.replace(/^(MOSTLY|ALL)_/, "");
}

async function generate(
  { model, template, pool }: Loaded,
  messages: readonly Message[],
  options: Generate,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<Done> {
  const { tokens, stopTokens, stopTexts } = template(messages);
  const sequence = await pool.borrow(tokens, signal);
  try {
    const cachedTokens = await readPrompt(sequence, tokens, options.reproducible, signal);
    const promptTokens = tokens.length;
    if (signal.aborted) return { reason: "stop", promptTokens, cachedTokens, completionTokens: 0 };
    const filter = stopFilter([...options.stop, ...stopTexts]);
    const last = tokens.slice(-1);
    let pending: Token[] = [];
    let previous: Token[] = last;
    let completionTokens = 0;
    let reason: Done["reason"] = "stop";
    const { temperature, topP, seed } = options;
    for await (const token of sequence.evaluate(last, { temperature, topP, seed })) {
      if (signal.aborted || stopTokens.has(token)) break;
      completionTokens += 1;
      pending.push(token);
      const text = model.detokenize(pending, false, previous);
      // U+FFFD at the end: the rest of the character comes with the next token.
      if (!text.endsWith("\uFFFD") || pending.length >= MAX_PENDING_TOKENS) {
        onText(filter.push(text));
        [previous, pending] = [pending, []];
      }
      if (filter.stopped) break;
      if (completionTokens >= options.maxTokens) {
        reason = "length";
        break;
      }
    }
    if (!filter.stopped) onText(filter.push(model.detokenize(pending, false, previous)));
    if (!filter.stopped) onText(filter.flush());
    return { reason, promptTokens, cachedTokens, completionTokens };
  } finally {
    pool.giveBack(sequence);
  }
}

/**
 * Computes all but the last token of the prompt, or less when it is cancelled; gives how many were
 * in memory already.
 */
async function readPrompt(
  sequence: LlamaContextSequence,
  tokens: Token[],
  reproducible: boolean,
  signal: AbortSignal,
): Promise<number> {
  const prompt = tokens.slice(0, -1);
  if (reproducible) await sequence.clearHistory();
  else await sequence.adaptStateToTokens(prompt, false);
  const cachedTokens = sequence.nextTokenIndex;
  for (let at = cachedTokens; at < prompt.length && !signal.aborted; at += PREFILL_BATCH) {
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(at, at + PREFILL_BATCH));
  }
  return cachedTokens;
}

async function answer(id: number, messages: readonly Message[], options: Generate): Promise<void> {
  if (loaded === undefined) throw new TypeError("asked before the model was loaded");
  const controller = new AbortController();
  running.set(id, controller);
  const onText = (text: string) => text && send({ type: "text", id, text });
  try {
    const done = await generate(loaded, messages, options, controller.signal, onText);
    send({ type: "finish", id, done });
  } catch (thrown) {
    if (!controller.signal.aborted) throw thrown;
    const done: Done = { reason: "stop", promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
    send({ type: "finish", id, done });
  } finally {
    running.delete(id);
  }
}

async function receive(message: ToWorker): Promise<void> {
  if (message.type === "load") return load(message.options);
  if (message.type === "cancel") return running.get(message.id)?.abort();
  if (message.type === "generate") return answer(message.id, message.messages, message.generate);
  const tokens = loaded?.template(message.messages).tokens.length ?? 0;
  return send({ type: "count", id: message.id, tokens });
}

process.on("message", (message: ToWorker) => {
  receive(message).catch((thrown: unknown) => {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    if (message.type === "load") send({ type: "failed", message: reason });
    else send({ type: "error", id: message.id, message: reason });
  });
});
// The server is gone: nobody can ask any more. Signals from the terminal are the server's to heed.
process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {});
