/**
 * W8: what a gateway adds. Clients ask for answers of 128 pieces from a scripted upstream, directly
 * and through each gateway: milliseconds added to the first piece, and processor time a piece.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { median, random, shuffle, sum } from "../../src/core/statistics.ts";
import type { Bench } from "../contenders.ts";
import { type Contender, row, settle, type Values } from "../measure.ts";
import {
  startLiteLlm,
  startOpenWebUi,
  startRelay,
  startRemote,
  startScripted,
  startUpstream,
} from "../peers/gateways.ts";
import { descendants, processorTime, supported } from "../proc.ts";
import type { Answer, Row, System, Unit } from "../types.ts";
import { firstTokenMs, type Workload } from "./shared.ts";

const PIECES = 128;
/** Requests a second that all clients together send at most, well within what a core bears. */
const OFFERED = 80;
/** No new request is sent after this. */
const LIMIT_MS = 8000;
/** The scripted engine answers with the last message after "You said:", a token for each word. */
const WORDS = Array.from({ length: PIECES - 2 }, () => "word").join(" ");

interface Load {
  readonly clients: number;
  readonly model: "burst" | "paced";
  readonly requests: number;
}

export const w8: Workload = {
  name: "W8",
  about:
    "A gateway before a scripted model server, 128 pieces an answer: time added to the first " +
    "piece, median, against asking that server directly; and processor time for each piece.",
  async run(bench) {
    await using gateways = await startAll(bench);
    const contest = await settle({
      workload: "W8",
      cases: { "first piece": "ms" },
      contenders: gateways.contenders,
      run: (system) => once(system, { clients: 1, model: "burst", requests: 20 }),
    });
    // A gateway runs for days: what is measured is not its first seconds, when nothing is compiled.
    for (const system of contest.systems.values()) {
      await contest.attempt(system, () => warm(system, bench.quick ? 60 : 300));
    }
    const rows: Row[] = [];
    for (const load of loads(bench.quick)) {
      const rounds = bench.quick || load.clients > 4 ? 1 : 3;
      const results = new Map<string, Array<Values | undefined>>();
      for (const { name } of gateways.contenders) results.set(name, []);
      for (let round = 0; round < rounds; round++) {
        for (const system of shuffle([...contest.systems.values()], random(round))) {
          if (load.model === "paced" && system.name === "charla, scripted") continue;
          console.error(`  W8 ${load.clients} clients, ${load.model}: ${system.name}`);
          await contest.attempt(system, async () => {
            (results.get(system.name) as Values[])[round] = await once(system, load);
          });
        }
      }
      for (const name of results.keys()) if (!contest.systems.has(name)) results.set(name, []);
      rows.push(...rowsOf(load, rounds, results));
    }
    return rows;
  },
};

function loads(quick: boolean): readonly Load[] {
  const counts = quick ? [16] : [1, 4, 16, 64, 256];
  const burst = counts.map((clients): Load => {
    return { clients, model: "burst", requests: quick ? 30 : Math.max(100, 2 * clients) };
  });
  const paced = counts.map((clients): Load => ({ clients, model: "paced", requests: clients }));
  return [...burst, ...(quick ? [] : paced)];
}

async function startAll(bench: Bench) {
  const upstream = await startUpstream();
  const starters: Record<string, () => Promise<System>> = {
    direct: async () => upstream,
    "charla, scripted": startScripted,
    charla: () => startRemote(upstream.base),
    relay: () => startRelay(upstream.base),
    litellm: () => startLiteLlm(upstream.base),
    "open-webui": () => startOpenWebUi(upstream.base),
  };
  const contenders: Contender[] = [];
  for (const [name, start] of Object.entries(starters)) {
    const peer = !["direct", "charla", "charla, scripted"].includes(name);
    if (peer && !bench.peers.has(name)) continue;
    try {
      contenders.push({ name, settings: [await start()] });
    } catch (thrown) {
      contenders.push({ name, settings: [], failed: String(thrown) });
    }
  }
  return {
    contenders,
    async [Symbol.asyncDispose]() {
      await Promise.all(contenders.flatMap(({ settings }) => settings.map((one) => one.stop())));
    },
  };
}

async function warm(system: System, requests: number): Promise<void> {
  for (let sent = 0; sent < requests; sent++) await system.ask(question("burst", 0));
}

/** Closed loop: each client thinks between two requests, so that the load stays below one core. */
async function once(system: System, { clients, model, requests }: Load): Promise<Values> {
  const next = random(clients);
  const answers: Answer[] = [];
  const began = performance.now();
  let sent = 0;
  const client = async (n: number) => {
    const think = () => sleep((2000 * next() * clients) / OFFERED);
    for (await think(); sent < requests && performance.now() - began < LIMIT_MS; await think()) {
      sent += 1;
      answers.push(await system.ask(question(model, n)));
    }
  };
  const pids = supported ? [system.pid, ...descendants(system.pid)] : [];
  const before = processorTime(pids);
  await Promise.all(Array.from({ length: clients }, (_, n) => client(n)));
  const spent = processorTime(pids) - before;
  const failed = answers.filter(({ error }) => error !== null);
  if (failed.length > answers.length / 2) throw new Error(failed[0]?.error ?? "failed");
  const good = answers.filter(({ error }) => error === null);
  const pieces = sum(good.map(({ deltas }) => deltas.length));
  return {
    "first piece": median(good.map(firstTokenMs)),
    cost: supported ? spent / pieces : Number.NaN,
    failed: failed.length,
  };
}

const question = (model: string, client: number) => ({
  model,
  messages: [{ role: "user", content: WORDS }] as const,
  maxTokens: PIECES,
  user: `client-${client}`,
});

/** Charla with a remote engine beside the other gateways, and Charla with the scripted engine. */
function rowsOf(
  { clients, model }: Load,
  rounds: number,
  results: ReadonlyMap<string, ReadonlyArray<Values | undefined>>,
): Row[] {
  const direct = results.get("direct") ?? [];
  const withAdded = (name: string) =>
    (results.get(name) ?? []).map((values, round) => {
      const base = direct[round]?.["first piece"];
      if (!values || base === undefined) return undefined;
      return { added: (values["first piece"] as number) - base, ...values };
    });
  const gateways = [...results.keys()].filter(
    (name) => name !== "direct" && name !== "charla, scripted",
  );
  const remote = new Map(gateways.map((name) => [name, withAdded(name)]));
  const scripted = new Map([["charla", withAdded("charla, scripted")]]);
  const at = `${clients} ${clients === 1 ? "client" : "clients"}, ${model}`;
  const line = (name: string, unit: Unit, values: typeof remote, what: string): Row => {
    const label = `${at}, ${what}`;
    const named = new Map(
      [...values].map(([system, runs]) => [
        system,
        runs.map((run) => run && { [label]: (run as Record<string, number>)[name] as number }),
      ]),
    );
    return row({ workload: "W8", name: label, unit, rounds }, named);
  };
  const rows = [line("added", "ms", remote, "added"), line("cost", "us", remote, "a piece")];
  rows.push(line("failed", "requests", remote, "failed"));
  if (model === "paced") return rows;
  rows.push(line("added", "ms", scripted, "added, scripted engine"));
  rows.push(line("cost", "us", scripted, "a piece, scripted engine"));
  return rows;
}
