/**
 * What can be asked of an engine beyond a chat, and what it then says beyond text: the words that
 * the API, the embedded engine, and whatever watches them share. Nothing of the clone knows them;
 * an engine lists what it can do in `Engine.grants`, and the core refuses the rest by name.
 */
import type { Engine, Engines, Request } from "./engine.ts";
import type { CharlaError } from "./errors.ts";
import "./images.ts";
import "./thoughts.ts";
import { drawsNothing, notGranted, seesNothing, toolsUnsupported } from "./refusals.ts";
import type { Extras } from "./types.ts";

declare module "./types.ts" {
  interface Extras {
    /** Log-probability of each token of the answer, and of so many alternatives (0 to 20). */
    readonly logprobs?: number | undefined;
    /** Added to the logits of tokens, by token id; -100 forbids and 100 forces one. */
    readonly logitBias?: Readonly<Record<number, number>> | undefined;
    /** Taken from the logit of every token that the answer has already: -2 to 2. */
    readonly presencePenalty?: number | undefined;
    /** Taken from a token's logit once for each time that the answer has it: -2 to 2. */
    readonly frequencyPenalty?: number | undefined;
    /** Keep so many of the likeliest tokens: 1 and more. */
    readonly topK?: number | undefined;
    /** Keep tokens with at least this share of the likeliest one's probability: above 0, up to 1. */
    readonly minP?: number | undefined;
    readonly repeatPenalty?: RepeatPenalty | undefined;
    readonly dry?: Dry | undefined;
    /** The answer is a sentence of this grammar, unless it is cut. */
    readonly grammar?: Grammar | undefined;
    readonly tools?: Tools | undefined;
    /** Name of a LoRA adapter; the model as it is when absent. */
    readonly adapter?: string | undefined;
    /** The last message is the beginning of the answer, which goes on where it ends. */
    readonly prefill?: true | undefined;
    readonly draw?: DrawWish | undefined;
    /** The messages are a text as it stands, without a chat template: what follows is its continuation. */
    readonly raw?: true | undefined;
  }

  interface Text {
    /** The tokens of this text, if `logprobs` was asked for. */
    readonly tokens?: readonly TokenLogprob[] | undefined;
    /** A whole call of a tool; `text` is empty then. */
    readonly toolCall?: ToolCall | undefined;
    /** A piece of the thought before the answer, and never part of it; `text` is empty then. */
    readonly reasoning?: string | undefined;
  }

  interface Message {
    /** What the model called in this message of its own. */
    readonly toolCalls?: readonly ToolCall[] | undefined;
  }

  interface ModelCard {
    /** What prompts are made with where the model's file has no chat template that can be used. */
    readonly standIn?: StandIn | undefined;
    /** Brought along to try things with: nothing rests on what it writes, not even a title. */
    readonly starter?: boolean | undefined;
  }

  interface Ending {
    /** Milliseconds in the queue, reading the prompt, and writing the answer. */
    readonly timings?: Timings | undefined;
    /** What decided the answer beside the model's card. */
    readonly made?: Made | undefined;
  }
}

declare module "./engine.ts" {
  interface Engine {
    /** Token ids of a text as it would stand in a message: never a control token. */
    tokenize?(text: string, signal?: AbortSignal): Promise<readonly number[]>;
    detokenize?(tokens: readonly number[], signal?: AbortSignal): Promise<string>;
    /**
     * Natural logarithm of each token's probability after those before it. The first has none.
     * For perplexity: exp(-mean). Longer texts than the context window are cut into windows.
     */
    score?(text: string, options: ScoreOptions): Promise<readonly TokenLogprob[]>;
    /** The same of one window that the caller has cut, for protocols that say how. */
    scoreTokens?(
      tokens: readonly number[],
      options: WindowOptions,
    ): Promise<readonly TokenLogprob[]>;
    /** How many tokens of the model's own stand before a text or a window that is scored. */
    readonly openingTokens?: number | undefined;
    /**
     * Computes an answer again that was said to be given to this request: for each of its tokens,
     * whether the same draws would have taken it. Reads and writes nothing.
     */
    replay?(request: ReplayRequest): Promise<readonly Replayed[]>;
    /** One vector of length 1 for each text. */
    embed?(texts: readonly string[], signal: AbortSignal): Promise<Embeddings>;
    /** What is going on, for metrics and the live panel; never waits. */
    load?(): EngineLoad;
    /** Asked after it threw `engine_stopped`: true if it starts its process again by itself. */
    alive?(): boolean;
    /** Forgets the states of conversations, in memory and on disk. */
    forget?(): Promise<void>;
  }

