/**
 * The whole product with an engine that calls what a test tells it to, and tools of the test's own that
 * read, write and send, each of which writes down that it was called.
 */
import { onTestFinished } from "vitest";
import * as z from "zod";
import { features } from "../../../src/app/features.ts";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { only } from "../../../src/core/engine.ts";
import type { Feature } from "../../../src/core/feature.ts";
import { type Tool, tool } from "../../../src/core/toolbox.ts";
import { type Script, scripted } from "../../../src/engines/scripted.ts";
import { temporary } from "../../fixtures/charla.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests look at what is there
export type Json = any;

export interface Place {
  readonly home: string;
  readonly url: string;
  /** Names and arguments of what was called, in order. */
  readonly called: (readonly [string, Json])[];
  call(method: string, path: string, body?: object): Promise<{ status: number; body: Json }>;
  must(method: string, path: string, body?: object): Promise<Json>;
  /** A chat that may use these tools. */
  chat(tools: readonly string[], settings?: object): Promise<string>;
  /** The answer, once it has ended. */
  ask(chat: string, content: string, parentId?: string | null): Promise<Json>;
  goOn(chat: string, answer: string): Promise<Json>;
  waiting(chat: string): Promise<Json[]>;
  decide(id: string, approve: boolean): Promise<Json>;
  stop(): Promise<void>;
}

interface Options {
  readonly home?: string;
  /** Text of the policy's file. */
  readonly policy?: string;
  readonly tools?: readonly Tool[];
  /** What the tool `read_mail` answers. */
  readonly mail?: string;
  readonly called?: (readonly [string, Json])[];
}

export async function start(script: Script, options: Options = {}): Promise<Place> {
  const { home = temporary(), policy, called = [], mail = "Lunch at two?" } = options;
  const written = <Name extends string>(name: Name, work: () => Promise<string>) => ({
    name,
    label: { en: name, es: name },
    about: { en: name, es: name },
    description: name,
    limitMs: 20_000,
    run: async (given: Json) => {
      called.push([name, given]);
      return work();
    },
  });
  const anything = z.looseObject({});
  const own = [
    tool({
      ...written("read_mail", async () => mail),
      input: anything,
      reads: ["private", "foreign"],
    }),
    tool({
      ...written("read_diary", async () => "Secret: 4711"),
      input: anything,
      reads: ["private"],
    }),
    tool({
      ...written("send_mail", async () => "sent"),
      input: z.strictObject({ to: z.string(), text: z.string() }),
      reads: [],
      sends: { en: "the mail, to whom it is for", es: "el correo, a su destinatario" },
    }),
    tool({
      ...written("delete_all", async () => "deleted"),
      input: anything,
      reads: [],
      writes: { en: "everything", es: "todo" },
    }),
    tool({
      ...written("wait_for_ever", () => new Promise(() => {})),
      ...{ input: anything, reads: [], limitMs: 600_000 },
    }),
    ...(options.tools ?? []),
  ];
  const feature: Feature = {
    name: "test-tools",
    load: async () => ({ name: "test-tools", open: () => ({ tools: async () => own }) }),
  };
  const list = features as Feature[];
  list.push(feature);
  const settings: Record<string, string> = { CHARLA_DRAIN_SECONDS: "0" };
  if (policy !== undefined) {
    const { writeFileSync } = await import("node:fs");
    writeFileSync(`${home}/policy.toml`, policy);
  }
  const config = readConfig({ port: 0, home }, settings);
  const engines = only(scripted(script));
  const app = await startApp(config, () => {}, { engines }).finally(() =>
    list.splice(list.indexOf(feature), 1),
  );
  let running = true;
  const stop = async () => {
    if (!running) return;
    running = false;
    app.server.closeAllConnections();
    await app.stop();
  };
  onTestFinished(stop);
  const call: Place["call"] = async (method, path, body) => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(app.url + path, init);
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  };
  const must: Place["must"] = async (method, path, body) => {
    const { status, body: reply } = await call(method, path, body);
    if (status >= 300) throw new Error(JSON.stringify(reply));
    return reply;
  };
  const turn = async (chat: string, body: object) => {
    const { answer } = await must("POST", `/api/conversations/${chat}/turns`, body);
    // The stream ends when the answer does.
    await call("GET", `/api/conversations/${chat}/messages/${answer.id}/stream`);
    const { messages } = await must("GET", `/api/conversations/${chat}`);
    return messages.find(({ id }: Json) => id === answer.id);
  };
  return {
    ...{ home, url: app.url, called, call, must, stop },
    chat: async (tools, more = {}) =>
      (await must("POST", "/api/conversations", { settings: { tools, ...more } })).id,
    ask: (chat, content, parentId = null) => turn(chat, { content, parentId }),
    goOn: (chat, answer) => turn(chat, { continues: answer }),
    waiting: async (chat) => (await must("GET", `/api/tools/waiting?conversation=${chat}`)).items,
    decide: (id, approve) => must("POST", `/api/tools/waiting/${id}`, { approve }),
  };
}

/** Calls these, a step each, then says what it has read last. */
export function oneByOne(...calls: readonly (readonly [string, object])[]): Script {
  return {
    calls(messages) {
      const from = messages.findLastIndex(({ role, toolCallId }) => role === "user" && !toolCallId);
      const done = messages.slice(from).filter(({ toolCallId }) => toolCallId).length;
      const next = calls[done];
      return next ? [next] : [];
    },
    reply: (messages) => `Done: ${messages.at(-1)?.content}`,
  };
}
