/**
 * The embedded engine at full strength, seen from the server: many answers at once, in a model
 * process that may die without anyone losing more than time.
 */
import type { Engine } from "../../../core/engine.ts";
import type { EngineLoad, StandIn } from "../../../core/extras.ts";
import type { Extras, Message, ModelCard } from "../../../core/types.ts";
import type { Found } from "../native/find.ts";
import { promptTooLong } from "../process/errors.ts";
import { checkGrammarSize } from "../process/grammar-limits.ts";
import type { AdapterFile, CachePlan, Plan, Vitals } from "../process/protocol.ts";
import type { Limits } from "./admission.ts";
import { answer, type Room } from "./answer.ts";
import { counters } from "./counters.ts";
import { statesLeft, tooLong } from "./errors.ts";
import { Gate } from "./gate.ts";
import { Supervisor } from "./supervisor.ts";
import { Quarantine } from "./suspects.ts";
import { Texts } from "./texts.ts";
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
  /** Told on its card. */
  readonly starter?: boolean | undefined;
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
  /** The model process; ours unless a test or another engine has its own. */
  readonly program?: URL;
  /** For such a process: path of the module that computes. */
  readonly runtime?: string | undefined;
  /** What it cannot do; it is refused by name. */
  readonly lacks?: readonly ("adapter" | "embed")[];
}

