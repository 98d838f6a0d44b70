/**
 * `npm run bench:replicas`: what several Charlas on one database cost and bear, with three llama-servers
 * behind a router. By number of Charlas: the time that forwarding adds, and tokens a second; and with
 * `--kill`, what becomes of what people ask while each of three is killed in turn.
 *
 * It needs a PostgreSQL server in which it may create a database (`--postgres`), and installs llama-server
 * like the benchmark does.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, createServer, request as http } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import pg from "pg";
import { median, quantile } from "../src/core/statistics.ts";
import { ask, connections } from "./client.ts";
import { startLlamaServer } from "./peers/llama-server.ts";
import { freePort, killAll, launch, line, type Program } from "./processes.ts";
import { administrator, type Person, people } from "./soak/people.ts";
import { starter } from "./starter.ts";
import type { Answer } from "./types.ts";
import { firstTokenMs, throughput } from "./workloads/shared.ts";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const READY_MS = 120_000;
const ENGINES = 3;
const CHATS = 6;
const TOKENS = 48;
/** Small requests, one after the other. */
const LOOKS = 300;

const { values } = parseArgs({
  options: {
    postgres: { type: "string", default: process.env.CHARLA_TEST_POSTGRES || "" },
    model: { type: "string" },
    kill: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
  },
});
if (!values.postgres) throw new Error("--postgres postgres://user@host:5432/database");
const server = values.postgres;

interface Charla {
  readonly program: Program;
  readonly url: string;
  readonly home: string;
}

const model = resolve(values.model ?? process.env.CHARLA_TEST_MODEL ?? starter());
const engines = [];
for (let at = 0; at < ENGINES; at += 1) {
  const own = { decode: 1, batch: 1 };
  engines.push(await startLlamaServer(model, { slots: 4, context: 1024 }, own));
}
const router = await route(engines.map(({ url = "" }) => url));
console.log(`${ENGINES} llama-servers of a thread each behind a router`);
if (values.kill) await kills();
else for (const count of [1, 2, 3]) await measured(count);
killAll();
process.exit();

/** Each request to the engine that has the fewest. */
async function route(urls: readonly string[]): Promise<string> {
  const busy = urls.map(() => 0);
  const agent = new Agent({ keepAlive: true });
  const one = createServer((incoming, outgoing) => {
    const at = busy.indexOf(Math.min(...busy));
    const computes = incoming.method === "POST";
    if (computes) busy[at] = (busy[at] ?? 0) + 1;
    outgoing.once("close", () => {
      if (computes) busy[at] = (busy[at] ?? 1) - 1;
      asked.destroy();
    });
    const { method, headers, url: path } = incoming;
    const asked = http(new URL(path ?? "/", urls[at]), { method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    asked.on("error", () => outgoing.destroy());
    incoming.pipe(asked);
  }).listen(0, "127.0.0.1");
  await new Promise((done) => one.once("listening", done));
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}/v1`;
}

async function database(): Promise<string> {
  const name = `charla_bench_${randomBytes(4).toString("hex")}`;
  const client = new pg.Client(server);
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

/** What all of them have in common. */
async function shared(): Promise<Record<string, string>> {
  return {
    CHARLA_REMOTE_URL: router,
    CHARLA_REMOTE_CONTEXT: "1024",
    CHARLA_DATABASE_URL: await database(),
    CHARLA_MASTER_KEY: randomBytes(32).toString("hex"),
    CHARLA_ACCOUNTS: "on",
    LANG: "C",
  };
}

async function start(common: Record<string, string>): Promise<Charla & { told: string }> {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), "charla-replica-"));
  const own = { CHARLA_REPLICA: `http://127.0.0.1:${port}`, CHARLA_HOME: home };
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, ...common, ...own };
  const program = launch(process.execPath, [CLI, "serve", "--port", String(port)], { env });
  let told = "";
  program.onLine((text) => {
    told += `${text}\n`;
  });
  await line(program, /^Charla is at/, READY_MS);
  return { program, home, told, url: `http://localhost:${port}` };
}

async function first(common: Record<string, string>): Promise<readonly [Charla, Person[]]> {
  const one = await start(common);
  const token = /set-up#([\w-]+)/.exec(one.told)?.[1] ?? "";
  const admin = await administrator(one.url, token);
  return [one, await people(one.url, admin, CHATS)];
}