  interface Engines {
    /** The load of every engine in memory. */
    loads?(): readonly EngineLoad[];
    /** The same for every engine in memory, and for what others have left on disk. */
    forget?(): Promise<void>;
    /** Whose engines these are, where somebody stands in front of them. */
    readonly owner?: Engines | undefined;
  }
}

/**
 * Divides the logits of tokens that were there before, or multiplies them where they are negative
 * (Keskar et al., "CTRL", 2019, section 4.1). 1 changes nothing.
 */
export interface RepeatPenalty {
  readonly factor: number;
  /** So many of the last tokens of prompt and answer count; all of them when absent. */
  readonly lastN?: number | undefined;
}

/**
 * "Don't repeat yourself": a token that would go on with a repetition of n tokens loses
 * `multiplier * base ** (n - allowedLength)` of its logit, if n is at least `allowedLength`.
 */
export interface Dry {
  readonly multiplier: number;
  /** At least 1. */
  readonly base: number;
  readonly allowedLength: number;
  /** So many of the last tokens of prompt and answer count; all of them when absent. */
  readonly lastN?: number | undefined;
  /** No repetition goes on past one of these texts. */
  readonly breakers: readonly string[];
}

export type Grammar =
  /** Any JSON object. */
  | { readonly type: "json_object" }
  /** A JSON schema, as far as a grammar can say it. */
  | {
      readonly type: "json_schema";
      readonly schema: unknown;
      /** What a grammar cannot hold to is refused; otherwise the answer fits all the rest. */
      readonly strict?: boolean | undefined;
    }
  /** llama.cpp's own notation (GBNF). */
  | { readonly type: "gbnf"; readonly source: string };

export interface Tool {
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON schema of the arguments, an object. */
  readonly parameters?: unknown;
  /** What a grammar cannot hold the arguments to is refused; otherwise they fit all the rest. */
  readonly strict?: boolean | undefined;
}

