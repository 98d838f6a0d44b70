/**
 * Several Charlas on one database, each a process of its own, and the server with models that all of
 * them ask.
 */
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcp } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { Browser, PASSWORD } from "../../fixtures/browser.ts";
import { CLI, printed, start, temporary } from "../../fixtures/charla.ts";
import { createPostgres } from "../../fixtures/databases.ts";

export interface One {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it had printed when it was ready. */
  readonly told: string;
}

/** Words that a model writes, and how long each takes, in milliseconds. */
const WORDS = 8;

/** An OpenAI-compatible server that counts: "1 2 3 ..." up to the number in the question, or eight. */
export async function upstream(wordMs = 5): Promise<string> {
  const server = createServer(async (request, response) => {
    if (request.url === "/v1/models") {
      return void response.end(JSON.stringify({ data: [{ id: "counting", object: "model" }] }));
    }
    let text = "";
    for await (const chunk of request) text += chunk;
    const { messages = [] } = JSON.parse(text || "{}");
    const last = String(messages.at(-1)?.content ?? "");
    const words = Number(/count to (\d+)/.exec(last)?.[1] ?? WORDS);
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let at = 1; at <= words && !response.destroyed; at += 1) {
      await sleep(wordMs);
      const choices = [{ index: 0, delta: { content: `${at} ` }, finish_reason: null }];
      response.write(`data: ${JSON.stringify({ choices })}\n\n`);
    }
    const usage = { prompt_tokens: 8, completion_tokens: words, total_tokens: words + 8 };
    const choices = [{ index: 0, delta: {}, finish_reason: "stop" }];
    response.write(`data: ${JSON.stringify({ choices, usage })}\n\n`);
    response.end("data: [DONE]\n\n");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

export async function freePort(): Promise<number> {
  const server = createTcp().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

export class Charlas {
  readonly database: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(database: string, env: NodeJS.ProcessEnv) {
    this.database = database;
    this.#env = env;
  }

  /** @param env of all of them */
  static async on(remote: string, env: NodeJS.ProcessEnv = {}): Promise<Charlas> {
    const database = await createPostgres();
    return new Charlas(database, {
      CHARLA_ENGINE: "remote",
      CHARLA_REMOTE_URL: remote,
      CHARLA_DATABASE_URL: database,
      CHARLA_MASTER_KEY: randomBytes(32).toString("hex"),
      CHARLA_ACCOUNTS: "on",
      CHARLA_METRICS_TOKEN: TOKEN,
      CHARLA_LOG: "text",
      ...env,
    });
  }

  /** Starts one, which leads if it is the first. */
  async add(env: NodeJS.ProcessEnv = {}): Promise<One> {
    const port = await freePort();
    const child = this.spawn(port, env);
    const told = await printed(child, /\b(leads, as|follows) http.*\n/);
    return { child, told, url: `http://localhost:${port}` };
  }

  spawn(port: number, env: NodeJS.ProcessEnv = {}): ChildProcess {
    const own = { CHARLA_REPLICA: `http://127.0.0.1:${port}`, CHARLA_HOME: temporary() };
    return start(process.execPath, [CLI, "serve", "--port", String(port)], {
      env: { ...this.#env, ...own, ...env },
    });
  }
}

export const TOKEN = "metrics-of-this-test";

/** The first account, by the link that the first one prints. */
export async function administrator({ child, url, told }: One): Promise<Browser> {
  const link = told.includes("set-up#") ? told : await printed(child, /set-up#[\w-]+/);
  const token = /set-up#([\w-]+)/.exec(link)?.[1];
  const ana = new Browser(url);
  const person = { name: "Ana", email: "ana@example.org", password: PASSWORD };
  await ana.must("POST", "/api/auth/set-up", { token, ...person });
  return ana;
}

/** The same browser, as it comes to another of them. */
export function at({ url }: One, browser: Browser): Browser {
  const other = new Browser(url);
  for (const [name, value] of browser.cookies) other.cookies.set(name, value);
  return other;
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** A number of a server's. */
export async function metric({ url }: One, name: string): Promise<number> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  return Number(new RegExp(`^charla_replica_${name}(?:\\{.*\\})? (\\d+)`, "m").exec(text)?.[1]);
}
