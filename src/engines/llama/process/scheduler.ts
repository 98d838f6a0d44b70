/**
 * Continuous batching: after each batch, whatever has a slot takes part in the next one. Those that
 * write add one token each; the prompts that are being read share the rest of the batch, and while
 * somebody writes that rest is kept so small that it does not hold up the writers.
 *
 * Source: Yu et al., "Orca: A Distributed Serving System for Transformer-Based Generative Models",
 * OSDI 2022 (continuous batching); Agrawal et al., "Taming Throughput-Latency Tradeoff in LLM
 * Inference with Sarathi-Serve", OSDI 2024 (chunked prefill).
 */
import type { Hit, PrefixCache } from "../cache/index.ts";
import type { Context } from "../native/context.ts";
import { Boldness } from "./draft.ts";
import type { Plan } from "./protocol.ts";
import { Slot } from "./slot.ts";
import { Speed } from "./speed.ts";
import { ThreadChoice } from "./threads.ts";
import type { Adapter, Work } from "./work.ts";

/** How long reading may hold up those who write, in milliseconds a batch. */
const PAUSE_MS = 100;
const LEAST_CHUNK = 16;
/** And those who come while prompts alone are read: a large model would take a batch of them for long. */
const READ_MS = 250;
const LEAST_READ = 64;
/**
 * How long a batch of texts that are scored may hold up whoever comes, and whoever is there already.
 * Each of their tokens costs the whole vocabulary, and nobody sees them come word by word.
 */
const SCORE_MS = 100;
const SCORE_BESIDE_MS = 30;
/** Chunks of a work that is to be repeatable: the same whatever else there is to do. */
const ALONE_CHUNK = 64;
/**
 * Chunks of an answer that is read: libraries of matrices take 32 columns and more another way than one,
 * and round otherwise. With 16, and a token of each who writes, a batch stays below.
 */
const ANSWER_CHUNK = 16;
/** A state is kept for no fewer tokens than this, and fetched if it saves so many. */
const WORTH_KEEPING = 64;
const WORTH_FETCHING = 16;
/** Under what everybody's states are kept; no adapter has a name with spaces. */
const EVERYBODY = "of and for everybody";

/** What the scheduler asks of the library, and of the cache. */
export type Computer = Pick<
  Context,
  "add" | "decode" | "logits" | "applyAdapter" | "setThreads" | "cut" | "save" | "restore"
>;
export type States = Pick<PrefixCache, "find" | "read" | "add">;

/** An output of a batch: the logits of whom, after which token. */
interface Output {
  readonly slot: Slot;
  readonly index: number;
  readonly position: number;
}

export class Scheduler {
  readonly prefillSpeed = new Speed();
  readonly decodeSpeed = new Speed();
  readonly #scoreSpeed = new Speed();
  /** When the batch under way began, on the clock of `performance`; undefined between two. */
  batchSince: number | undefined;
  /** How long the longest batch took; 0 before the first. */
  longestBatchMs = 0;
  readonly #context: Computer;
  readonly #plan: Plan;
  readonly #cache: States;
  readonly #threads: ThreadChoice;
  readonly #slots: readonly Slot[];
  readonly #waiting = new Set<Work>();
  /** What must happen between two batches, since the library is not to be asked during one. */
  readonly #between: (() => void | Promise<void>)[] = [];
  readonly #onBatch: () => void;
  #uses = 0;
  #wake = () => {};

  /** @param onBatch called when there is time to tell what the last batch gave */
  constructor(parts: { context: Computer; plan: Plan; cache: States }, onBatch: () => void) {
    this.#context = parts.context;
    this.#plan = parts.plan;
    this.#cache = parts.cache;
    this.#threads = new ThreadChoice([parts.plan.batchThreads, parts.plan.threads]);
    this.#slots = Array.from({ length: parts.plan.slots }, (_, index) => new Slot(index));
    this.#onBatch = onBatch;
  }

  get kvUsedTokens(): number {
    return this.#slots.reduce((sum, { tokens }) => sum + tokens.length, 0);
  }

