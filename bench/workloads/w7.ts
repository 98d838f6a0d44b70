/**
 * W7: cancelling. All slots are full and one more request waits; one of the running ones is
 * cancelled. Until the waiting one has its first token, less what that takes with a slot free and
 * the same company: that is how long the cancelled one still held its slot. It is measured from
 * outside, so that every system can be asked.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../../src/core/statistics.ts";
import { type Bench, contest } from "../contenders.ts";
import { measure } from "../measure.ts";
import type { Answer, Question, System } from "../types.ts";
import { firstTokenMs, type Workload, warmUp, whole } from "./shared.ts";

const SLOTS = 4;
const SHORT = { promptTokens: 48, maxTokens: 4 };
const STREAM_TOKENS = 256;
/** Long enough that it is still being read when it is cancelled. */
const LONG_PROMPT = 1536;

export const w7: Workload = {
  name: "W7",
  about:
    "Cancelling one of four requests at 10 % of its answer, or while its prompt of 1,536 tokens " +
    "is read: time until its slot is free for the next.",
  async run(bench) {
    await using started = await contest(bench, { slots: SLOTS, context: 2048 }, ["llama-server"]);
    return await measure({
      workload: "W7",
      cases: { "at 10 % of the answer": "ms", "while the prompt is read": "ms" },
      rounds: bench.quick ? 1 : 3,
      contenders: started.contenders,
      async run(system, _round, trial) {
        if (trial && bench.quick) return warmUp(bench, system);
        const free = await unhindered(bench, system);
        const atTenth = await whenCancelled(bench, system, "answer");
        const inPrompt = await whenCancelled(bench, system, "prompt");
        return {
          "at 10 % of the answer": atTenth - free,
          "while the prompt is read": inPrompt - free,
        };
      },
    });
  },
};

/** Requests that run until they are told to stop. */
class Company {
  readonly #stop = new AbortController();
  readonly #running: Array<Promise<Answer>> = [];
  readonly #bench: Bench;
  readonly #system: System;

  constructor(bench: Bench, system: System) {
    this.#bench = bench;
    this.#system = system;
  }

  /** Resolves when it has `pieces` pieces. */
  async join(pieces: number): Promise<void> {
    const user = `user-${this.#running.length}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    const onDelta = (count: number) => void (count >= pieces && resolve());
    const messages = this.#bench.prompts.question(64);
    const { signal } = this.#stop;
    const question: Question = { messages, maxTokens: 1500, user, signal, onDelta };
    const answer = this.#system.ask(question);
    this.#running.push(answer);
    await Promise.race([promise, answer.then(({ error }) => fail(error))]);
  }

  async leave(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }
}

function fail(error: string | null): never {
  throw new Error(error ?? "an answer ended too early");
}

/** The short request's time to the first token beside three that are being written. */
async function unhindered(bench: Bench, system: System): Promise<number> {
  const company = new Company(bench, system);
  try {
    await Promise.all(Array.from({ length: SLOTS - 1 }, () => company.join(4)));
    const times: number[] = [];
    for (let n = 0; n < 3; n++) {
      const [answer] = whole([await system.ask(short(bench))]);
      times.push(firstTokenMs(answer as Answer));
    }
    return median(times);
  } finally {
    await company.leave();
  }
}

const short = ({ prompts }: Bench): Question => ({
  messages: prompts.question(SHORT.promptTokens),
  ...{ maxTokens: SHORT.maxTokens, user: "waiting" },
});

/** From the cancel to the first token of the one that waited. */
async function whenCancelled(
  bench: Bench,
  system: System,
  during: "answer" | "prompt",
): Promise<number> {
  const company = new Company(bench, system);
  try {
    await Promise.all(Array.from({ length: SLOTS - 1 }, () => company.join(4)));
    const cancel = new AbortController();
    const tenth = Promise.withResolvers<void>();
    const tokens = during === "answer" ? 64 : LONG_PROMPT;
    const victim = system.ask({
      messages: bench.prompts.question(tokens),
      ...{ maxTokens: STREAM_TOKENS, user: "victim", signal: cancel.signal },
      onDelta: (count) => void (count >= STREAM_TOKENS / 10 && tenth.resolve()),
    });
    // The queue has to know the victim first. A prompt as long as this takes seconds.
    await sleep(50);
    const waiting = system.ask(short(bench));
    if (during === "answer") await Promise.race([tenth.promise, victim]);
    else await sleep(300);
    const cancelled = performance.now();
    cancel.abort();
    const [answer] = whole([await waiting]);
    const { error, deltas } = await victim;
    if (error !== "cancelled") throw new Error(error ?? "it ended before it was cancelled");
    if (during === "prompt" && deltas.length > 0) throw new Error("the prompt was read too soon");
    return ((answer as Answer).deltas[0] as number) - cancelled;
  } finally {
    await company.leave();
  }
}
