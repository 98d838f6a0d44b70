/**
 * The clone's server over real HTTP, with the features that a test gives it, and the scripted
 * engine unless told otherwise.
 */

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bounded } from "../../../src/core/bodies.ts";
import { chatRoutes } from "../../../src/core/chat.ts";
import { type Engines, only } from "../../../src/core/engine.ts";
import { granting } from "../../../src/core/extras.ts";
import type { Openable } from "../../../src/core/feature.ts";
import { createServer } from "../../../src/core/http.ts";
import type { Route } from "../../../src/core/route.ts";
import type { Finish, Message, Sampling, Start } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { listen } from "../../../src/server/listen.ts";
import { type Given, testHouse } from "../../fixtures/house.ts";
import { withPeople } from "../../fixtures/people.ts";

// biome-ignore lint/suspicious/noExplicitAny: what is in it is what the tests find out.
export type Json = any;

/** What `POST /api/chat` said: its deltas put together, and the error if there was one. */
interface Answer {
  readonly status: number;
  start?: Start;
  text: string;
  finish?: Finish;
  /** Of the response, or of the event that ended the stream. */
  error?: Json;
}

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly routes: readonly Route[];
  /** What went to the log: line and error. */
  readonly log: { line: string; error: unknown }[];
  json(path: string): Promise<Json>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  ask(messages: readonly Message[], sampling?: Partial<Sampling>): Promise<Answer>;
}

/** A history that is one question. */
export const question = (content: string): Message[] => [{ role: "user", content }];

/** Reads a response of `POST /api/chat` to its end. */
async function answerOf(reply: Response): Promise<Answer> {
  const answer: Answer = { status: reply.status, text: "" };
  if (!reply.ok) return Object.assign(answer, await reply.json());
  for (const event of (await reply.text()).split("\n\n")) {
    if (!event.startsWith("data: ")) continue;
    const { type: _type, text = "", ...rest } = JSON.parse(event.slice(6)) as Json;
    answer.text += text;
    Object.assign(answer, rest);
  }
  return answer;
}

export async function serve(
  engines: Engines = only(scripted()),
  features: readonly Openable[] = [],
  extra: readonly Route[] = [],
  given: Given = {},
): Promise<Served> {
  const page = mkdtempSync(join(tmpdir(), "charla-page-"));
  writeFileSync(join(page, "index.html"), "<!doctype html><title>the page</title>");
  writeFileSync(join(page, "app.js"), "// script");

  const log: Served["log"] = [];
  const house = testHouse({ ...given, engines: granting(engines) });
  for (const feature of features) house.open(feature);
  const routes = [...chatRoutes(house.run), ...house.routes, ...extra];

  const app = createServer(withPeople(routes), {
    page,
    document: "index.html",
    bodies: bounded,
    log: (line, error) => log.push({ line, error }),
  });
  const { server, port } = await listen(app, "127.0.0.1", 0);
  const url = `http://127.0.0.1:${port}`;
  const post: Served["post"] = (path, body, headers) =>
    fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return {
    url,
    port,
    routes,
    log,
    json: async (path) => (await fetch(url + path)).json(),
    post,
    ask: async (messages, sampling) => answerOf(await post("/api/chat", { messages, sampling })),
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await engines.close();
      rmSync(page, { recursive: true });
    },
  };
}
