/**
 * The vocabulary of a chat. Every other file speaks in these words.
 */

export type Role = "system" | "user" | "assistant";

export interface Message {
  readonly role: Role;
  readonly content: string;
  /** This message, of role "user", is what a tool answered to the call of this id. */
  readonly toolCallId?: string | undefined;
}

/** How the next token is chosen, and how many there may be. */
export interface Sampling {
  /** 0 always takes the likeliest token; 1 samples from the model's own distribution. */
  readonly temperature: number;
  /** Nucleus sampling: keep the likeliest tokens that together reach this probability. */
  readonly topP: number;
  /** Upper bound on the answer, in tokens. */
  readonly maxTokens: number;
  /** The same seed, prompt, model and machine give the same answer. Random when absent. */
  readonly seed?: number | undefined;
}

export const DEFAULT_SAMPLING: Sampling = { temperature: 0.7, topP: 0.9, maxTokens: 1024 };

/** One question to a model: everything that decides the answer, and who asks. */
export interface Turn {
  /** Whole history, oldest first, ending with the message to answer. */
  readonly messages: readonly Message[];
  readonly sampling: Sampling;
  /** The answer ends before the first of these strings; the work of a step, not of engines. */
  readonly stop?: readonly string[] | undefined;
  /** Model id; the server's default when absent. */
  readonly model?: string | undefined;
  /** Which door the turn came through: "api", "page", "cli", "title", ... */
  readonly origin: string;
  /** Who asks, so that nobody takes all of the machine; all who give no name count as one. */
  readonly user?: string | undefined;
  readonly extras?: Extras | undefined;
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * What is asked of an engine beyond a chat, by name. The clone asks for nothing: rooms add their
 * wishes by declaration merging (`extras.ts`), and an engine that cannot grant one is not asked.
 */
// biome-ignore lint/suspicious/noEmptyInterface: open for declaration merging
export interface Extras {}

/** What a turn produces, in order: one start, any number of waits, then texts, one finish. */
export type Delta =
  | { readonly type: "start"; readonly start: Start }
  | Waiting
  | Text
  | { readonly type: "finish"; readonly finish: Finish };

/** A new piece of the answer. */
export interface Text {
  readonly type: "text";
  readonly text: string;
}

/** The engine is busy with others: told again whenever the place in the queue changes. */
export interface Waiting {
  readonly type: "waiting";
  /** 1 is the next in line. */
  readonly place: number;
  /** Estimate of the wait. */
  readonly seconds?: number | undefined;
}

/** Known once the prompt is fixed, before the first token. */
export interface Start {
  readonly model: ModelCard;
  readonly seed: number;
  /** Whether the seed was given, and so gives the same answer again. */
  readonly reproducible: boolean;
  /** Exact size of the prompt in tokens, chat template included; an estimate if `estimated`. */
  readonly promptTokens: number;
  readonly estimated: boolean;
  /** How many of the oldest messages no longer fit and were left out. */
  readonly droppedMessages: number;
}

/** How an engine's answer ended. */
export interface Ending {
  /** stop: the model ended or was told to; length: no room left. */
  readonly reason: "stop" | "length";
  readonly promptTokens: number;
  /** Part of the prompt that was still in the engine's memory and was not computed again. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** When the first token was computed, on the clock of `performance`, if its text came later. */
  readonly firstTokenAt?: number | undefined;
}

/** How a turn ended. */
export interface Finish extends Omit<Ending, "reason" | "firstTokenAt"> {
  readonly reason: Ending["reason"] | "cancelled";
  /** Milliseconds from the turn's beginning to the first token of the answer. */
  readonly firstTokenMs: number;
  readonly totalMs: number;
  /** Decode speed: tokens after the first, by the time they took. */
  readonly tokensPerSecond: number;
}

/** What a model is, as far as it can be known; part of every answer's details. */
export interface ModelCard {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the file, where there is a file. */
  readonly digest?: string | undefined;
  readonly quantisation?: string | undefined;
  /** Context window in tokens: prompt and answer together. */
  readonly contextWindow: number;
  /** Where it computes: "CPU, 1 thread", "CUDA", or the address of a remote server. */
  readonly device: string;
}
