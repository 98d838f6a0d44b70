/**
 * W6: overload. Requests arrive at random (Poisson) at 0.5, 1 and 1.5 times what the system can do,
 * from several users, one of whom sends five times as much as each other one.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { median, random, sum } from "../../src/core/statistics.ts";
import { type Bench, contest } from "../contenders.ts";
import { row, settle, type Values } from "../measure.ts";
import { poisson } from "../stats.ts";
import type { Answer, Row, System, Unit } from "../types.ts";
import { firstTokenMs, tokensOf, type Workload, whole } from "./shared.ts";

const SLOTS = 4;
const SIZE = { promptTokens: 64, maxTokens: 48 };
const USERS = 6;
const GREED = 5;
/** A client that has no answer after so long gives up. */
const PATIENCE_MS = 30_000;
/** Who runs such clients has the server refuse what would wait nearly as long. */
const WAIT_SECONDS = 20;

const CASES: Readonly<Record<string, Unit>> = {
  goodput: "% of capacity",
  "refused, to be asked again": "requests",
  "refused without Retry-After": "requests",
  "without an answer": "requests",
  "largest share over the median": "times",
  "first token of those served": "ms",
};

export const w6: Workload = {
  name: "W6",
  about:
    "Overload: Poisson arrivals at a multiple of capacity from six users, one of whom sends five " +
    "times as much. Goodput counts the tokens of requests that were finished, shares those that were " +
    "finished while others still came.",
  async run(bench) {
    const setup = { slots: SLOTS, context: 512, waitSeconds: WAIT_SECONDS };
    await using started = await contest(bench, setup, ["llama-server"]);
    const { contenders } = started;
    const settled = await settle({
      workload: "W6",
      cases: { capacity: "tokens/s" },
      contenders,
      run: async (system) => ({ capacity: await atMost(bench, system, bench.quick ? 1 : 3) }),
    });
    const capacity = new Map<string, number>();
    for (const system of [...settled.systems.values()]) {
      await settled.attempt(system, async () => {
        capacity.set(system.name, await atMost(bench, system, bench.quick ? 3 : 20));
      });
    }
    const rows: Row[] = [];
    for (const factor of bench.quick ? [1.5] : [0.5, 1, 1.5]) {
      const results = new Map<string, Values[]>(contenders.map(({ name }) => [name, []]));
      for (const system of [...settled.systems.values()]) {
        console.error(`  W6: ${factor} times capacity, ${system.name}`);
        await settled.attempt(system, async () => {
          const able = capacity.get(system.name) ?? Number.NaN;
          const values = await overload(bench, system, able, factor);
          const label = (name: string) => `${factor} x capacity, ${name}`;
          const labelled = Object.entries(values).map(([name, value]) => [label(name), value]);
          results.get(system.name)?.push(Object.fromEntries(labelled) as Values);
        });
      }
      for (const [name, unit] of Object.entries(CASES)) {
        const label = `${factor} x capacity, ${name}`;
        rows.push(row({ workload: "W6", name: label, unit, rounds: 1 }, results));
      }
    }
    return rows;
  },
};

/**
 * Tokens a second while somebody always waits: twice as many clients as slots, each of which asks
 * again as soon as it has its answer. Four answers that begin and end together show less, since
 * nobody writes while the four prompts are read.
 */
async function atMost({ prompts }: Bench, system: System, seconds: number): Promise<number> {
  const began = performance.now();
  const end = began + seconds * 1000;
  let tokens = 0;
  const client = async (user: string) => {
    while (performance.now() < end) {
      const messages = prompts.question(SIZE.promptTokens);
      const answer = await system.ask({ messages, maxTokens: SIZE.maxTokens, user });
      whole([answer]);
      const inTime = answer.deltas.filter((time) => time < end);
      tokens += tokensOf(answer) * (inTime.length / answer.deltas.length);
    }
  };
  await Promise.all(Array.from({ length: 2 * SLOTS }, (_, n) => client(`user-${n}`)));
  return tokens / seconds;
}

interface Served extends Answer {
  readonly user: number;
}

async function overload(
  { prompts, quick }: Bench,
  system: System,
  capacity: number,
  factor: number,
): Promise<Values> {
  const next = random(6);
  const seconds = quick ? 5 : 40;
  const arrivals = poisson((factor * capacity) / SIZE.maxTokens, seconds, next);
  const began = performance.now();
  const request = async (at: number): Promise<Served> => {
    // User 0 is the greedy one.
    const user = Math.max(0, Math.floor(next() * (USERS - 1 + GREED)) - GREED + 1);
    const messages = prompts.question(SIZE.promptTokens);
    await sleep(at * 1000 - (performance.now() - began));
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const question = { messages, maxTokens: SIZE.maxTokens, user: `user-${user}`, signal };
    return { ...(await system.ask(question)), user };
  };
  return judge(await Promise.all(arrivals.map(request)), { began, seconds, capacity });
}

/** @param run when it began, for how many seconds requests arrived, and tokens/s at full slots */
export function judge(
  served: readonly Served[],
  { began, seconds, capacity }: { began: number; seconds: number; capacity: number },
): Values {
  const good = served.filter(({ error }) => error === null);
  // Whose stream is open already, with a place in the queue, is told there to ask again.
  const refused = served.filter(
    ({ status, retryable }) => status === 429 || status === 503 || retryable,
  );
  const end = Math.max(began + seconds * 1000, ...good.map(({ ended }) => ended));
  const goodput = sum(good.map(tokensOf)) / ((end - began) / 1000);
  // When nobody comes any more, those who wait are served whoever they are.
  const inTime = good.filter(({ ended }) => ended <= began + seconds * 1000);
  const asked = new Set(served.map(({ user }) => user));
  const shares = [...asked].map((user) =>
    sum(inTime.filter((one) => one.user === user).map(tokensOf)),
  );
  return {
    goodput: (100 * goodput) / capacity,
    "refused, to be asked again": refused.length,
    "refused without Retry-After": refused.filter(
      ({ status, retryAfter }) => status !== 200 && retryAfter === null,
    ).length,
    "without an answer": served.length - good.length - refused.length,
    "largest share over the median": Math.max(...shares) / median(shares),
    "first token of those served": median(good.map(firstTokenMs)),
  };
}
