/**
 * The embedded engine at full strength, seen from the server: many answers at once, in a model
 * process that may die without anyone losing more than time.
 */
import type { Engine } from "../../../core/engine.ts";
import type { EngineLoad } from "../../../core/extras.ts";
import type { Extras, Message, ModelCard } from "../../../core/types.ts";
import { cancelled } from "../../errors.ts";
import type { Found } from "../native/find.ts";
import type { AdapterFile, CachePlan, Calls, Plan, Vitals } from "../process/protocol.ts";
import type { Limits } from "./admission.ts";
import { answer, type Room } from "./answer.ts";
import { counters } from "./counters.ts";
import { statesLeft, tooLong } from "./errors.ts";
import { Gate } from "./gate.ts";
import { Supervisor } from "./supervisor.ts";
import { Quarantine } from "./suspects.ts";
import { persist } from "./work.ts";

export type QueueLimits = {
  readonly [Name in Exclude<keyof Limits, "slots">]?: Limits[Name] | undefined;
};

export interface StartOptions
  extends Pick<ModelCard, "id" | "name">,
    Partial<Pick<ModelCard, "digest" | "quantisation">> {
  /** Path of a GGUF file. */
  readonly path: string;
  readonly plan: Plan;
  readonly adapters?: readonly AdapterFile[] | undefined;
  readonly cache?: CachePlan;
  /** Of the queue; `slots` follows from the plan. */
  readonly limits?: QueueLimits | undefined;
  /** All users are one person's, and find in the caches what was computed for others of them. */
  readonly sharesCaches?: boolean | undefined;
  /** What every system prompt begins with; prepared at every start of the process. */
  readonly opening?: string | undefined;
  /** Silence in milliseconds after which the process counts as hung. */
  readonly patienceMs?: number | undefined;
  /** Called with 0 to 1 while the file is read. */
  onProgress?(fraction: number): void;
  /** To abort it ends a load. */
  readonly signal?: AbortSignal;
  log?(line: string, error?: unknown): void;
  /** The model process; ours unless a test has its own. */
  readonly program?: URL;
}

const GRANTS = [
  "logprobs",
  "logitBias",
  "presencePenalty",
  "frequencyPenalty",
  "grammar",
  "adapter",
  "chooser",
] as const satisfies readonly (keyof Extras)[];

/** Batches are computed beside its event loop, so that a process that is well answers in time. */
const PATIENCE_MS = 10_000;
/** For requests whose prompt was not counted; English has about four. */
const CHARACTERS_A_TOKEN = 4;
/**
 * Texts with more for each token of the context window are refused before they are tokenised, but
 * none of fewer characters in all, as a text may be scored in any number of windows.
 */
const MAX_CHARACTERS_A_TOKEN = 64;
const ALWAYS_TAKEN = 2_000_000;

/** The native library of this machine, once a process has found it. */
let library: Found | undefined;

