/**
 * `npm run soak -- --hostile`: one member does everything dear at once, another one chats. What the
 * other one notices of it is compared with the same person alone, on the same server, minutes before.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { quantile } from "../../src/core/statistics.ts";
import type { Given, Told } from "./attacks.ts";
import { type Inspector, inspect, type LoopHeld } from "./heap.ts";
import { administrator, type Person, people } from "./people.ts";
import { engineOf, serve } from "./server.ts";

/** Times as long as alone that a first token may take, and milliseconds of /healthz. */
const TARGETS = { firstToken: 3, healthMs: 50 };
/** Alone, of the time under attack. */
const SHARE_ALONE = 1 / 3;
const WARM_UP = 3;
const HEALTH_EVERY_MS = 100;
const PAUSE_MS = 500;
const QUESTION = "Which planets have rings?";

/** In milliseconds. */
interface Noticed {
  readonly firstToken: number[];
  readonly health: number[];
  readonly loop: LoopHeld;
  readonly failures: string[];
}

export interface Wishes {
  readonly minutes: number;
  /** A GGUF file. */
  readonly model: string;
  /** Names of attacks; all of them where it is empty. */
  readonly only: readonly string[];
  /** Where the figures are written, and where a profile of the server under attack. */
  readonly json: string | undefined;
  readonly profile: string | undefined;
}

/** @returns whether the targets are met */
export async function besideHostile(wishes: Wishes): Promise<boolean> {
  const { minutes, model, only, json, profile } = wishes;
  const home = mkdtempSync(join(tmpdir(), "charla-soak-"));
  const { server, url, token, port } = await serve(home, { CHARLA_MODEL: model }, "");
  try {
    const admin = await administrator(url, token);
    const [polite, other] = (await people(url, admin, 2)) as [Person, Person];
    const inspector = await inspect(port);
    // Loads the model, and compiles what a chat takes.
    for (let times = 0; times < WARM_UP; times++) await answered(url, polite);
    const ms = minutes * 60_000;
    console.error("alone");
    const alone = await notice(url, polite, inspector, ms * SHARE_ALONE);
    const before = await restartsOf(url, admin);
    console.error("under attack");
    const given: Given = { url, person: other, only };
    const attacks = new Worker(new URL("./attacks.ts", import.meta.url), { workerData: given });
    const profiled = profile ? await inspector.profile() : undefined;
    const under = await Promise.race([notice(url, polite, inspector, ms), server.gone]);
    const told = new Promise<Told>((resolve) => attacks.once("message", resolve));
    if (profile && profiled) writeFileSync(profile, await profiled());
    attacks.postMessage("over");
    const attacked = await told;
    await attacks.terminate();
    const restarts = (await restartsOf(url, admin)) - before;
    inspector.close();
    const result = { minutes, load: loadavg()[0], alone, under, restarts, attacked };
    if (json) writeFileSync(json, `${JSON.stringify(result, null, 1)}\n`);
    return report(alone, under, restarts, attacked);
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

const restartsOf = async (url: string, admin: string) =>
  (await engineOf(url, admin)).counters?.restarts ?? 0;

/** Chats, and asks every tenth of a second whether the server lives, for so many milliseconds. */
async function notice(
  url: string,
  person: Person,
  inspector: Inspector,
  ms: number,
): Promise<Noticed> {
  const [firstToken, health, failures]: [number[], number[], string[]] = [[], [], []];
  const until = performance.now() + ms;
  const loop = await inspector.watchLoop();
  const chat = async () => {
    while (performance.now() < until) {
      try {
        firstToken.push(await answered(url, person));
      } catch (thrown) {
        failures.push((thrown as Error).message);
      }
      await sleep(PAUSE_MS);
    }
  };
  const probe = async () => {
    while (performance.now() < until) {
      const began = performance.now();
      const reply = await fetch(`${url}/healthz`);
      await reply.arrayBuffer();
      health.push(performance.now() - began);
      if (!reply.ok) failures.push(`/healthz: ${reply.status}`);
      await sleep(HEALTH_EVERY_MS);
    }
  };
  await Promise.all([chat(), probe()]);
  return { firstToken, health, failures, loop: await loop() };
}

/**
 * A chat of the page's, from the question to the first piece of its answer, which is then stopped.
 *
 * @returns milliseconds
 */
async function answered(url: string, { cookie }: Person): Promise<number> {
  const headers = { origin: url, cookie };
  const call = async (method: string, path: string, body: object = {}) => {
    const reply = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text.slice(0, 200)}`);
    return JSON.parse(text);
  };
  const { id } = await call("POST", "/api/conversations", { settings: { maxTokens: 32 } });
  const path = `/api/conversations/${id}`;
  const began = performance.now();
  const { answer } = await call("POST", `${path}/turns`, { content: QUESTION, parentId: null });
  const message = `${path}/messages/${answer.id}`;
  const stream = await fetch(`${url}${message}/stream`, { headers });
  let first: number | undefined;
  for await (const line of createInterface(Readable.fromWeb(stream.body as never))) {
    if (line.startsWith('data: {"type":"text"')) first ??= performance.now() - began;
    if (line.startsWith('data: {"type":"end"') && !line.includes('"status":"done"')) {
      throw new Error(`an answer ended with ${/"status":"\w+"/.exec(line)?.[0]}`);
    }
  }
  if (first === undefined) throw new Error("an answer without a text");
  return first;
}

function report(alone: Noticed, under: Noticed, restarts: number, attacked: Told): boolean {
  const row = (name: string, of: (one: Noticed) => number) => {
    const [a, b] = [of(alone), of(under)];
    return { name, a, b, ratio: b / a };
  };
  const at = (list: "firstToken" | "health", q: number) => (one: Noticed) => quantile(one[list], q);
  const first = row("first token, median", at("firstToken", 0.5));
  const health = row("/healthz, 99 of 100", at("health", 0.99));
  const rows = [
    ...[first, row("first token, 95 of 100", at("firstToken", 0.95))],
    ...[row("/healthz, median", at("health", 0.5)), health],
    row("event loop held (processor), 99 of 100", ({ loop }) => loop.p99),
    row("event loop held (processor), at most", ({ loop }) => loop.max),
  ];
  console.log("| ms | alone | under attack | ratio |\n|---|---:|---:|---:|");
  for (const { name, a, b, ratio } of rows) {
    console.log(`| ${name} | ${a.toFixed(1)} | ${b.toFixed(1)} | ${ratio.toFixed(1)} |`);
  }
  const { length } = under.firstToken;
  console.log(`\n${length} answers, ${under.failures.length} failures, ${restarts} restarts\n`);
  for (const one of under.failures.slice(0, 10)) console.log(`- ${one}`);
  console.log("| Attack | answers by status |\n|---|---|");
  for (const [name, own] of Object.entries(attacked)) {
    const all = Object.entries(own).map(([status, times]) => `${status}: ${times}`);
    console.log(`| ${name} | ${all.join(", ")} |`);
  }
  const wrong = [
    ...(first.ratio <= TARGETS.firstToken ? [] : ["the first token waits"]),
    ...(health.b <= TARGETS.healthMs ? [] : ["/healthz waits"]),
    ...(restarts === 0 ? [] : ["the model process was started again"]),
    ...(under.failures.length === 0 ? [] : ["the polite one failed"]),
  ];
  console.log(wrong.length === 0 ? "\npassed" : `\nfailed: ${wrong.join(", ")}`);
  return wrong.length === 0;
}
