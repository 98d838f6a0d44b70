/**
 * What the server and the strong model process say to each other over the IPC channel of `fork`
 * (structured clone). A call gets any number of parts, then an end or an error; what is ready after
 * one batch travels in one message, as a list of replies.
 */
import type {
  Drawing,
  Embeddings,
  Replayed,
  ReplayRequest,
  TokenLogprob,
  ToolCall,
} from "../../../core/extras.ts";
import type { Ending, Extras, Message, ModelCard, Sampling } from "../../../core/types.ts";
import type { Found } from "../native/find.ts";

/** Where the model computes, and with how much memory. Chosen by the server (`service/plan.ts`). */
export interface Plan {
  /** Sequences that are computed at once. */
  readonly slots: number;
  /** Context window of each slot, in tokens. */
  readonly contextTokens: number;
  /** Type of the KV cache: 2 bytes a value, or about 1. */
  readonly kvType: "f16" | "q8_0";
  /** By how much the window may be longer than what the model was trained for (YaRN); 1 if absent. */
  readonly yarn?: number | undefined;
  /** Threads for a batch of one token, and for larger ones. */
  readonly threads: number;
  readonly batchThreads: number;
  /** Most tokens of a batch. */
  readonly batchTokens: number;
  readonly flashAttention: boolean;
  /** Keep the weights in physical memory (mlock). */
  readonly lockMemory: boolean;
  /** Most tokens that are guessed from the prompt and checked in one batch; 0 is off. */
  readonly draftTokens: number;
}

export interface AdapterFile {
  readonly id: string;
  /** Path of a GGUF file. */
  readonly path: string;
  /** SHA-256 of the file. */
  readonly digest: string;
  /** 1 is as it was trained. */
  readonly scale: number;
}

export interface CachePlan {
  /** Folder for state files, absolute; none are written when absent. */
  readonly folder?: string | undefined;
  /** Seals them together with the folder's own random part; base64. */
  readonly secret?: string | undefined;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

export interface LoadOptions extends Pick<ModelCard, "id" | "name" | "digest" | "quantisation"> {
  /** Path of a GGUF file. */
  readonly path: string;
  readonly plan: Plan;
  readonly adapters: readonly AdapterFile[];
  readonly cache: CachePlan;
  /** What every system prompt begins with: computed before anybody asks, and found by everybody. */
  readonly opening?: string | undefined;
  /** As the process before it has found it; else it is looked for, which takes half a second. */
  readonly library?: Found | undefined;
  /** Path of the module that computes, where it is not llama.cpp. */
  readonly runtime?: string | undefined;
}

export interface Loaded {
  readonly card: ModelCard;
  /** As it came out: the context may have been shortened to what the model was trained for. */
  readonly plan: Plan;
  /** The template knows tools. */
  readonly tools: boolean;
  /** Tokens that open every text that is read by itself. */
  readonly openingTokens: number;
  /** The fewest tokens that a message takes in a prompt, whatever it says. */
  readonly messageTokens: number;
  readonly library?: Found | undefined;
}

export interface Generate {
  /** Whose it is, so that it finds nothing in the caches that was computed for others. */
  readonly owner?: string | undefined;
  readonly messages: readonly Message[];
  readonly sampling: Sampling & { readonly seed: number };
  /** Computed apart from all others and with no cache, so that the same seed gives the same. */
  readonly reproducible: boolean;
  readonly extras?: Extras | undefined;
  /** Tokens of the answer that a process which died has already given: it goes on after them. */
  readonly resume?: readonly number[] | undefined;
  /** How far its draws were, where there was a key. */
  readonly drawing?: Drawing | undefined;
}

export type Replay = Omit<ReplayRequest, "signal" | "sampling"> & Pick<Generate, "sampling">;

export interface Began {
  /** Of the prompt: what was in memory, and what came from disk, in tokens. */
  readonly cachedTokens: number;
  readonly restoredTokens: number;
  /** What ends the thought that the prompt opens for the model, if it opens one. */
  readonly thought?: string | undefined;
}

/** A part of `generate`, before the {@link Ending}. */
export type Written =
  /** The request has a slot. */
  | { readonly began: Began }
  | {
      readonly text: string;
      /** The tokens of the text, for `resume`. */
      readonly ids: readonly number[];
      /** If `logprobs` was asked for. */
      readonly tokens?: readonly TokenLogprob[] | undefined;
      readonly toolCall?: ToolCall | undefined;
      /** After these tokens, where there is a key. */
      readonly drawing?: Drawing | undefined;
    };

/** A part of a text that fits the context window. */
export interface Window {
  /** Token ids to be read. */
  readonly tokens: readonly number[];
  /** The first token, as an index into `tokens`, that this window scores. */
  readonly from: number;
}

export interface Score extends Window {
  readonly adapter?: string | undefined;
  readonly top: number;
  /** It stands still while others are answered. */
  readonly yields?: boolean | undefined;
}

/** What a ping is answered with. */
export interface Vitals {
  readonly kvUsedTokens: number;
  /** Resident memory of the process. */
  readonly memoryBytes: number;
  /** Measured, over the last seconds of work: tokens a second. */
  readonly prefillSpeed: number;
  readonly decodeSpeed: number;
  /** How long the batch under way has been computed; 0 between two. A hung library shows here. */
  readonly batchMs: number;
  /** How long the longest batch so far took; 0 before the first. */
  readonly longestBatchMs: number;
}

/** Calls by name: what they take, and the type of their parts. */
export interface Calls {
  /** Parts: numbers from 0 to 1 while it loads, then what was loaded. */
  load: { takes: LoadOptions; parts: number | Loaded };
  /** One part: the size of the prompt, in tokens. */
  count: { takes: { messages: readonly Message[]; extras?: Extras | undefined }; parts: number };
  generate: { takes: Generate; parts: Written | Ending };
  tokenize: { takes: { text: string }; parts: number[] };
  detokenize: { takes: { tokens: readonly number[] }; parts: string };
  /** Parts: the tokens of the window, some at a time. */
  score: { takes: Score; parts: TokenLogprob[] };
  /** One part. */
  replay: { takes: Replay; parts: readonly Replayed[] };
  embed: { takes: { texts: readonly string[] }; parts: Embeddings };
  /** One part. Answered between two batches at the latest: the heartbeat. */
  ping: { takes: Record<string, never>; parts: Vitals };
  /** Writes what is worth keeping to disk; one part: the number of files. */
  save: { takes: Record<string, never>; parts: number };
  /** Forgets the states of all conversations; one part: how many files could not be removed. */
  forget: { takes: Record<string, never>; parts: number };
}

export type Call =
  | { [Name in keyof Calls]: { id: number; call: Name; takes: Calls[Name]["takes"] } }[keyof Calls]
  /** `id` is that of the call to end. */
  | { readonly id: number; readonly call: "cancel" };

export type Reply =
  | { readonly id: number; readonly part: unknown }
  | { readonly id: number; readonly end: true }
  /** `code` is a CharlaError's where it is the request that is at fault. */
  | { readonly id: number; readonly error: Failure };

export interface Failure {
  readonly code?: string | undefined;
  readonly message: string;
  /** Of an error without a code, for the server's log. */
  readonly name?: string | undefined;
  readonly stack?: string | undefined;
  readonly hint?: string | undefined;
  readonly status?: number | undefined;
  readonly param?: string | undefined;
  readonly params?: Readonly<Record<string, string | number>> | undefined;
}
