/**
 * A real server with the conversations feature and the scripted engine, on a folder of its own,
 * and a client for it.
 */
import { once } from "node:events";
import { repeat } from "../../../src/app/every.ts";
import type { Act } from "../../../src/core/audit.ts";
import { bounded } from "../../../src/core/bodies.ts";
import type { Engine } from "../../../src/core/engine.ts";
import { only } from "../../../src/core/engine.ts";
import type { Opened } from "../../../src/core/feature.ts";
import { createServer } from "../../../src/core/http.ts";
import type { Jobs } from "../../../src/core/jobs.ts";
import type { Route } from "../../../src/core/route.ts";
import type { Vault } from "../../../src/core/vault.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import type {
  ChatMessage,
  Conversation,
  StreamEvent,
  Summary,
  TurnReply,
} from "../../../src/features/conversations/api.ts";
import { conversations } from "../../../src/features/conversations/open.ts";
import { jobTables } from "../../../src/jobs/tables.ts";
import { listen } from "../../../src/server/listen.ts";
import { type Database, migrate } from "../../../src/storage/index.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { openAt } from "../../fixtures/databases.ts";
import { testHouse } from "../../fixtures/house.ts";
import { jobsOn } from "../../fixtures/jobs.ts";
import { withPeople } from "../../fixtures/people.ts";
import { sealing } from "../../fixtures/vault.ts";

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what is there
  readonly body: any;
  readonly headers: Headers;
}

export interface TestServer {
  readonly url: string;
  readonly home: string;
  readonly db: Database;
  readonly feature: Opened;
  readonly jobs: Jobs;
  readonly vault: Vault;
  readonly logged: string[];
  /** What was written down for the audit log. */
  readonly acts: Act[];
  readonly routes: readonly Route[];
  call(
    method: string,
    path: string,
    body?: unknown,
    person?: string,
    role?: "administrator",
  ): Promise<Reply>;
  create(settings?: object): Promise<Conversation>;
  ask(id: string, content: string, parentId?: string | null): Promise<TurnReply>;
  read(id: string): Promise<Conversation>;
  list(): Promise<Summary[]>;
  search(q: string): Promise<Summary[]>;
  /** Waits until the answer ends. */
  ended(id: string, messageId: string): Promise<ChatMessage>;
  events(id: string, messageId: string, from?: number): AsyncGenerator<StreamEvent>;
  stop(): Promise<void>;
}

const raw = (body: unknown) =>
  typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);

export async function serve(
  home: string,
  engine: Engine = scripted(),
  extra: readonly Opened[] = [],
  policy: object = {},
): Promise<TestServer> {
  const acts: Act[] = [];
  const opened = await openAt(home);
  const { db, close } = opened;
  const logged: string[] = [];
  const log = (line: string, error?: unknown) => logged.push(`${line} ${String(error)}`);
  const sealed = sealing(opened);
  await migrate(db, [vaultTables, jobTables, conversations]);
  const kinds = () => feature.jobs ?? [];
  const jobs = jobsOn(sealed, { kinds, log });
  const policies = { sharing: policy };
  const settings = { home };
  const house = testHouse({
    ...{ ...sealed, jobs, log, settings, engines: only(engine), policy: policies },
  });
  house.put({ record: async (act) => void acts.push(act) });
  for (const one of extra) house.put(one);
  const feature: Opened = house.open(conversations);
  const { routes } = house;
  const app = createServer(withPeople(routes), {
    page: home,
    document: "index.html",
    bodies: bounded,
    log,
  });
  const { server, port } = await listen(app, "127.0.0.1", 0);
  await feature.start?.();
  await jobs.start();
  const repeated = await repeat(feature.every ?? [], log);
  const url = `http://127.0.0.1:${port}`;

  const call: TestServer["call"] = async (method, path, body, person, role) => {
    const response = await fetch(url + path, {
      method: method.toUpperCase(),
      headers: { ...(person && { "x-person": person }), ...(role && { "x-role": role }) },
      ...(body !== undefined && { body: raw(body) }),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.startsWith("application/json");
    return {
      status: response.status,
      body: json ? JSON.parse(text) : text,
      headers: response.headers,
    };
  };
  const must = async (method: string, path: string, body?: unknown) => {
    const reply = await call(method, path, body);
    if (reply.status >= 300) throw new Error(JSON.stringify(reply.body));
    return reply.body;
  };
  async function* events(id: string, messageId: string, from = 0): AsyncGenerator<StreamEvent> {
    const path = `/api/conversations/${id}/messages/${messageId}/stream?from=${from}`;
    const response = await fetch(url + path);
    if (!response.ok || !response.body) throw new Error(await response.text());
    let rest = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) if (part.startsWith("data: ")) yield JSON.parse(part.slice(6));
    }
  }
  return {
    url,
    home,
    db,
    feature,
    jobs,
    vault: sealed.vault,
    logged,
    acts,
    routes,
    call,
    events,
    create: (settings) => must("POST", "/api/conversations", settings ? { settings } : {}),
    ask: (id, content, parentId = null) =>
      must("POST", `/api/conversations/${id}/turns`, { content, parentId }),
    read: (id) => must("GET", `/api/conversations/${id}`),
    list: async () => (await must("GET", "/api/conversations")).items,
    search: async (q) => (await must("POST", "/api/conversations/search", { q })).items,
    async ended(id, messageId) {
      for await (const event of events(id, messageId)) {
        if (event.type === "end") return event.message;
      }
      throw new Error("a stream without an end");
    },
    async stop() {
      await jobs.stop();
      await repeated[Symbol.asyncDispose]();
      await feature.stop?.();
      if (server.listening) {
        const closed = once(server.close(), "close");
        // Streams end by themselves; what stays is connections that fetch keeps.
        const cut = setTimeout(() => server.closeAllConnections(), 200);
        await closed;
        clearTimeout(cut);
      }
      await close();
    },
  };
}
