/**
 * Where a model computes and how much memory it takes there: chosen from what the machine has, what
 * measurements of it have shown, and what the user has set. Pure; `charla doctor` shows the choice.
 */
import type { CachePlan, Plan } from "../process/protocol.ts";

export interface Machine {
  /** Bytes of memory that are free, container limits included, before the model is loaded. */
  readonly freeBytes: number;
  readonly freeDiskBytes: number;
  readonly cores: number;
}

/** What a file's header says. */
export interface ModelSize {
  readonly fileBytes: number;
  /** Numbers of the KV cache for each token: keys and values of all layers. */
  readonly kvPerToken: number;
  /** Tokens that the model was trained for. */
  readonly contextWindow: number;
}

/** What is set is taken as it is; the rest is chosen around it. */
export interface Wishes extends Partial<{ -readonly [Key in keyof Plan]: Plan[Key] | undefined }> {
  readonly cacheMemoryBytes?: number | undefined;
  readonly cacheDiskBytes?: number | undefined;
}

export interface Choice {
  readonly plan: Plan;
  readonly cache: Required<Omit<CachePlan, "folder" | "secret">>;
  /** Bytes that the KV cache takes, and that it was meant to take at most. */
  readonly kvBytes: number;
  readonly kvBudgetBytes: number;
  readonly freeBytes: number;
  /** Where each value of the plan comes from; "memory": less than usual, for there is no more. */
  readonly from: Readonly<Record<keyof Plan, "default" | "memory" | "measured" | "set">>;
}

const SLOTS = 4;
const CONTEXT_TOKENS = 8192;
/** Shorter ones hold no conversation. */
const LEAST_CONTEXT = 1024;
/** Larger batches gain nothing on a CPU, and a cancel takes effect between two. */
const BATCH_TOKENS = 128;
/** What an answer guesses from its prompt at most, once its guesses were right. */
const DRAFT_TOKENS = 8;
/** Of the memory that is free beside the weights: for the KV cache, and for states of others. */
const KV_SHARE = 1 / 4;
const CACHE_SHARE = 1 / 8;
const CACHE_DISK_SHARE = 1 / 10;
const MAX_CACHE_BYTES = 4e9;
/** Bytes of a number; q8_0 has a 16-bit scale for each 32 numbers of 8 bits. */
export const KV_BYTES: Readonly<Record<Plan["kvType"], number>> = { f16: 2, q8_0: 34 / 32 };

type Size = Pick<Plan, "slots" | "contextTokens" | "kvType">;

/** @param measured what is best on this machine, by `charla doctor --tune` */
export function choosePlan(
  machine: Machine,
  model: ModelSize,
  wishes: Wishes = {},
  measured: Partial<Plan> = {},
): Choice {
  const { cores } = machine;
  const beside = Math.max(0, machine.freeBytes - model.fileBytes);
  const kvBudgetBytes = beside * KV_SHARE;
  const usual: Plan = {
    ...sizes(model, {}, {})[0],
    // The library's threads wait by spinning, so one too many slows every other one down. A larger
    // batch computes more between two waits.
    threads: Math.max(1, cores - 1),
    batchThreads: cores,
    batchTokens: BATCH_TOKENS,
    flashAttention: true,
    lockMemory: false,
    draftTokens: DRAFT_TOKENS,
  };
  const candidates = sizes(model, wishes, measured);
  const fitting = candidates.find((size) => kvBytesOf(model, size) <= kvBudgetBytes);
  const size = fitting ?? (candidates.at(-1) as Size);
  const set = defined(wishes);
  const plan: Plan = { ...usual, ...measured, ...set, ...size };
  // The library can only read quantised values this way.
  const quantised = plan.kvType === "q8_0" && !plan.flashAttention;
  const from = (key: keyof Plan) => {
    if (key in set) return "set";
    if (key in candidates[0] && plan[key] !== candidates[0][key as keyof Size]) return "memory";
    return key in measured ? "measured" : "default";
  };
  const keys = Object.keys(plan) as (keyof Plan)[];
  return {
    plan: quantised ? { ...plan, flashAttention: true } : plan,
    cache: {
      memoryBytes: wishes.cacheMemoryBytes ?? Math.min(MAX_CACHE_BYTES, beside * CACHE_SHARE),
      diskBytes:
        wishes.cacheDiskBytes ??
        Math.min(MAX_CACHE_BYTES, machine.freeDiskBytes * CACHE_DISK_SHARE),
    },
    kvBytes: kvBytesOf(model, size),
    kvBudgetBytes,
    freeBytes: machine.freeBytes,
    from: Object.fromEntries(keys.map((key) => [key, from(key)])) as Choice["from"],
  };
}

function kvBytesOf({ kvPerToken }: ModelSize, { slots, contextTokens, kvType }: Size): number {
  return slots * contextTokens * kvPerToken * KV_BYTES[kvType];
}

/**
 * What could be reserved, the best first: what is saved on first is the slots down to two, then the
 * context down to half, then the precision of the cache, and then whatever is left.
 */
function sizes(
  { contextWindow }: ModelSize,
  wishes: Wishes,
  measured: Partial<Plan>,
): [Size, ...Size[]] {
  const most = contextWindow > 0 ? Math.floor(contextWindow * (wishes.yarn ?? 1)) : CONTEXT_TOKENS;
  const context = Math.min(wishes.contextTokens ?? CONTEXT_TOKENS, most);
  const kvType = wishes.kvType ?? measured.kvType ?? "f16";
  const slots = wishes.slots ?? measured.slots ?? SLOTS;
  const best: Size = { slots, contextTokens: context, kvType };
  const fewer = wishes.slots === undefined ? countDown(slots - 1, 2) : [];
  const shorter = wishes.contextTokens === undefined ? halvings(context) : [];
  const list: [Size, ...Size[]] = [best];
  const add = (change: Partial<Size>) => list.push({ ...(list.at(-1) as Size), ...change });
  for (const slots of fewer) add({ slots });
  if (shorter[0]) add({ contextTokens: shorter[0] });
  if (wishes.kvType === undefined) add({ contextTokens: context, kvType: "q8_0" });
  for (const contextTokens of shorter) add({ contextTokens });
  if (wishes.slots === undefined && slots > 1) add({ slots: 1 });
  return list;
}

function countDown(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, from - to + 1) }, (_, index) => from - index);
}

function halvings(from: number): readonly number[] {
  const list: number[] = [];
  for (let next = from / 2; next >= LEAST_CONTEXT; next /= 2) list.push(Math.floor(next));
  return list;
}

function defined(wishes: Wishes): Partial<Plan> {
  const { cacheMemoryBytes: _memory, cacheDiskBytes: _disk, ...plan } = wishes;
  return Object.fromEntries(Object.entries(plan).filter(([, value]) => value !== undefined));
}
