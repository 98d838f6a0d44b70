/** One model with all that is made from its file, and what each call does with it. */
import { hash } from "node:crypto";
import { tidyLater } from "../../../core/tidy.ts";
import { PrefixCache } from "../cache/index.ts";
import type { Model } from "../native/model.ts";
import { marksOf, tokenizerOf } from "../native/tokenizer.ts";
import { Sampler } from "../sampling/sampler.ts";
import { Adapters } from "./adapters.ts";
import { GgufFileType } from "./chat-wrapper.ts";
import { Embedder } from "./embedder.ts";
import { promptTooLong, textTooLong, unknownToken } from "./errors.ts";
import { generation } from "./generation.ts";
import type { FormRequest } from "./grammar.ts";
import { GrammarCompiler } from "./grammar-compiler.ts";
import { prepare, type Vocabulary, vocabularyOf } from "./grammar-vocabulary.ts";
import type { Open } from "./opened.ts";
import { type Prompt, type Prompts, promptsOf } from "./prompt.ts";
import type { Call, Calls, LoadOptions, Plan, Vitals } from "./protocol.ts";
import { judged, replay } from "./replay.ts";
import { Scheduler } from "./scheduler.ts";
import { scoring } from "./score.ts";
import { shapeOf } from "./shape.ts";
import { Slices } from "./slices.ts";

/** How long the states of conversations may be written when the process is to end. */
const FLUSH_MS = 5000;
/** Prompts whose tokens are remembered between being counted and being asked for. */
const MAX_COUNTED = 16;

interface Loaded {
  readonly model: Model;
  readonly plan: Plan;
  readonly prompts: Prompts;
  /** The model's tokens as grammars read them. */
  readonly words: Vocabulary;
  readonly adapters: Adapters;
  readonly cache: PrefixCache;
  readonly scheduler: Scheduler;
  readonly embedder: Embedder;
}

type Send<Name extends keyof Calls> = (part: Calls[Name]["parts"]) => void;

export class ModelProcess {
  readonly #open: Open;
  readonly #flush: () => void;
  readonly #grammars = new GrammarCompiler();
  #loaded: Loaded | undefined;
  /** What every system prompt begins with. */
  #opening: string | undefined;
  readonly #slices = new Slices();
  /** Prompts that were counted lately, by what they were made of. */
  readonly #counted = new Map<string, Prompt>();

  /**
   * @param open loads what computes
   * @param flush called when there may be something to send
   */
  constructor(open: Open, flush: () => void) {
    this.#open = open;
    this.#flush = flush;
  }