/** Starts the process and loads the model. @throws CharlaError `engine_failed`, `engine_stopped` */
export async function startEngine(options: StartOptions): Promise<Engine> {
  const { id, name, digest, quantisation, path, plan, adapters = [] } = options;
  const { opening } = options;
  const { cache = { memoryBytes: 0, diskBytes: 0 }, patienceMs = PATIENCE_MS } = options;
  // `.ts` when run from the clone, `.js` in the published package.
  const ours = new URL(`../process/main${import.meta.url.slice(-3)}`, import.meta.url);
  const gate = new Gate(limitsOf(plan.slots, options.limits));
  let vitals: Vitals | undefined;
  const care = {
    program: options.program ?? ours,
    load: {
      ...{ id, name, digest, quantisation, path, plan, adapters, cache, opening },
      get library() {
        return library;
      },
    },
    patienceMs,
    log: options.log ?? (() => {}),
    onVitals(now: Vitals) {
      vitals = now;
      gate.measured({ prefill: now.prefillSpeed, decode: now.decodeSpeed });
    },
  };
  const supervisor = await Supervisor.start(care, options.onProgress, options.signal);
  const { card, tools, plan: made } = supervisor.loaded;
  library = supervisor.loaded.library ?? library;
  const quarantine = new Quarantine();
  const unread = { bytes: 0 };
  const room: Room = {
    ...{ name, supervisor, quarantine, gate, unread, counters: counters() },
    sharesCaches: options.sharesCaches === true,
  };
  /** Sizes of prompts that were counted, for the queue. */
  const sizes = new WeakMap<readonly Message[], number>();

  /** A call that costs little: in no queue, and nobody has a way to leave it. */
  async function ask<Name extends "count" | "tokenize" | "detokenize" | "forget">(
    call: Name,
    takes: Calls[Name]["takes"],
  ): Promise<Calls[Name]["parts"]> {
    const { signal } = new AbortController();
    const part = await persist(room, signal, (channel) => channel.one(call, takes));
    return part as Calls[Name]["parts"];
  }

  /** @throws CharlaError `text_too_long` for what is not worth tokenising */
  function bounded(text: string): string {
    const limit = Math.max(ALWAYS_TAKEN, card.contextWindow * MAX_CHARACTERS_A_TOKEN);
    if (text.length > limit) throw tooLong(text.length, limit);
    return text;
  }

  /** Work on texts, in line with the answers. */
  async function compute<Name extends "score" | "embed">(
    call: Name,
    takes: Calls[Name]["takes"],
    characters: number,
    signal: AbortSignal,
  ): Promise<Calls[Name]["parts"][]> {
    const promptTokens = Math.ceil(characters / CHARACTERS_A_TOKEN);
    const ticket = await gate.enter({ promptTokens, maxTokens: 1 }, signal, () => {});
    try {
      const parts = await persist(room, signal, async (channel) => {
        const parts: Calls[Name]["parts"][] = [];
        const running = channel.call(call, takes, (part) => parts.push(part));
        signal.addEventListener("abort", running.cancel, { once: true });
        if (signal.aborted) running.cancel();
        await running.done.finally(() => signal.removeEventListener("abort", running.cancel));
        return parts;
      });
      if (parts) supervisor.answered();
      if (!parts || signal.aborted) throw cancelled();
      return parts;
    } finally {
      gate.leave(ticket);
    }
  }

  return {
    card,
    exactCount: true,
    grants: tools ? [...GRANTS, "tools"] : GRANTS,
    async countTokens(messages, extras) {
      const size = await ask("count", { messages, extras });
      sizes.set(messages, size);
      return size;
    },
    generate(request) {
      const { messages } = request;
      return answer(room, request, sizes.get(messages) ?? guess(messages));
    },
    tokenize: async (text) => ask("tokenize", { text: bounded(text) }),
    detokenize: (tokens) => ask("detokenize", { tokens }),
    async score(text, { signal, adapter, top = 0 }) {
      const takes = { text: bounded(text), adapter, top };
      const windows = await compute("score", takes, text.length, signal);
      return windows.flat();
    },
    async embed(texts, signal) {
      const characters = texts.reduce((sum, text) => sum + text.length, 0);
      const [embeddings] = await compute("embed", { texts }, characters, signal);
      return embeddings as Calls["embed"]["parts"];
    },
    alive: () => true,
    load(): EngineLoad {
      const { requests, cancelled, ...tokens } = room.counters;
      const { restarts, lastFailure } = supervisor;
      return {
        model: id,
        slots: made.slots,
        busy: gate.running,
        queued: gate.waiting,
        kvTokens: made.slots * made.contextTokens,
        kvUsedTokens: vitals?.kvUsedTokens ?? 0,
        counters: { ...tokens, requests, refused: gate.refused, cancelled, restarts },
        memoryBytes: vitals?.memoryBytes ?? 0,
        lastFailure,
      };
    },
    async forget() {
      const left = await ask("forget", {});
      if (left > 0) throw statesLeft(left);
    },
    close: () => supervisor.close(),
  };
}

function limitsOf(slots: number, wanted: QueueLimits = {}): Limits {
  const { queue = 64, waitSeconds = 120 } = wanted;
  const { userSlots = slots, userQueue = Math.ceil(queue / 2) } = wanted;
  return { slots, userSlots: Math.min(userSlots, slots), queue, userQueue, waitSeconds };
}

function guess(messages: readonly Message[]): number {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  return Math.ceil(characters / CHARACTERS_A_TOKEN);
}