export interface Tools {
  readonly list: readonly Tool[];
  /** The model may call, must not, must, or must call this one. */
  readonly choice: "auto" | "none" | "required" | { readonly name: string };
  /** Whether there may be more than one call in an answer. */
  readonly parallel: boolean;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

/**
 * A key that the tokens are drawn by, in the place of one that follows from the seed: who has it can
 * recognise the text, to all others it is sampled as it would be without.
 */
export interface DrawWish {
  /** Up to 64 bytes, in hexadecimal digits; secret. */
  readonly key: string;
  /** What may be told of it. */
  readonly id: string;
  /** An engine that cannot is not asked; otherwise it answers without. */
  readonly required: boolean;
}

/** How far the draws of one answer are. */
export interface Drawing {
  /** Tokens that were drawn by the key, where there was more than one to choose from. */
  readonly tokens: number;
  /** What its first choices tell, until it differs enough from other answers of the same key. */
  readonly nats: number;
}

export interface TokenLogprob {
  /** Token id. */
  readonly id: number;
  /** Its text, or U+FFFD for a part of a character. */
  readonly text: string;
  /** Its bytes; a part of a character where the text alone would not tell. */
  readonly bytes: readonly number[];
  /** Natural logarithm of its probability, before temperature; null where nothing stands before. */
  readonly logprob: number | null;
  /** The likeliest tokens at this place, likeliest first. */
  readonly top: ReadonlyArray<Omit<TokenLogprob, "top">>;
}

export interface StandIn {
  /**
   * Chat ML, since its marks are in the vocabulary; that of a model which looks alike; or none, as a
   * base model has it, which goes on with a text and does not know whose turn it is.
   */
  readonly template: "chatml" | "guessed" | "none";
  /** What is wrong with the file's own; undefined where it has none. */
  readonly reason: string | undefined;
}

export interface ScoreOptions {
  readonly signal: AbortSignal;
  readonly adapter?: string | undefined;
  /** Alternatives at each place: 0 to 20. */
  readonly top?: number | undefined;
}

export interface WindowOptions extends ScoreOptions {
  /** The first token, as an index, that is scored; those before it are only read. */
  readonly from: number;
  /** Nobody waits for it: while others are answered it stands still. */
  readonly yields?: boolean | undefined;
}

/** What an answer was made with, as far as it can be told afterwards: no grammar, no tools. */
export interface ReplayRequest extends Pick<Request, "messages" | "sampling" | "signal"> {
  readonly extras?: Omit<Extras, "logprobs" | "grammar" | "tools" | "prefill"> | undefined;
  readonly answer: string;
}

/** A token of an answer that was computed again. */
export interface Replayed {
  /** As it stands in the answer; U+FFFD for a part of a character. */
  readonly text: string;
  /** What would have been taken. */
  readonly instead: string;
  /**
   * How much larger the token's logit, divided by the temperature unless that is 0, would have to be for
   * it to be taken: 0 where it is.
   */
  readonly behind: number;
}

export interface Embeddings {
  readonly vectors: ReadonlyArray<readonly number[]>;
  readonly promptTokens: number;
}

/** In milliseconds. */
export interface Timings {
  readonly queueMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
}

export interface Made {
  readonly adapter?: { readonly id: string; readonly digest: string } | undefined;
  /** SHA-256 of the chat template. */
  readonly template?: string | undefined;
  /** The steps of sampling with their values, in order. */
  readonly sampler?: string | undefined;
  /** What a schema asks for and the answer is not held to, since no grammar can, by where it stands. */
  readonly left?: readonly string[] | undefined;
  /** The key that was asked for, by its id, and how many tokens were drawn by it. */
  readonly draw?: { readonly key: string; readonly tokens: number } | undefined;
}

/** One engine at one moment; counters grow from the engine's start and survive its restarts. */
export interface EngineLoad {
  /** Its id, and what people call it. */
  readonly model: string;
  readonly name: string;
  /** Sequences that can be computed at once, 0 for no limit, and those that are. */
  readonly slots: number;
  readonly busy: number;
  readonly queued: number;
  /** Tokens that the KV cache can hold, and that it holds. */
  readonly kvTokens: number;
  readonly kvUsedTokens: number;
  readonly counters: {
    readonly promptTokens: number;
    /** Part of the prompts that was found in memory, and on disk. */
    readonly cachedTokens: number;
    readonly restoredTokens: number;
    readonly completionTokens: number;
    readonly requests: number;
    /** Requests refused because the queue was full or the wait too long. */
    readonly refused: number;
    readonly cancelled: number;
    readonly restarts: number;
  };
  /** Resident memory of the model process, in bytes; 0 when it is not known. */
  readonly memoryBytes: number;
  /** Why the process was started again the last time. */
  readonly lastFailure?: CharlaError | undefined;
}

/** The same engines, which refuse by name what they cannot grant. */
export function granting(engines: Engines): Engines {
  return {
    get: async (model, signal) => refusing(await engines.get(model, signal)),
    list: () => engines.list(),
    status: () => engines.status(),
    loads: () => engines.loads?.() ?? [],
    forget: async () => engines.forget?.(),
    close: () => engines.close(),
    owner: engines,
  };
}

function refusing(engine: Engine): Engine {
  return {
    ...engine,
    // The first that a turn asks of its engine.
    async countTokens(messages, extras) {
      const seen = messages.some(({ images = [] }) => images.length > 0);
      checkGranted(engine, seen ? { ...extras, vision: true } : extras);
      return engine.countTokens(messages, extras);
    },
  };
}

function checkGranted({ card, grants = [] }: Engine, extras: Extras = {}): void {
  const asked = Object.keys(extras) as (keyof Extras)[];
  const param = asked.find((name) => !grants.includes(name) && !spared(name, extras));
  if (param === undefined) return;
  if (param === "vision") throw seesNothing(card.id);
  if (param === "tools") throw toolsUnsupported();
  if (param === "draw") throw drawsNothing(card.id);
  throw notGranted(card.id, param);
}

/**
 * A wish for a mark is told by the details of the answer, which name the key where there was one; a model
 * that does not think has nothing to leave out.
 */
const spared = (name: keyof Extras, { draw }: Extras) =>
  name === "thinking" || (name === "draw" && !draw?.required);
