/** The vocabulary of the benchmark. */
import type { Message } from "../src/core/types.ts";

/** One request for an answer of a known length. */
export interface Question {
  readonly messages: readonly Message[];
  /** Tokens of the prompt, template included; peers without a template take exactly as many. */
  readonly promptTokens?: number;
  /** The end token is forbidden where the system can do that, so this many really arrive. */
  readonly maxTokens: number;
  /** For systems that have several. */
  readonly model?: string;
  /** Who asks, for systems that divide fairly among users. */
  readonly user?: string;
  readonly signal?: AbortSignal;
  /** Called at each piece of the answer, with the number of pieces so far. */
  onDelta?(count: number): void;
}

/** What came back. Times are milliseconds of `performance.now()`. */
export interface Answer {
  readonly began: number;
  /** When each piece of the text arrived. */
  readonly deltas: readonly number[];
  readonly ended: number;
  readonly text: string;
  /** Token counts as the system reports them; null when it did not. */
  readonly promptTokens: number | null;
  readonly cachedTokens: number | null;
  readonly completionTokens: number | null;
  /** HTTP status; 0 when the connection broke or was cancelled before one came. */
  readonly status: number;
  /** Value of Retry-After, if there was one. */
  readonly retryAfter: string | null;
  /** Why it is not a whole answer: an error's text, or "cancelled". */
  readonly error: string | null;
  /** Whether that error says that asking again can help. */
  readonly retryable: boolean;
}

/** A running system under test. */
export interface System {
  /** "charla", or the peer's name. */
  readonly name: string;
  /** How it was set: "1 decode thread, 2 batch threads". */
  readonly setting: string;
  /** Process id of what was started; its children belong to it. */
  readonly pid: number;
  /** Where it answers chats, if it is a server. */
  readonly url?: string;
  /** Milliseconds from the process's start until it was ready. */
  readonly startMs: number;
  /** Never throws for an answer that failed; says so in it. */
  ask(question: Question): Promise<Answer>;
  /** Takes it off the processor while another one is measured. */
  pause(): unknown;
  resume(): void;
  stop(): Promise<void>;
}

/** Names one way to start a system; several settings of one peer compete, and the best counts. */
export interface Setup {
  /** How many answers may be written at once. */
  readonly slots: number;
  /** Context window of each, in tokens. */
  readonly context: number;
  /** How long a request may wait, for systems that refuse what would wait longer. */
  readonly waitSeconds?: number;
}

export const UNITS = {
  "tokens/s": "more",
  "% of capacity": "more",
  "% cached": "more",
  ms: "less",
  us: "less",
  MB: "less",
  requests: "less",
  times: "less",
} as const;
/** What a value is measured in, and whether more or less of it is better. */
export type Unit = keyof typeof UNITS;

/** A line of the result, as it stands in the JSON file. */
export interface Row {
  readonly workload: string;
  readonly case: string;
  readonly unit: Unit;
  /** Median over the runs; null when it failed. */
  readonly charla: number | null;
  readonly peers: Readonly<Record<string, number | null>>;
  /** Charla divided by the peer, with a 95 % interval. */
  readonly ratio: Readonly<Record<string, Ratio>>;
  readonly runs: number;
}

export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}