const GRANTS = [
  "logprobs",
  "logitBias",
  "presencePenalty",
  "frequencyPenalty",
  "topK",
  "minP",
  "repeatPenalty",
  "dry",
  "grammar",
  "adapter",
  "prefill",
  "draw",
  "raw",
  "thinking",
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
  const { opening, runtime, lacks = [] } = options;
  const { cache = { memoryBytes: 0, diskBytes: 0 }, patienceMs = PATIENCE_MS } = options;
  // `.ts` when run from the clone, `.js` in the published package.
  const ours = new URL(`../process/main${import.meta.url.slice(-3)}`, import.meta.url);
  const queueLimits = limitsOf(plan.slots, options);
  const gate = new Gate(queueLimits);
  let vitals: Vitals | undefined;
  const care = {
    program: options.program ?? ours,
    load: {
      ...{ id, name, digest, quantisation, path, plan, adapters, cache, opening, runtime },
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
  const { tools, plan: made } = supervisor.loaded;
  const card = { ...supervisor.loaded.card, ...(options.starter && { starter: true }) };
  library = supervisor.loaded.library ?? library;
  if (card.standIn) care.log(`${name}: ${standingIn(card.standIn)}`);
  const quarantine = new Quarantine();
  const unread = { bytes: 0 };
  const room: Room = {
    ...{ name, supervisor, quarantine, gate, unread, counters: counters() },
    sharesCaches: options.sharesCaches === true,
  };
  /** Sizes of prompts that were counted, for the queue. */
  const sizes = new WeakMap<readonly Message[], number>();

  const { openingTokens, messageTokens } = supervisor.loaded;
  const grants = GRANTS.filter((grant) => !lacks.some((one) => one === grant));
  const texts = new Texts(room, queueLimits.waitSeconds);
  const most = card.contextWindow * MAX_CHARACTERS_A_TOKEN;

  /** @throws CharlaError `text_too_long` for what is not worth tokenising */
  function bounded(text: string): string {
    const limit = Math.max(ALWAYS_TAKEN, most);
    if (text.length > limit) throw tooLong(text.length, limit);
    return text;
  }

  /** For what can never fit: so many tokens at least, found without looking at them. */
  function leastTokens(messages: readonly Message[], characters: number): number | undefined {
    if (characters > most) return Math.ceil(characters / MAX_CHARACTERS_A_TOKEN);
    const least = turnsOf(messages) * messageTokens;
    return least > card.contextWindow ? least : undefined;
  }

  return {
    card,
    exactCount: true,
    grants: tools ? [...grants, "tools"] : grants,
    async countTokens(messages, extras) {
      // Before it is counted, travels, or a template writes the tools.
      checkGrammarSize(extras ?? {});
      const characters = sizeOf(messages, extras);
      const least = leastTokens(messages, characters);
      if (least !== undefined) return least;
      const size = await texts.cheap("count", { messages, extras }, characters);
      sizes.set(messages, size);
      return size;
    },
    generate(request) {
      const { messages, extras } = request;
      const known = sizes.get(messages);
      const characters = sizeOf(messages, extras);
      const least = known ?? leastTokens(messages, characters);
      if (least !== undefined && least > card.contextWindow) {
        throw promptTooLong(least, card.contextWindow);
      }
      return answer(room, request, known ?? Math.ceil(characters / CHARACTERS_A_TOKEN));
    },
    tokenize: async (text, signal) =>
      texts.cheap("tokenize", { text: bounded(text) }, text.length, signal),
    detokenize: (tokens, signal) =>
      texts.cheap("detokenize", { tokens }, tokens.length * CHARACTERS_A_TOKEN, signal),
    openingTokens,
    async score(text, { signal, adapter, top = 0 }) {
      const takes = { text: bounded(text) };
      const tokens = await texts.cheap("tokenize", takes, text.length, signal);
      return texts.score(tokens, made.contextTokens - openingTokens, { adapter, top }, signal);
    },
    async scoreTokens(tokens, { signal, adapter, top = 0, from, yields }) {
      const size = tokens.length + openingTokens;
      if (size > made.contextTokens) throw promptTooLong(size, made.contextTokens);
      return texts.scoreWindow({ tokens, from }, { adapter, top, yields }, signal);
    },
    async replay({ signal, answer, ...request }) {
      const takes = { ...request, answer: bounded(answer) };
      const characters = sizeOf(request.messages, request.extras) + answer.length;
      return texts.replay(takes, Math.ceil(characters / CHARACTERS_A_TOKEN), signal);
    },
    ...(!lacks.includes("embed") && {
      async embed(list: readonly string[], signal: AbortSignal) {
        for (const text of list) if (text.length > most) throw tooLong(text.length, most);
        return texts.embed(list, signal);
      },
    }),
    alive: () => true,
    load(): EngineLoad {
      const { requests, cancelled, ...tokens } = room.counters;
      const { restarts, lastFailure } = supervisor;
      return {
        model: id,
        name,
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
      const { signal } = new AbortController();
      const left = (await persist(room, signal, (channel) => channel.one("forget", {}))) ?? 0;
      if (left > 0) throw statesLeft(left);
    },
    close: () => supervisor.close(),
  };
}

/** Where there are several people, one of them leaves a slot to the others. */
function limitsOf(
  slots: number,
  { limits: wanted = {}, sharesCaches = true }: Pick<StartOptions, "limits" | "sharesCaches">,
): Limits {
  const { queue = 64, waitSeconds = 120, userQueue = Math.ceil(queue / 2) } = wanted;
  const { userSlots = sharesCaches ? slots : Math.max(1, slots - 1) } = wanted;
  return { slots, userSlots: Math.min(userSlots, slots), queue, userQueue, waitSeconds };
}

/** For the log; people read it in the model's card. */
function standingIn({ template, reason }: StandIn): string {
  const fault = reason === undefined ? "no chat template" : `a broken chat template (${reason})`;
  if (template === "none") return `base model, ${fault}: it goes on with texts`;
  const instead = template === "chatml" ? "Chat ML" : "that of a model like it";
  return `${fault} in the file; ${instead} is used`;
}

/** In characters: of the messages, and of the tools that the template writes with them. */
function sizeOf(messages: readonly Message[], { tools }: Extras = {}): number {
  const offered = tools && tools.list.length > 0 ? JSON.stringify(tools.list).length : 0;
  return messages.reduce((sum, { content, toolCalls = [] }) => {
    const called = toolCalls.reduce((all, call) => all + call.arguments.length, 0);
    return sum + content.length + called;
  }, offered);
}

/** Neighbours of one side may be written as one message. */
function turnsOf(messages: readonly Message[]): number {
  return messages.filter(({ role }, at) => role !== messages[at - 1]?.role).length;
}
