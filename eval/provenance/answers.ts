/** Answers of a model, to be computed again: different in topic, language, settings and mark. */
import type { Engine } from "../../src/core/engine.ts";
import type { ReplayRequest } from "../../src/core/extras.ts";
import type { Plan } from "../../src/engines/llama/process/protocol.ts";
import { type StartOptions, startEngine } from "../../src/engines/llama/service/index.ts";

const { signal } = new AbortController();

const PLAN: Plan = {
  ...{ slots: 4, contextTokens: 2048, kvType: "f16", threads: 1, batchThreads: 2 },
  ...{ batchTokens: 128, flashAttention: true, lockMemory: false, draftTokens: 8 },
};
export const start = (
  path: string,
  plan: Partial<Plan> = {},
  adapters: StartOptions["adapters"] = [],
) =>
  startEngine({
    ...{ path, id: path, name: path, plan: { ...PLAN, ...plan }, adapters },
    cache: { memoryBytes: 2 ** 28, diskBytes: 0 },
    // At idle priority a process may be silent for minutes, and is well.
    patienceMs: 20 * 60_000,
  });

const TOPICS = [
  ...["a lighthouse", "how bread is made", "el mar", "a lost dog", "la historia de Roma", "rain"],
  ...["a letter to a friend", "volcanoes", "cómo aprender a nadar", "the moon", "a market", "bees"],
];
export type Said = Pick<ReplayRequest, "messages" | "sampling" | "extras" | "answer">;
const asked = (n: number, maxTokens: number): Omit<Said, "answer"> => ({
  messages: [
    { role: "system", content: "You are a helpful assistant." },
    { role: "user", content: `Write at length about ${TOPICS[n % TOPICS.length]} (${n}).` },
  ],
  sampling: {
    temperature: n % 2 === 0 ? 0.7 : 1,
    topP: 0.9 + 0.1 * (n % 3 === 0 ? 1 : 0),
    maxTokens,
    seed: n,
  },
  extras:
    n % 2 === 0 ? {} : { draw: { id: "k", key: n.toString(16).padStart(64, "a"), required: true } },
});

export async function write(engine: Engine, n: number, maxTokens: number): Promise<Said> {
  const one = asked(n, maxTokens);
  let answer = "";
  for await (const piece of engine.generate({ ...one, reproducible: false, signal })) {
    if (typeof piece === "string") answer += piece;
    else if ("type" in piece && piece.type === "text") answer += piece.text;
  }
  return { ...one, answer };
}

export const replay = async (engine: Engine, said: Said) =>
  (await engine.replay?.({ ...said, signal })) ?? [];