  /** Tokens that can be read while others write, without holding them up for long. */
  get briefTokens(): number {
    return this.#within(PAUSE_MS, LEAST_CHUNK);
  }

  /** Tokens that can be read in a time, but no fewer than those. */
  #within(milliseconds: number, least: number, { perSecond } = this.prefillSpeed): number {
    const quick = Math.floor(perSecond * (milliseconds / 1000));
    return Math.min(Math.max(least, quick), this.#plan.batchTokens);
  }

  add(work: Work): void {
    this.#waiting.add(work);
    this.#wake();
    work.signal.addEventListener("abort", () => this.#wake());
  }

  /** Runs something that asks the library, when it has time. */
  between<T>(job: () => T | Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#between.push(async () => {
      await Promise.resolve().then(job).then(resolve, reject);
    });
    this.#wake();
    return promise;
  }

  /** Never ends. @throws Error when the library cannot go on; the process is of no use then */
  async run(): Promise<never> {
    for (;;) {
      if (this.#between.length > 0) this.#onBatch();
      for (const job of this.#between.splice(0)) await job();
      this.#endCancelled();
      for (const work of this.#waiting) if (!this.#assign(work)) break;
      const able = this.#slots.filter(({ work, restoring }) => work && !restoring);
      const hurried = able.filter(({ work }) => !work?.yields);
      const ready = hurried.length > 0 ? hurried : able;
      if (ready.length === 0) {
        this.#onBatch();
        if (this.#between.length > 0) continue;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          if (this.#between.length > 0 || this.#hasNews()) resolve();
        });
        continue;
      }
      for (const group of groups(ready)) {
        this.#endCancelled();
        const slots = group.filter(({ work }) => work);
        if (slots.length > 0) await this.#compute(slots);
      }
    }
  }

  #hasNews(): boolean {
    const room = this.#slots.some(({ free }) => free);
    return (
      (this.#waiting.size > 0 && room) ||
      [...this.#waiting].some(({ signal }) => signal.aborted) ||
      this.#slots.some(({ work, restoring }) => work && !restoring)
    );
  }

  #endCancelled(): void {
    for (const work of this.#waiting) {
      if (work.signal.aborted && this.#waiting.delete(work)) work.onEnd();
    }
    for (const slot of this.#slots) {
      // Who waits for a state is ended when it has come: the slot is not free before.
      if (slot.work?.signal.aborted && !slot.restoring) this.#release(slot);
    }
  }

  #release(slot: Slot): void {
    const { work } = slot;
    slot.work = undefined;
    slot.todo = [];
    slot.decoding = false;
    if (slot.fleeting) this.#empty(slot);
    work?.onEnd();
  }

  #empty(slot: Slot): void {
    this.#context.cut(slot.index, 0);
    slot.tokens = [];
    slot.saved = true;
    slot.fleeting = false;
  }

  /**
   * Computes what every prompt begins with, unless it is there, and keeps it for everybody.
   *
   * @param tokens the beginning, in token ids; what is short is not worth it, and what fills the
   *   context window is refused when somebody asks
   */
  prepare(tokens: readonly number[]): void {
    const { length } = tokens;
    if (length < WORTH_KEEPING || length >= this.#plan.contextTokens) return;
    if (this.#cache.find(tokens, EVERYBODY)?.tokens === length) return;
    this.add({
      ...{ tokens, systemTokens: tokens.length, adapter: undefined, everybody: true },
      ...{ alone: false, outputs: "last", signal: new AbortController().signal },
      onStart() {},
      onLogits: () => undefined,
      onEnd() {},
    });
  }

  /** The longest beginning that is stored, of one's own or of everybody's. */
  #find(tokens: readonly number[], key: string, adapter: Adapter | undefined): Hit | undefined {
    const own = this.#cache.find(tokens, key);
    const shared = adapter ? undefined : this.#cache.find(tokens, EVERYBODY);
    return (shared?.tokens ?? 0) > (own?.tokens ?? 0) ? shared : own;
  }

  /** Gives the work the slot that saves most, and its beginning from the cache. */
  #assign(work: Work): boolean {
    const free = this.#slots.filter((slot) => slot.free);
    const [oldest] = free.sort((a, b) => a.usedAt - b.usedAt);
    if (!oldest) return false;
    this.#waiting.delete(work);
    const key = keyOf(work);
    // The last token is computed in any case, since what follows from it is wanted.
    const prompt = work.tokens.slice(0, -1);
    const afresh = work.alone || work.outputs !== "last";
    let [best, known] = [oldest, 0];
    for (const slot of afresh ? [] : free) {
      const common = slot.common(prompt, key);
      if (common > known) [best, known] = [slot, common];
    }
    const found = afresh ? undefined : this.#find(prompt, key, work.adapter);
    const hit = found && found.tokens >= known + WORTH_FETCHING ? found : undefined;
    const slot = hit ? oldest : best;
    slot.work = work;
    slot.usedAt = ++this.#uses;
    // What is not carried on belongs to another conversation, which may return.
    if (slot.tokens.length > (hit ? 0 : known)) this.#keep(slot);
    slot.key = key;
    if (!hit) {
      this.#begin(slot, known, 0);
      return true;
    }
    slot.restoring = true;
    void this.#fetch(slot, work, hit).catch((thrown) => {
      slot.tokens = [];
      slot.work = undefined;
      slot.restoring = false;
      work.onEnd(thrown);
      this.#wake();
    });
    return true;
  }

  /** Begins with a state from the cache, or with nothing if it has gone meanwhile. */
  async #fetch(slot: Slot, work: Work, hit: Hit): Promise<void> {
    const state = await this.#cache.read(hit);
    await this.between(() => {
      const restored = state !== undefined && this.#context.restore(slot.index, state.bytes);
      slot.tokens = restored ? Array.from(state.tokens) : [];
      if (!restored) this.#context.cut(slot.index, 0);
      slot.saved = restored;
      slot.restoring = false;
      const common = slot.common(work.tokens.slice(0, -1), slot.key);
      this.#begin(slot, common, hit.source === "disk" ? common : 0);
    });
  }

  /**
   * @param kept so many tokens of the slot are the beginning of the work's
   * @param restored so many of them come from disk
   */
  #begin(slot: Slot, kept: number, restored: number): void {
    const work = slot.work as Work;
    const cut = kept === slot.tokens.length || this.#context.cut(slot.index, kept);
    if (kept < slot.tokens.length) slot.saved = false;
    slot.tokens.length = cut ? kept : 0;
    slot.todo = work.tokens.slice(slot.tokens.length);
    slot.decoding = false;
    slot.boldness = new Boldness();
    slot.hold = this.#holdAt(slot, work);
    work.onStart(slot.tokens.length, cut ? restored : 0);
  }

  /** Puts a copy of what the slot holds into the cache, unless it is there. */
  #keep(slot: Slot, pinned = false): void {
    const { tokens, key } = slot;
    if (slot.saved || slot.fleeting || tokens.length < WORTH_KEEPING) return;
    const state = { tokens: Int32Array.from(tokens), bytes: this.#context.save(slot.index) };
    this.#cache.add(state, { adapter: key, pinned });
    slot.saved = !pinned;
  }

  /** Forgets what the slots hold: of those that are free now, of the others when they are. */
  forget(): void {
    for (const slot of this.#slots) {
      if (slot.free) this.#empty(slot);
      else slot.fleeting = true;
    }
  }

  /** Copies what the slots hold into the cache, so that it can be written to disk. */
  keepAll(): void {
    for (const slot of this.#slots) this.#keep(slot);
  }

  async #compute(slots: readonly Slot[]): Promise<void> {
    const [first] = slots as [Slot];
    this.#context.applyAdapter(first.work?.adapter?.pointer, first.work?.adapter?.scale ?? 1);
    let size = 0;
    const outputs: Output[] = [];
    const add = (slot: Slot, tokens: readonly number[], from: number) => {
      const end = slot.tokens.length + slot.todo.length;
      for (const token of tokens) {
        const position = slot.tokens.length;
        const output = position >= from || position === end - 1;
        const index = this.#context.add(token, position, slot.index, output);
        if (output) outputs.push({ slot, index, position });
        slot.tokens.push(token);
      }
      size += tokens.length;
      slot.todo = slot.todo.slice(tokens.length);
      slot.saved = false;
    };

    const writing = slots.filter(({ decoding }) => decoding);
    const reading = slots.filter(({ decoding }) => !decoding);
    // Where many write, a batch is full of tokens that are sure.
    const drafts = new Map(
      writing.map((slot) => [slot, slots.length === 1 ? this.#draft(slot) : []]),
    );
    const chunks = this.#chunks(reading, writing.length > 0);
    // llama.cpp computes neighbours at once, but only where their numbers follow each other.
    for (const slot of slots) {
      const draft = drafts.get(slot);
      if (draft) add(slot, [...slot.todo, ...draft], 0);
      else add(slot, slot.todo.slice(0, chunks.get(slot)), outputsFrom(slot));
    }
    const scored = reading.filter(isScored).reduce((sum, slot) => sum + (chunks.get(slot) ?? 0), 0);
    const written = outputs.filter(({ slot }) => drafts.has(slot)).length;
    // More threads may add up numbers in another order, which would change what is repeatable.
    const { threads, batchThreads } = this.#plan;
    const usual = size === 1 ? threads : batchThreads;
    const chosen = first.work?.alone ? usual : this.#threads.choose(size);
    this.#context.setThreads(chosen, chosen);
    const began = performance.now();
    this.batchSince = began;
    const computed = this.#context.decode();
    // What the last batch gave travels while this one is computed.
    this.#onBatch();
    await computed;
    this.batchSince = undefined;
    const took = performance.now() - began;
    this.longestBatchMs = Math.max(this.longestBatchMs, took);
    this.#threads.learn(size, chosen, took);
    // A mixed batch says little about either.
    if (written === 0) this.prefillSpeed.add(size, took);
    else if (written === size) this.decodeSpeed.add(writing.length, took);

    for (const slot of reading) {
      if (slot.tokens.length !== slot.hold) continue;
      this.#keep(slot, true);
      slot.hold = undefined;
    }
    for (const slot of writing) this.#advance(slot, outputs, drafts.get(slot) ?? []);
    for (const slot of reading) this.#read(slot, outputs);
    // What is done with each output counts, too.
    if (scored > 0) this.#scoreSpeed.add(scored, performance.now() - began);
  }

  /** How many tokens each prompt may add to a batch: equal shares, and what others leave over. */
  #chunks(reading: readonly Slot[], hurry: boolean): ReadonlyMap<Slot, number> {
    const { batchTokens } = this.#plan;
    const shares = new Map<Slot, number>();
    const [only] = reading;
    if (only?.work?.alone) return shares.set(only, Math.min(ALONE_CHUNK, batchTokens));
    // Whoever comes has to wait for the only slot, whatever the batches are.
    if (only && isScored(only) && this.#plan.slots === 1)
      return shares.set(only, Math.min(leftOf(only), batchTokens));
    // Nothing is known before the first batch.
    const known = this.prefillSpeed.perSecond > 0;
    let left = hurry ? this.briefTokens : known ? this.#within(READ_MS, LEAST_READ) : batchTokens;
    const scored = reading.filter(isScored).length;
    const pause = hurry || scored < reading.length ? SCORE_BESIDE_MS : SCORE_MS;
    const most = Math.ceil(this.#within(pause, LEAST_CHUNK, this.#scoreSpeed) / scored);
    const shortestFirst = [...reading].sort((a, b) => leftOf(a) - leftOf(b));
    shortestFirst.forEach((slot, index) => {
      const fair = Math.ceil(left / (reading.length - index));
      const share = Math.min(leftOf(slot), fair, isScored(slot) ? most : fair);
      shares.set(slot, share);
      left -= share;
    });
    return shares;
  }

  /** Where a prompt is held for a moment, so that its system prompt can be kept by itself. */
  #holdAt({ tokens, key }: Slot, work: Work): number | undefined {
    const { systemTokens, alone, adapter } = work;
    if (alone || systemTokens < WORTH_KEEPING || tokens.length >= systemTokens) return undefined;
    const known = this.#find(work.tokens.slice(0, systemTokens), key, adapter)?.tokens;
    return known === systemTokens ? undefined : systemTokens;
  }

  /** After a chunk of a prompt. */
  #read(slot: Slot, outputs: readonly Output[]): void {
    const work = slot.work as Work;
    let next: number | undefined;
    for (const output of outputs) {
      if (output.slot !== slot) continue;
      next = work.onLogits(this.#context.logits(output.index), output.position);
    }
    if (slot.todo.length > 0) return;
    slot.decoding = next !== undefined;
    if (next !== undefined) slot.todo = [next];
    else this.#release(slot);
  }

  /** After a written token and the draft behind it: takes as much of the draft as was right. */
  #advance(slot: Slot, outputs: readonly Output[], draft: readonly number[]): void {
    const work = slot.work as Work;
    const own = outputs.filter((output) => output.slot === slot);
    const before = slot.tokens.length - own.length;
    for (const [at, output] of own.entries()) {
      const next = work.onLogits(this.#context.logits(output.index), output.position);
      if (next !== undefined && next === draft[at]) continue;
      const kept = before + at + 1;
      slot.boldness.learn(draft.length, at);
      if (kept < slot.tokens.length) this.#context.cut(slot.index, kept);
      slot.tokens.length = kept;
      if (next !== undefined) slot.todo = [next];
      else this.#release(slot);
      return;
    }
  }

  #draft(slot: Slot): readonly number[] {
    const { draftTokens, contextTokens } = this.#plan;
    if (draftTokens === 0 || slot.work?.alone) return [];
    const left = contextTokens - slot.tokens.length - 1;
    const room = Math.min(draftTokens, left, slot.boldness.next());
    if (room <= 0) return [];
    return slot.work?.draft?.(room) ?? [];
  }
}

