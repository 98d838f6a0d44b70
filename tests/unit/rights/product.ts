/** The whole product on a folder of its own, and where in all that it stores a text can be found. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import { type Given, startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { onServer, urlOf } from "../../fixtures/databases.ts";
import type { Json } from "../core/serve.ts";

export interface Product {
  readonly home: string;
  readonly logged: string[];
  send(method: string, path: string, body?: unknown): Promise<Response>;
  json(method: string, path: string, body?: unknown): Promise<Json>;
  /** Asks in a chat and waits for the end of the answer. */
  ask(chat: string, content: string): Promise<Json>;
  stop(): Promise<void>;
}

export async function temporaryHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "charla-rights-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

export async function start(
  home: string,
  given: Given = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Product> {
  const logged: string[] = [];
  const log = (line: string, error?: unknown) => logged.push(`${line} ${String(error)}`);
  const database = await urlOf(home);
  const settings = { CHARLA_ENGINE: "scripted", CHARLA_DRAIN_SECONDS: "0", ...env };
  const url = database === undefined ? {} : { CHARLA_DATABASE_URL: database };
  const config = readConfig({}, { ...settings, ...url, CHARLA_PORT: "0", CHARLA_HOME: home });
  const app = await startApp(config, log, given);
  let running = true;
  const stop = async () => {
    if (!running) return;
    running = false;
    app.server.closeAllConnections();
    await app.stop();
  };
  onTestFinished(stop);
  const send = (method: string, path: string, body?: unknown) =>
    fetch(app.url + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const json = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const response = await send(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  const ask = async (chat: string, content: string) => {
    const { messages } = await json("GET", `/api/conversations/${chat}`);
    const parentId = messages.at(-1)?.id ?? null;
    const turn = await json("POST", `/api/conversations/${chat}/turns`, { content, parentId });
    const path = `/api/conversations/${chat}/messages/${turn.answer.id}/stream`;
    await (await send("GET", path)).text();
    return turn;
  };
  return { home, logged, send, json, ask, stop };
}

/** Rows of the database, read beside the server. */
export async function rows(home: string, query: string): Promise<Json[]> {
  const url = await urlOf(home);
  if (url !== undefined) return (await onServer(query, url)).rows;
  using database = new DatabaseSync(join(home, "charla.db"), { readOnly: true });
  return database.prepare(query).all();
}

/** Everything that is stored, by where it is: each file's bytes, and the rows of each table. */
export async function storage(home: string): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(path, await readFile(path));
  }
  const url = await urlOf(home);
  if (url === undefined) return found;
  const list = "select tablename from pg_tables where schemaname = 'public'";
  for (const { tablename } of await rows(home, list)) {
    const all = await rows(home, `select * from "${tablename}"`);
    found.set(tablename, Buffer.from(JSON.stringify(all)));
  }
  return found;
}

/** Where any of these texts is, in UTF-8 or UTF-16, whatever the case of their letters. */
export async function places(home: string, texts: readonly string[]): Promise<string[]> {
  const hits: string[] = [];
  for (const [place, bytes] of await storage(home)) {
    const [narrow, wide] = [bytes.toString("latin1"), bytes.toString("utf16le")];
    for (const text of texts) {
      const plain = Buffer.from(text).toString("latin1").toLowerCase();
      const found =
        narrow.toLowerCase().includes(plain) || wide.toLowerCase().includes(text.toLowerCase());
      if (found) hits.push(`${place}: ${text}`);
    }
  }
  return hits;
}
