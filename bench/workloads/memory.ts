/** Memory of the server and of the model process, at rest and after use. */
import { setTimeout as sleep } from "node:timers/promises";
import { contest } from "../contenders.ts";
import { row, settle, type Values } from "../measure.ts";
import { memory, supported } from "../proc.ts";
import type { System } from "../types.ts";
import { askAtOnce, type Workload, whole } from "./shared.ts";
import { modelProcess } from "./w9.ts";

export const resident: Workload = {
  name: "memory",
  about:
    "Proportional set size with four slots of 2,048 tokens: Charla's server without its model " +
    "process, and its model process beside llama-server, at rest and after four chats at once.",
  async run(bench) {
    if (!supported) throw new Error("The memory of processes is read in /proc, which is Linux's.");
    await using started = await contest(bench, { slots: 4, context: 2048 }, ["llama-server"]);
    const settled = await settle({
      workload: "memory",
      cases: { "model process at rest": "MB" },
      contenders: started.contenders,
      run: async (system) => ({ "model process at rest": ofModel(system) }),
    });
    const names = started.contenders.map(({ name }) => name);
    const results = new Map<string, Values[]>(names.map((name) => [name, []]));
    for (const system of [...settled.systems.values()]) {
      await settled.attempt(system, async () => {
        await sleep(bench.quick ? QUICK_SETTLE_MS : SETTLE_MS);
        const rest = { server: memory(system.pid), model: ofModel(system) };
        whole(await askAtOnce(bench, system, { chats: 4, promptTokens: 128, maxTokens: 128 }));
        results.get(system.name)?.push({
          "server at rest": rest.server,
          "server after W1 x 4": memory(system.pid),
          "model process at rest": rest.model,
          "model process after W1 x 4": ofModel(system),
        });
      });
    }
    const own = new Map([["charla", results.get("charla") ?? []]]);
    const one = (name: string, of: typeof results) =>
      row({ workload: "memory", name, unit: "MB", rounds: 1 }, of);
    return [
      one("server at rest", own),
      one("server after W1 x 4", own),
      one("model process at rest", results),
      one("model process after W1 x 4", results),
    ];
  },
};

/** What starting has left behind is given back within so long; a server rests for days. */
const SETTLE_MS = 10_000;
const QUICK_SETTLE_MS = 6000;

/** llama-server is one process. */
const ofModel = (system: System): number =>
  memory(system.name === "charla" ? modelProcess(system) : system.pid);