  /** @param send takes the parts of the answer, as `Calls` has them */
  async answer(
    call: Exclude<Call, { call: "cancel" }>,
    send: (part: unknown) => void,
    signal: AbortSignal,
  ): Promise<void> {
    if (call.call === "load") return this.#load(call.takes, send);
    const loaded = this.#loaded;
    if (!loaded) throw new Error("no model is loaded");
    const { prompts, scheduler, model, cache } = loaded;
    switch (call.call) {
      case "count": {
        const { tokens } = await this.#rendered(prompts, call.takes, signal, true);
        return send(tokens.length);
      }
      case "tokenize":
        return send([...(await prompts.foreign(call.takes.text, this.#slices.begin(signal)))]);
      case "detokenize":
        return send(await this.#text(model, call.takes.tokens, signal));
      case "generate":
        return this.#generate(loaded, call.takes, send, signal);
      case "score":
        return this.#score(loaded, call.takes, send, signal);
      case "replay":
        return this.#replay(loaded, call.takes, send, signal);
      case "embed":
        return this.#embed(loaded, call.takes.texts, send, signal);
      case "ping":
        return send(vitals(loaded));
      case "save": {
        await scheduler.between(() => scheduler.keepAll());
        return send(await cache.flush(FLUSH_MS));
      }
      case "forget": {
        await scheduler.between(() => scheduler.forget());
        send(await cache.clear());
        return this.#prepare(loaded);
      }
    }
  }

  async #load(options: LoadOptions, send: Send<"load">): Promise<void> {
    const { path, adapters: files, cache: cachePlan, plan: wanted, opening, ...rest } = options;
    const { library: known, runtime, ...card } = rest;
    const opened = await this.#open({ path, plan: wanted, library: known, runtime }, (fraction) => {
      send(fraction);
      this.#flush();
    });
    const { model, context, plan, library, device } = opened;
    const cache = new PrefixCache({
      identity: {
        model: card.digest ?? path,
        kvType: plan.kvType,
        yarn: plan.yarn,
        flashAttention: plan.flashAttention,
        library: opened.version,
      },
      ...cachePlan,
      trims: model.trims,
      log: (line) => console.error(line),
    });
    const scheduler = new Scheduler({ context, plan, cache }, this.#flush);
    // The library is not to be asked during a batch.
    const loadAdapter = (path: string) => scheduler.between(() => model.loadAdapter(path));
    const adapters = new Adapters(files, loadAdapter);
    const tokenizer = tokenizerOf(model);
    const template = model.metadata("tokenizer.chat_template");
    const prompts = await promptsOf({
      ...{ tokenizer, template, path: opened.header, size: model.vocabSize },
      ...{ marks: marksOf(model), opening: model.opening },
    });
    await opened.read?.();
    const words = vocabularyOf(model, prompts.marks, prompts.stopTokens);
    const embedder = new Embedder(model, plan);
    this.#loaded = {
      ...{ model, plan, prompts, words, adapters, cache, scheduler, embedder },
    };
    void scheduler.run().catch((thrown) => {
      // What the library holds is of no use any more; the server starts another process.
      console.error("the model process cannot go on", thrown);
      process.exit(1);
    });
    this.#opening = opening;
    void cache.opened.then(() => this.#loaded && this.#prepare(this.#loaded));
    // The whole header of the file has been read as text by now, to be forgotten at once.
    tidyLater();
    // "Q4_K_M" for the file type that llama.cpp calls MOSTLY_Q4_K_M.
    const fileType = GgufFileType[Number(model.metadata("general.file_type") ?? -1)];
    send({
      card: {
        ...card,
        quantisation: card.quantisation ?? fileType?.replace(/^(MOSTLY|ALL)_/, ""),
        contextWindow: plan.contextTokens,
        device,
        standIn: prompts.standIn,
        thinking: prompts.thinking,
      },
      plan,
      tools: prompts.tools,
      openingTokens: model.opening.length,
      messageTokens: prompts.messageTokens,
      library,
    });
  }

  async #generate(
    { prompts, words, model, adapters, scheduler, plan }: Loaded,
    {
      owner,
      messages,
      sampling,
      reproducible,
      extras = {},
      resume = [],
      drawing,
    }: Calls["generate"]["takes"],
    send: Send<"generate">,
    signal: AbortSignal,
  ): Promise<void> {
    const biases = Object.keys(extras.logitBias ?? {}).map(Number);
    const strange = biases.find((token) => token >= model.vocabSize);
    if (strange !== undefined) throw unknownToken(strange, model.vocabSize, "logitBias");
    const adapter = await adapters.get(extras.adapter);
    const prompt = await this.#rendered(prompts, { messages, extras }, signal);
    const size = prompt.tokens.length + resume.length;
    if (size > plan.contextTokens) throw promptTooLong(size, plan.contextTokens);
    const key = `${sampling.seed} ${prompt.tokens.length}`;
    const compile = (request: FormRequest) => this.#grammars.compile(request, signal);
    const piece = (id: number) => model.piece(id);
    const shape = await shapeOf({
      extras,
      prompts,
      prompt,
      vocabulary: words,
      key,
      piece,
      compile,
    });
    if (shape.reads) await prepare(words);
    return new Promise((resolve, reject) => {
      scheduler.add(
        generation({
          ...{ model, adapter, owner, resume, signal, send },
          prompt: prompt.tokens,
          systemTokens: prompt.systemTokens,
          begun: prompt.begun,
          thought: prompt.thought,
          stopTokens: prompts.stopTokens,
          marks: shape.marks,
          alone: reproducible,
          sampler: new Sampler({
            ...{ sampling, ...extras, drawing },
            ...{ constraint: shape.constraint, prompt: prompt.tokens },
            piece,
          }),
          reader: shape.reader,
          left: shape.left,
          // The last token is not computed any more, so it needs no place.
          maxTokens: Math.min(sampling.maxTokens, plan.contextTokens - prompt.tokens.length + 1),
          template: extras.raw ? undefined : prompts.digest,
          done: (error) => (error === undefined ? resolve() : reject(error)),
        }),
      );
    });
  }

  /** So that nobody waits for the words that all prompts begin with, not even the first who asks. */
  async #prepare({ prompts, scheduler }: Loaded): Promise<void> {
    if (this.#opening === undefined) return;
    try {
      const { tokens, systemTokens } = await prompts.render([
        { role: "system", content: this.#opening },
        { role: "user", content: "" },
      ]);
      scheduler.prepare(tokens.slice(0, systemTokens));
    } catch (thrown) {
      // Who asks is told the same; nobody's answer hangs on this.
      console.error("the system prompt could not be prepared", thrown);
    }
  }

  /**
   * What is counted is mostly asked for next, and to cut a long prompt into tokens takes a while.
   *
   * @param keep for whoever asks for the same next
   */
  async #rendered(
    prompts: Prompts,
    { messages, extras = {} }: Calls["count"]["takes"],
    signal: AbortSignal,
    keep = false,
  ): Promise<Prompt> {
    const key = hash("sha256", JSON.stringify([messages, extras]), "base64");
    const known = this.#counted.get(key);
    if (!keep) this.#counted.delete(key);
    const prompt = known ?? (await prompts.render(messages, extras, this.#slices.begin(signal)));
    if (!keep) return prompt;
    this.#counted.set(key, prompt);
    const [oldest] = this.#counted.keys();
    if (this.#counted.size > MAX_COUNTED && oldest) this.#counted.delete(oldest);
    return prompt;
  }

  async #text(model: Model, tokens: readonly number[], signal: AbortSignal): Promise<string> {
    // The library aborts on an id that it does not know.
    const strange = tokens.find((token) => token >= model.vocabSize);
    if (strange !== undefined) throw unknownToken(strange, model.vocabSize);
    const slice = this.#slices.begin(signal);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    let text = "";
    for (const token of tokens) {
      if (slice.over) await slice.rest();
      text += decoder.decode(model.piece(token), { stream: true });
    }
    return text + decoder.decode();
  }

  async #score(
    { model, adapters, scheduler }: Loaded,
    { adapter, top, yields, ...window }: Calls["score"]["takes"],
    send: Send<"score">,
    signal: AbortSignal,
  ): Promise<void> {
    const chosen = await adapters.get(adapter);
    const { opening } = model;
    await new Promise<void>((resolve, reject) => {
      const done = (error?: unknown) => (error === undefined ? resolve() : reject(error));
      const options = { model, opening, window, top, yields, signal, send, done };
      scheduler.add(scoring({ ...options, adapter: chosen }));
    });
  }

  async #replay(
    { prompts, model, adapters, scheduler, plan }: Loaded,
    { messages, sampling, extras = {}, answer: text }: Calls["replay"]["takes"],
    send: Send<"replay">,
    signal: AbortSignal,
  ): Promise<void> {
    const adapter = await adapters.get(extras.adapter);
    const prompt = (await this.#rendered(prompts, { messages, extras }, signal)).tokens;
    const cut = (text: string) => prompts.answer(text, this.#slices.begin(signal));
    const tokens = await cut(text);
    const size = prompt.length + tokens.length;
    if (size > plan.contextTokens) throw promptTooLong(size, plan.contextTokens);
    const piece = (id: number) => model.piece(id);
    const judge = (answer: readonly number[], slowly: boolean) => {
      const sampler = new Sampler({ sampling, ...extras, prompt, piece });
      return judged({ prompt, answer, sampler, slowly, adapter, signal }, scheduler);
    };
    const places = await replay({ tokens, cut, judge, piece, signal });
    const spelt = (id: number) => piece(id).toString("utf8");
    send(
      places.map(({ id, winner, behind }) => ({
        ...{ text: spelt(id), instead: spelt(winner), behind },
      })),
    );
  }

  async #embed(
    { prompts, scheduler, embedder }: Loaded,
    texts: readonly string[],
    send: Send<"embed">,
    signal: AbortSignal,
  ): Promise<void> {
    const tokens: (readonly number[])[] = [];
    for (const text of texts) {
      tokens.push(embedder.around(await prompts.foreign(text, this.#slices.begin(signal))));
    }
    const size = Math.max(...tokens.map(({ length }) => length));
    if (size > embedder.limit) throw textTooLong(size, embedder.limit);
    const vectors: (readonly number[])[] = [];
    for (const text of tokens) {
      // A chunk at a time, so that answers are written between them.
      const chunk = () => scheduler.briefTokens;
      const between = <T>(job: () => Promise<T>) => scheduler.between(job);
      vectors.push(await embedder.embed(text, { chunk, between, signal }));
      if (signal.aborted) return;
    }
    send({ vectors, promptTokens: tokens.reduce((sum, { length }) => sum + length, 0) });
  }
}

function vitals({ scheduler }: Loaded): Vitals {
  const { kvUsedTokens, prefillSpeed, decodeSpeed, batchSince, longestBatchMs } = scheduler;
  return {
    ...{ kvUsedTokens, longestBatchMs },
    memoryBytes: process.memoryUsage.rss(),
    prefillSpeed: prefillSpeed.perSecond,
    decodeSpeed: decodeSpeed.perSecond,
    batchMs: batchSince === undefined ? 0 : performance.now() - batchSince,
  };
}