/** Most tokens of a batch: a chunk of prompts, and a token with its draft for each slot. */
export function batchCapacity({ batchTokens, slots, draftTokens }: Plan): number {
  return batchTokens + slots * (1 + draftTokens);
}

/** Tokens of a slot's prompt that are left, up to where it is to be held. */
function leftOf({ tokens, todo, hold = 0, work }: Slot): number {
  if (typeof work?.outputs === "object" && "before" in work.outputs) {
    const { before, slowly = false } = work.outputs;
    const rest = before - tokens.length;
    return rest > 0 && !slowly ? rest : Math.min(ANSWER_CHUNK, rest > 0 ? rest : todo.length);
  }
  return hold > tokens.length ? hold - tokens.length : todo.length;
}

/** The first token of a slot after which logits are wanted. */
const isScored = ({ work }: Slot) => typeof work?.outputs === "object" && "from" in work.outputs;

function outputsFrom({ work }: Slot): number {
  if (typeof work?.outputs !== "object") return Number.POSITIVE_INFINITY;
  return "from" in work.outputs ? work.outputs.from : work.outputs.before - 1;
}

/**
 * Under what a state is kept: whatever it depends on beside the model, and its owner. How much of a
 * prompt was there already is told, and takes less time: to be told it of another person's chats
 * would be to read them, token by token.
 *
 * Source: Wu et al., "I Know What You Asked: Prompt Leakage via KV-Cache Sharing in Multi-Tenant LLM
 * Serving", NDSS 2025.
 */
function keyOf({ adapter, owner, everybody }: Work): string {
  if (everybody) return EVERYBODY;
  return owner === undefined ? adapted(adapter) : `${adapted(adapter)} of ${owner}`;
}

const adapted = (adapter: Adapter | undefined) =>
  adapter ? `${adapter.digest}*${adapter.scale}` : "";

/** Slots that can share a batch: those with the same adapter, except who is to be alone. */
function groups(slots: readonly Slot[]): readonly (readonly Slot[])[] {
  const shared = Map.groupBy(
    slots.filter(({ work }) => !work?.alone),
    ({ work }) => adapted(work?.adapter),
  );
  const alone = slots.filter(({ work }) => work?.alone).map((slot) => [slot]);
  return [...shared.values(), ...alone];
}
