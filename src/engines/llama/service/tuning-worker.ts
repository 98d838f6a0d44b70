/**
 * The program that measures what is best for one model on this machine. Its argument is a job as
 * JSON; it sends the name of each stage and at last the scores. A process of its own, for the
 * library may end it, and ending it is the way to stop.
 */
import { coresHere } from "../../../core/cores.ts";
import { bind, GGML_TYPE } from "../native/api.ts";
import { Context } from "../native/context.ts";
import { findLibrary } from "../native/find.ts";
import { Model } from "../native/model.ts";
import type { Contest, Job, Message } from "./tuning.ts";
import type { Attention, Contests } from "./tuning-choose.ts";
import { type Candidate, contend } from "./tuning-contest.ts";

const job: Job = JSON.parse(process.argv[2] ?? "");
const latest = performance.now() + job.milliseconds;

// Signals from the terminal are the parent's to heed.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));

/** Tokens of a sequence: those there before writing begins, and room for the largest batch. */
const DEPTH = 256;
const WINDOW = 768;
const SEQUENCES = 4;
/** Milliseconds, about: a run that writes, one that reads, and what is read before the first. */
const RUN_MS = 200;
const PROMPT_MS = 500;
const SETUP_MS = 2000;
/** The most that reading a prompt is measured with; less on a slow machine. */
const LONGEST_PROMPT = 512;
const MOST_STEPS = 32;
/** Tokens of a batch when nothing was measured. */
const USUAL_BATCH = 128;

const send = (message: Message) => process.send?.(message);

const { gpu, path: library } = await findLibrary();
const model = await Model.load(bind(library), job.path, {
  lockMemory: false,
  gpu: gpu !== false,
  onProgress: () => {},
});
const window = Math.min(WINDOW, job.contextTokens);
const longest = Math.min(LONGEST_PROMPT, window >> 1);
/** Tokens that each sequence has before it writes. */
let depth = Math.min(DEPTH, window >> 2);
const cores = coresHere();

/** A context, and what is measured in it. */
class Bench {
  readonly #context: Context;

  constructor(sequences: number, { flashAttention, kvType }: Attention) {
    this.#context = new Context(model, {
      n_ctx: window * sequences,
      n_batch: longest,
      n_ubatch: longest,
      n_seq_max: sequences,
      n_threads: cores,
      n_threads_batch: cores,
      flash_attn_type: flashAttention ? 1 : 0,
      type_k: GGML_TYPE[kvType],
      type_v: GGML_TYPE[kvType],
      swa_full: true,
    });
  }

  /** The same number for batches of one and of many tokens. */
  threads(count: number): void {
    this.#context.setThreads(count, count);
  }

  /** Reads a prompt into an emptied sequence. @returns milliseconds */
  async prefill(tokens: number, batchTokens: number, sequence = 0): Promise<number> {
    this.#context.cut(sequence, 0);
    const from = performance.now();
    for (let at = 0; at < tokens; at += batchTokens) {
      const end = Math.min(tokens, at + batchTokens);
      for (let position = at; position < end; position++) {
        this.#context.add(some(position), position, sequence, position === tokens - 1);
      }
      await this.#context.decode();
    }
    return performance.now() - from;
  }

  /** One batch: some tokens behind what each of the sequences has. @returns milliseconds */
  async step(sequences: number, tokens: number, position: number): Promise<number> {
    for (let sequence = 0; sequence < sequences; sequence++) {
      for (let token = 0; token < tokens; token++) {
        this.#context.add(some(position + token), position + token, sequence, true);
      }
    }
    const from = performance.now();
    await this.#context.decode();
    return performance.now() - from;
  }

  /** Tokens a second of writing, from {@link depth} on, for as many steps as fit a run. */
  async decode(sequences: number, tokens = 1): Promise<number> {
    let took = 0;
    let steps = 0;
    while (steps < MOST_STEPS && took < RUN_MS && depth + (steps + 1) * tokens < window) {
      took += await this.step(sequences, tokens, depth + steps * tokens);
      steps += 1;
    }
    for (let sequence = 0; sequence < sequences; sequence++) this.#context.cut(sequence, depth);
    return (1000 * sequences * tokens * steps) / took;
  }

  free(): void {
    this.#context.free();
  }
}

/** Any token does: they all take as long. */
function some(position: number): number {
  return (position * 7919 + 13) % model.vocabSize;
}

function candidates<Value>(
  values: readonly Value[],
  run: (value: Value) => Promise<number>,
): readonly Candidate<Value>[] {
  return values.map((value) => ({ value, run: () => run(value) }));
}

