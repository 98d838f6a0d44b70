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
import { createServer } from "../../../src/core/http.ts";
import { spend } from "../../../src/core/metered.ts";
import { type Route, route } from "../../../src/core/route.ts";
import { eventStream } from "../../../src/core/sse.ts";
import { type Script, scripted } from "../../../src/engines/scripted.ts";
import { limits, openLimits } from "../../../src/features/limits/open.ts";
import type { limitsPolicy } from "../../../src/features/limits/policy.ts";
import { listOf } from "../../../src/net/addresses.ts";
import { currentRequest } from "../../../src/server/current.ts";
import { listen } from "../../../src/server/listen.ts";
import { withRequests } from "../../../src/server/requests.ts";
import { type Database, migrate } from "../../../src/storage/index.ts";
import { testHouse } from "../../fixtures/house.ts";

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
  await migrate(db, [limits]);
  const house = testHouse({
    ...{ db, policy: { limits: policy }, settings: { accounts: true }, asking: currentRequest },
    engines: only(scripted(script)),
  });
  house.put({
    record: async (act) => void acts.push(act),
    steps: [(turn, next) => next({ ...turn, asker: whoAsks() })],
  });
  const feature = house.put(openLimits(house.of(limits), now));
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
        return eventStream(house.run({ messages, sampling, origin, signal }), log);
      },
    }),
    route({
      method: "post",
      path: "/api/score",
      computes: true,
      summary: "Reads so many tokens, as long as its client waits for it.",
      body: z.strictObject({ tokens: z.int(), waits: z.boolean().optional() }),
      async handle({ body, signal }) {
        spend(body.tokens);
        if (body.waits) await once(signal, "abort");
        return "read";
      },
    }),
    route({
      method: "post",
      path: "/api/read",
      computes: "tokens",
      summary: "Spends so many tokens beside the answers that it asks for.",
      body: z.strictObject({ tokens: z.int() }),
      handle({ body }) {
        spend(body.tokens);
        return "read";
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
        if (body.password === "slowly") {
          throw new CharlaError("slow", { status: 429, message: "No.", hint: "No." });
        }
        if (body.password === "broken") throw new TypeError("a bug");
        throw new CharlaError("wrong", { status: 401, message: "No.", hint: "No." });
      },
    }),
  ];
  const routes = [...own, ...house.routes];
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
