/**
 * A real server with the limits, an engine that says what it is told, and a layer that takes whom
 * a request names for who asks, as a feature with accounts would find out.
 */
import { once } from "node:events";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { inTheNameOf, whoAsks } from "../../../src/core/access.ts";
import type { Act } from "../../../src/core/audit.ts";
import { only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { assemble, type Feature } from "../../../src/core/feature.ts";
import { createServer } from "../../../src/core/http.ts";
import { type Route, route } from "../../../src/core/route.ts";
import { eventStream } from "../../../src/core/sse.ts";
import { type Script, scripted } from "../../../src/engines/scripted.ts";
import { limits, limitsPolicy } from "../../../src/features/limits/index.ts";
import { listen } from "../../../src/listen.ts";
import { listOf } from "../../../src/net/addresses.ts";
import { currentRequest, withRequests } from "../../../src/requests.ts";
import { type Database, migrate } from "../../../src/storage/index.ts";

export interface Options {
  readonly db: Database;
  /** As in the policy's section. */
  readonly policy?: z.input<typeof limitsPolicy>;
  readonly script?: Script;
  readonly proxies?: readonly string[];
  readonly now?: () => Date;
}

const chat = z.strictObject({ maxTokens: z.int().optional(), origin: z.string().optional() });

export async function serve({ db, policy = {}, script, proxies = [], now }: Options) {
  const acts: Act[] = [];
  const feature = limits({
    policy: limitsPolicy.parse(policy),
    ...{ db, now, config: { accounts: true }, asking: currentRequest },
    record: async (act) => void acts.push(act),
  });
  await migrate(db, [feature]);
  const withAsker: Feature = {
    name: "asker",
    steps: [(turn, next) => next({ ...turn, asker: whoAsks() })],
  };
  const kit = assemble(only(scripted(script)), [withAsker, feature]);
  const own: Route[] = [
    route({ method: "get", path: "/api/ping", summary: "Answers.", handle: () => "pong" }),
    route({
      method: "post",
      path: "/api/chat",
      summary: "Chats.",
      body: chat,
      handle({ body: { maxTokens = 100, origin = "page" }, signal, log }) {
        const messages = [{ role: "user", content: "go" }] as const;
        const sampling = { temperature: 0, topP: 1, maxTokens };
        return eventStream(kit.run({ messages, sampling, origin, signal }), log);
      },
    }),
    route({
      method: "post",
      path: "/api/secret",
      summary: "Takes one password.",
      body: z.strictObject({ email: z.string(), password: z.string() }),
      async handle({ body }) {
        await feature.attempt?.({ who: body.email });
        if (body.password === "right") return "in";
        if (body.password === "broken") throw new TypeError("a bug");
        throw new CharlaError("wrong", { status: 401, message: "No.", hint: "No." });
      },
    }),
  ];
  const routes = [...own, ...(feature.routes?.(kit) ?? [])];
  const app = createServer(
    routes.map((one) => ({
      ...one,
      layers: [...(feature.gates?.(one) ?? []), asking, ...(feature.layers?.(one) ?? [])],
    })),
    { page: ".", document: "none.html", log() {} },
  );
  const { server, port } = await listen(
    withRequests(app, undefined, listOf(proxies)),
    "127.0.0.1",
    0,
  );
  onTestFinished(async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  });
  return {
    acts,
    feature,
    /** @param who "ana", or "ana/key" for a key of hers */
    ask(
      who: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
      signal?: AbortSignal,
    ) {
      return fetch(`http://127.0.0.1:${port}${path}`, {
        method: path.includes("people") && body ? "PUT" : body === undefined ? "GET" : "POST",
        headers: { "x-who": who, ...headers },
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ?? null,
      });
    },
  };
}

/** As accounts would: who it is comes from the request, and `anyone` is nobody. */
const asking: NonNullable<Route["layers"]>[number] = (c, next) => {
  const [id = "", key] = (c.req.header("x-who") ?? "").split("/");
  if (id === "anyone") return next();
  const via = id === "solo" ? "solo" : key ? "key" : "session";
  return inTheNameOf({ id, role: "member", via, credential: key ?? `session of ${id}` }, next);
};
