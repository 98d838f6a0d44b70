/**
 * W9: the model process is killed in mid-stream, with all slots full and as many requests waiting.
 * Only Charla has one apart from its server, so there is no peer.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../../src/core/statistics.ts";
import { type Bench, contest } from "../contenders.ts";
import { row, settle, type Values } from "../measure.ts";
import { startLoop } from "../peers/loop.ts";
import { descendants, memory, supported } from "../proc.ts";
import type { Answer, Row, System, Unit } from "../types.ts";
import { askAtOnce, type Workload, whole } from "./shared.ts";

const SETUP = { slots: 4, context: 2048 };
/** So long after the kill the clients give up. */
const PATIENCE_MS = 60_000;

const CASES: Readonly<Record<string, Unit>> = {
  "first token after the kill": "ms",
  "the same less a model load": "ms",
  "waiting requests lost": "requests",
  "streams that ended without a word why": "requests",
  "streams that were told to ask again": "requests",
};

export const w9: Workload = {
  name: "W9",
  about:
    "SIGKILL of the model process with four streams and four waiting requests. A model load is " +
    "what a bare program needs from its start until the same file is ready.",
  async run(bench) {
    if (!supported) throw new Error("W9 finds the model process in /proc, which is Linux's.");
    await using started = await contest(bench, SETUP, []);
    const results = new Map<string, Values[]>([["charla", []]]);
    const settled = await settle({
      workload: "W9",
      cases: CASES,
      contenders: started.contenders,
      async run(system) {
        whole(await askAtOnce(bench, system, { chats: 1, promptTokens: 64, maxTokens: 8 }));
        return {};
      },
    });
    const rounds = bench.quick ? 1 : 3;
    const system = settled.systems.get("charla");
    const loadMs = await modelLoadMs(bench, rounds);
    for (let round = 0; system && round < rounds; round++) {
      console.error(`  W9: round ${round + 1} of ${rounds}`);
      await settled.attempt(system, async () => {
        results.get("charla")?.push(await once(bench, system, loadMs));
      });
    }
    return Object.entries(CASES).map(([name, unit]): Row => {
      return row({ workload: "W9", name, unit, rounds }, results);
    });
  },
};

async function modelLoadMs({ model }: Bench, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const loop = await startLoop(model, SETUP, 1);
    times.push(loop.startMs);
    await loop.stop();
  }
  return median(times);
}

async function once({ prompts }: Bench, system: System, loadMs: number): Promise<Values> {
  const giveUp = new AbortController();
  const { signal } = giveUp;
  let writing = 0;
  const { promise: allWrite, resolve } = Promise.withResolvers<void>();
  const arrivals: number[] = [];
  const ask = (user: string, maxTokens: number) =>
    system.ask({
      messages: prompts.question(64),
      ...{ maxTokens, user, signal },
      onDelta(count) {
        arrivals.push(performance.now());
        if (count === 8 && ++writing === SETUP.slots) resolve();
      },
    });
  const users = Array.from({ length: SETUP.slots }, (_, n) => n);
  const streams = users.map((n) => ask(`stream-${n}`, 600));
  await Promise.race([allWrite, Promise.all(streams)]);
  const waiting = users.map((n) => ask(`waiting-${n}`, 16));
  await sleep(200); // they are in the queue
  const killed = performance.now();
  process.kill(modelProcess(system), "SIGKILL");
  const patience = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  const cut = await Promise.all(streams);
  const waited = await Promise.all(waiting);
  clearTimeout(patience);
  // What was on its way when the process died comes within milliseconds.
  const first = Math.min(...arrivals.filter((time) => time > killed + 50));
  const lost = (answers: readonly Answer[]) => answers.filter(({ error }) => error !== null);
  const reasons = new Set(lost([...cut, ...waited]).map(({ error }) => error));
  if (reasons.size > 0) console.error(`  lost with: ${[...reasons].join("; ")}`);
  const back = Number.isFinite(first) ? first - killed : PATIENCE_MS;
  return {
    "first token after the kill": back,
    "the same less a model load": back - loadMs,
    "waiting requests lost": lost(waited).length,
    "streams that ended without a word why": lost(cut).filter(({ retryable }) => !retryable).length,
    "streams that were told to ask again": lost(cut).filter(({ retryable }) => retryable).length,
  };
}

/** The largest of the server's children. */
export function modelProcess({ pid }: System): number {
  const [largest] = descendants(pid).toSorted((a, b) => memory(b) - memory(a));
  if (largest === undefined) throw new Error("the server has no process of its own for the model");
  return largest;
}