async function stop(charlas: readonly Charla[]): Promise<void> {
  for (const { program, home } of charlas) {
    await program.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measured(count: number): Promise<void> {
  const common = await shared();
  const [one, persons] = await first(common);
  const all = [one];
  while (all.length < count) all.push(await start(common));
  const looks = await look(all.at(-1) as Charla, persons[0] as Person);
  await chats(all, persons); // warms up
  const speeds: number[] = [];
  const firsts: number[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const answers = await chats(all, persons);
    speeds.push(throughput(answers));
    firsts.push(median(answers.map(firstTokenMs)));
  }
  console.log(
    `${count}: a small request ${median(looks).toFixed(2)} ms, p99 ${quantile(looks, 0.99).toFixed(2)} ms; ` +
      `${CHATS} chats ${median(speeds).toFixed(1)} tokens/s, first token ${median(firsts).toFixed(0)} ms`,
  );
  await stop(all.toReversed());
}

/** At the last of them, which forwards where there are several. */
async function look({ url }: Charla, { cookie }: Person): Promise<number[]> {
  const took: number[] = [];
  for (let at = 0; at < LOOKS + 50; at += 1) {
    const began = performance.now();
    const answer = await fetch(`${url}/api/account/state`, { headers: { cookie } });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    if (at >= 50) took.push(performance.now() - began);
  }
  return took;
}

/** As many at once as there are people, each at another one. */
async function chats(all: readonly Charla[], persons: readonly Person[]): Promise<Answer[]> {
  const agent = connections();
  const answers = await Promise.all(
    persons.map(({ key }, at) => {
      const { url } = all[at % all.length] as Charla;
      const headers = { authorization: `Bearer ${key}` };
      const messages = [{ role: "user", content: `Tell me a long story about number ${at}.` }];
      return ask(
        { url: `${url}/v1/chat/completions`, headers, agent },
        { messages: messages as never, maxTokens: TOKENS },
      );
    }),
  );
  agent.destroy();
  for (const { error } of answers) if (error) throw new Error(error);
  return answers;
}

/** Of a question in a chat of a person's own. */
interface Asked {
  readonly person: Person;
  readonly path: string;
  readonly text: string;
}

async function kills(): Promise<void> {
  const common = await shared();
  const [one, persons] = await first(common);
  let all: Charla[] = [one, await start(common), await start(common)];
  const kept: Asked[] = [];
  for (let at = 0; at < 3; at += 1) {
    // Of those that are left, the one that leads is killed, then one that follows, then again.
    const leads = await Promise.all(all.map(leading));
    const which = at === 1 ? leads.indexOf(false) : leads.indexOf(true);
    const victim = all[which] as Charla;
    const rest = all.filter((each) => each !== victim);
    const failed = new Map<string, number>();
    let slowest = 0;
    let going = true;
    const before = kept.length;
    const work = persons.map(async (person, n) => {
      const place = rest[n % rest.length] as Charla;
      for (let turn = 0; going; turn += 1) {
        const began = performance.now();
        const said = await question(place, person, `question ${at}.${n}.${turn}`);
        slowest = Math.max(slowest, performance.now() - began);
        if (typeof said === "string") failed.set(said, (failed.get(said) ?? 0) + 1);
        else kept.push(said);
      }
    });
    await sleep(6000);
    victim.program.signal("SIGKILL");
    await sleep(12_000);
    going = false;
    await Promise.all(work);
    const errors = [...failed].map(([code, times]) => `${times} ${code}`).join(", ") || "none";
    console.log(
      `killed ${at === 1 ? "one that follows" : "the one that leads"}: ${kept.length - before} questions ` +
        `acknowledged, errors: ${errors}, the slowest ${(slowest / 1000).toFixed(1)} s`,
    );
    all = [...rest, await start(common)];
  }
  let lost = 0;
  for (const { person, path, text } of kept) {
    const { url } = all[0] as Charla;
    const chat = await fetch(url + path, { headers: { cookie: person.cookie } });
    if (!(await chat.text()).includes(JSON.stringify(text))) lost += 1;
  }
  console.log(`${kept.length} acknowledged questions looked up: ${lost} lost`);
  await stop(all.toReversed());
}

async function leading({ url }: Charla): Promise<boolean> {
  return !(await (await fetch(`${url}/healthz`)).text()).includes("follows");
}

/** @returns the code of what went wrong */
async function question(place: Charla, person: Person, text: string): Promise<Asked | string> {
  const post = async (path: string, body: object) => {
    const headers = { origin: place.url, cookie: person.cookie };
    const sent = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(place.url + path, sent);
    const said = (await answer.json()) as { id?: string; error?: { code: string } };
    if (!answer.ok) throw new Error(said.error?.code);
    return said;
  };
  try {
    const path = `/api/conversations/${(await post("/api/conversations", {})).id}`;
    await post(`${path}/turns`, { content: text, parentId: null });
    return { person, path, text };
  } catch (thrown) {
    await sleep(100);
    return (thrown as Error).message;
  }
}