/** The modest ones first, and no more than can be measured in the time. */
function threadCounts(): readonly number[] {
  const shares = [1 / 4, 1 / 2, 3 / 4].map((share) => Math.round(cores * share));
  const all = new Set([1, ...shares, cores - 1, cores].filter((count) => count > 0));
  return [...all].sort((a, b) => a - b);
}

/** The time that is left is shared by the contests to come, each by its weight. */
const WEIGHTS: Readonly<Record<Contest, number>> = {
  ...{ decode1: 2, decode2: 2, decode4: 2, prefill: 3, batch: 3, draft: 2 },
  ...{ attentionPrefill: 3, attentionDecode: 2 },
};
let weightLeft = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0);

async function contest<Value>(stage: Contest, all: readonly Candidate<Value>[]) {
  if (all.length > 0 && performance.now() < latest) {
    send({ stage });
    // The first run of a kind is slow: memory is touched, and a graph is laid out.
    await all[0]?.run();
  }
  const now = performance.now();
  const until = now + (latest - now) * (WEIGHTS[stage] / weightLeft);
  weightLeft -= WEIGHTS[stage];
  return contend(all, { until, latest });
}

const usual: Attention = { flashAttention: true, kvType: "f16" };
const several = new Bench(SEQUENCES, usual);
several.threads(Math.max(1, cores - 1));
const few = Math.min(32, longest);
await several.prefill(few, few); // The first time the weights come from the disk.
const perToken = (await several.prefill(few, few)) / few;
/** A power of two that is read in so many milliseconds. */
const readIn = (milliseconds: number, most: number) =>
  2 ** Math.floor(Math.log2(Math.min(most, Math.max(few, milliseconds / perToken))));
depth = Math.min(depth, readIn(SETUP_MS / SEQUENCES, depth));
const size = readIn(PROMPT_MS, longest);
for (let sequence = 0; sequence < SEQUENCES; sequence++) {
  await several.prefill(depth, longest, sequence);
}

const byThreads = (run: () => Promise<number>) =>
  candidates(threadCounts(), (count) => {
    several.threads(count);
    return run();
  });
const decode1 = await contest(
  "decode1",
  byThreads(() => several.decode(1)),
);
const decode2 = await contest(
  "decode2",
  byThreads(() => several.decode(2)),
);
const decode4 = await contest(
  "decode4",
  byThreads(() => several.decode(4)),
);
const speedOf = (tokens: number, milliseconds: number) => (1000 * tokens) / milliseconds;
const chunk = Math.min(size, USUAL_BATCH);
const prefill = await contest(
  "prefill",
  byThreads(async () => speedOf(size, await several.prefill(size, chunk))),
);
const fastest = (scores: typeof prefill) =>
  scores.reduce((one, other) => (other.median > one.median ? other : one)).value;
several.threads(fastest(prefill));
const batches = await contest(
  "batch",
  candidates(
    // Where the prompt is too short for the usual batch, there is nothing to compare.
    size < USUAL_BATCH ? [] : [32, 64, 128, 256, 512].filter((tokens) => tokens <= size),
    async (tokens) => speedOf(size, await several.prefill(size, tokens)),
  ),
);
several.threads(fastest(decode2));
await several.prefill(depth, longest);
const draft = await contest(
  "draft",
  candidates([0, 2, 3, 4, 6, 8], (tokens) => several.decode(1, 1 + tokens)),
);
several.free();

const kinds: readonly Attention[] = [
  usual,
  { flashAttention: false, kvType: "f16" },
  { flashAttention: true, kvType: "q8_0" },
];
const benches = new Map<Attention, Bench>();
for (const kind of kinds) {
  try {
    benches.set(kind, new Bench(1, kind));
  } catch {
    // Not every model can have it: q8_0 needs attention heads of a multiple of 32 numbers.
  }
}
const on = (run: (bench: Bench) => Promise<number>) =>
  [...benches].map(([value, bench]) => ({ value, run: () => run(bench) }));
for (const bench of benches.values()) bench.threads(fastest(prefill));
const attentionPrefill = await contest(
  "attentionPrefill",
  on(async (bench) => speedOf(size, await bench.prefill(size, chunk))),
);
for (const bench of benches.values()) {
  bench.threads(fastest(decode1));
  if (performance.now() < latest) await bench.prefill(depth, longest);
}
const attentionDecode = await contest(
  "attentionDecode",
  on((bench) => bench.decode(1)),
);

const contests: Contests = {
  ...{ decode1, decode2, decode4, prefill, batch: batches, draft },
  ...{ attentionPrefill, attentionDecode },
};
process.send?.({ contests } satisfies Message, () => process.exit());
