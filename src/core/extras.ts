/**
 * What can be asked of an engine beyond a chat, and what it then says beyond text: the words that
 * the API, the embedded engine, and whatever watches them share. Nothing of the clone knows them;
 * an engine lists what it can do in `Engine.grants`, and the core refuses the rest by name.
 */
import type { Engine, Engines } from "./engine.ts";
import { CharlaError } from "./errors.ts";
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
    /** The answer is a sentence of this grammar, unless it is cut. */
    readonly grammar?: Grammar | undefined;
    readonly tools?: Tools | undefined;
    /** Name of a LoRA adapter; the model as it is when absent. */
    readonly adapter?: string | undefined;
    readonly chooser?: ChooserWish | undefined;
  }

  interface Text {
    /** The tokens of this text, if `logprobs` was asked for. */
    readonly tokens?: readonly TokenLogprob[] | undefined;
    /** A whole call of a tool; `text` is empty then. */
    readonly toolCall?: ToolCall | undefined;
  }

  interface Message {
    /** What the model called in this message of its own. */
    readonly toolCalls?: readonly ToolCall[] | undefined;
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
    tokenize?(text: string): Promise<readonly number[]>;
    detokenize?(tokens: readonly number[]): Promise<string>;
    /**
     * Natural logarithm of each token's probability after those before it. The first has none.
     * For perplexity: exp(-mean). Longer texts than the context window are cut into windows.
     */
    score?(text: string, options: ScoreOptions): Promise<readonly TokenLogprob[]>;
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
  }
}

export type Grammar =
  /** Any JSON object. */
  | { readonly type: "json_object" }
  /** A JSON schema, as far as a grammar can say it. */
  | { readonly type: "json_schema"; readonly schema: unknown }
  /** llama.cpp's own notation (GBNF). */
  | { readonly type: "gbnf"; readonly source: string };

export interface Tool {
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON schema of the arguments, an object. */
  readonly parameters?: unknown;
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

/** Chooses the tokens by a function of the engine's registry instead of plain sampling. */
export interface ChooserWish {
  readonly name: string;
  /** Secret or public, as the chooser needs it. */
  readonly key: string;
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

export interface ScoreOptions {
  readonly signal: AbortSignal;
  readonly adapter?: string | undefined;
  /** Alternatives at each place: 0 to 20. */
  readonly top?: number | undefined;
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
}

/** One engine at one moment; counters grow from the engine's start and survive its restarts. */
export interface EngineLoad {
  readonly model: string;
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
  };
}

function refusing(engine: Engine): Engine {
  return {
    ...engine,
    // The first that a turn asks of its engine.
    async countTokens(messages, extras) {
      checkGranted(engine, extras);
      return engine.countTokens(messages, extras);
    },
  };
}

function checkGranted({ card, grants = [] }: Engine, extras: Extras = {}): void {
  const asked = Object.keys(extras) as (keyof Extras)[];
  const param = asked.find((name) => !grants.includes(name));
  if (param === undefined) return;
  throw new CharlaError("not_granted", {
    status: 400,
    param,
    message: "The model {model} cannot be asked for '{param}'.",
    hint: "Leave it out, or ask a model that runs in Charla's own engine.",
    params: { model: card.id, param },
  });
}
