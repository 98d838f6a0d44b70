/** `/metrics` and the live events over HTTP: what they say, and to whom. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Engines, only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import type { EngineLoad } from "../../../src/core/extras.ts";
import { createServer } from "../../../src/core/http.ts";
import { DEFAULT_SAMPLING } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { type EngineEvent, engineEvent } from "../../../src/features/metrics/api.ts";
import { speed } from "../../../src/features/metrics/live.ts";
import { metrics } from "../../../src/features/metrics/open.ts";
import { currentRequest } from "../../../src/server/current.ts";
import { listen } from "../../../src/server/listen.ts";
import { withRequests } from "../../../src/server/requests.ts";
import { testHouse } from "../../fixtures/house.ts";
import { withPeople } from "../../fixtures/people.ts";

const load: EngineLoad = {
  ...{ model: "parrot", name: "Parrot" },
  ...{ slots: 4, busy: 3, queued: 2, kvTokens: 8192, kvUsedTokens: 100, memoryBytes: 5e8 },
  counters: {
    ...{ promptTokens: 1000, cachedTokens: 600, restoredTokens: 40, completionTokens: 77 },
    ...{ requests: 9, refused: 1, cancelled: 2, restarts: 3 },
  },
  lastFailure: new CharlaError("engine_stopped", { message: "It ended.", hint: "Try again." }),
};

async function serve(options: { token?: string; loads?: Engines["loads"] } = {}) {
  const logged: unknown[] = [];
  const engine = scripted({ id: "parrot" });
  const get: Engines["get"] = async (model = engine.card.id) => {
    if (model === engine.card.id) return engine;
    const hint = "Choose another one.";
    throw new CharlaError("model_not_found", { status: 404, message: "There is none.", hint });
  };
  const house = testHouse({
    engines: { ...only(engine), get, loads: () => options.loads?.() ?? [] },
    settings: { metricsToken: options.token },
    asking: currentRequest,
    log: (...line) => logged.push(line),
  });
  const feature = house.open(metrics);
  const app = createServer(withPeople(house.routes), {
    page: ".",
    document: "none.html",
    log: (...line) => logged.push(line),
  });
  const { server, port } = await listen(withRequests(app), "127.0.0.1", 0);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    logged,
    text: async () => (await fetch(`${url}/metrics`)).text(),
    async ask(model: string | undefined, origin: string, signal = new AbortController().signal) {
      const messages = [{ role: "user" as const, content: "one two" }];
      const turn = { messages, model, origin, signal, sampling: DEFAULT_SAMPLING };
      for await (const { type } of house.run(turn)) if (signal.aborted && type === "start") break;
    },
    stop: () => feature.stop?.(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await feature.stop?.();
    },
  };
}

/** Lines of the text format: name and labels -> value. */
function parse(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      // Source: Prometheus, "Exposition formats": name, labels, value.
      const [, key = "", value = ""] =
        /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})?) (\S+)$/.exec(
          line,
        ) ?? [];
      expect(key, line).not.toBe("");
      return [key, Number(value)];
    }),
  );
}

test("every line of /metrics is in Prometheus' format, and each name has its type once", async () => {
  await using served = await serve({ loads: () => [load, { ...load, model: 'a "b"\\c\nd' }] });
  await served.ask("parrot", "api");
  const reply = await fetch(`${served.url}/metrics`);
  expect(reply.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await reply.text();
  const values = parse(text);
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name]) => name as string);
  expect(new Set(types).size).toBe(types.length);
  for (const key of values.keys()) {
    const name = key.replace(/\{.*/s, "");
    expect(types).toContain(types.includes(name) ? name : name.replace(/_(count|sum|bucket)$/, ""));
  }
  expect(served.logged).toEqual([]);
});

test("turns are counted by OpenTelemetry's names, with its buckets", async () => {
  await using served = await serve();
  for (let i = 0; i < 3; i++) await served.ask("parrot", "api");
  await served.ask(undefined, "page");
  const values = parse(await served.text());
  const common = 'gen_ai_operation_name="chat",gen_ai_provider_name="charla"';
  const api = `${common},charla_origin="api",gen_ai_request_model="parrot"`;
  const page = `${common},charla_origin="page",gen_ai_request_model="parrot"`;
  const server = "gen_ai_server";
  for (const name of ["time_to_first_token", "time_per_output_token", "request_duration"]) {
    expect(values.get(`${server}_${name}_seconds_count{${api}}`)).toBe(3);
    expect(values.get(`${server}_${name}_seconds_count{${page}}`)).toBe(1);
    expect(values.get(`${server}_${name}_seconds_bucket{${api},le="+Inf"}`)).toBe(3);
  }
  // "one two" and four tokens of a template; "You said: one two".
  const usage = "gen_ai_client_token_usage";
  expect(values.get(`${usage}_sum{${api},gen_ai_token_type="input"}`)).toBe(18);
  expect(values.get(`${usage}_sum{${api},gen_ai_token_type="output"}`)).toBe(12);
  const bounds = (name: string) =>
    [...values.keys()]
      .filter((key) => key.startsWith(`${name}_bucket{${api}`) && !key.includes('"input"'))
      .map((key) => Number(/le="([^"]+)"/.exec(key)?.[1]?.replace("+Inf", "Infinity")));
  expect(bounds(`${server}_request_duration_seconds`)).toEqual([
    ...[0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    Number.POSITIVE_INFINITY,
  ]);
  expect(bounds(usage).slice(-2)).toEqual([67_108_864, Number.POSITIVE_INFINITY]);
});

test("errors are counted by code, and no stranger's word becomes a label", async () => {
  await using served = await serve();
  const gone = new AbortController();
  gone.abort();
  await served.ask("parrot", "api", gone.signal);
  await expect(served.ask("a stranger's word", "api")).rejects.toThrow("There is none.");
  const text = await served.text();
  expect(text).toMatch(/request_duration_seconds_count\{[^}]*error_type="cancelled"\} 1/);
  expect(text).toMatch(/request_duration_seconds_count\{[^}]*error_type="model_not_found"\} 1/);
  expect(text).not.toContain("stranger");
  expect(text).not.toMatch(/time_to_first_token_seconds_count/);
});

test("what the engines say of themselves stands in gauges and counters, as it is now", async () => {
  let queued = 2;
  let there = true;
  await using served = await serve({ loads: () => (there ? [{ ...load, queued }] : []) });
  const label = '{gen_ai_request_model="parrot"}';
  const read = async () => parse(await served.text());
  const first = await read();
  for (const [name, value] of Object.entries({
    ...{ slots: 4, slots_busy: 3, queued: 2, kv_tokens: 8192, kv_used_tokens: 100 },
    ...{ memory_bytes: 5e8, requests_total: 9, refused_total: 1, cancelled_total: 2 },
    ...{ restarts_total: 3, prompt_tokens_total: 1000, cached_tokens_total: 600 },
    ...{ restored_tokens_total: 40, completion_tokens_total: 77 },
  })) {
    expect(first.get(`charla_engine_${name}${label}`), name).toBe(value);
  }
  expect(first.get("process_memory_usage_bytes")).toBeGreaterThan(1e7);
  queued = 5;
  expect((await read()).get(`charla_engine_queued${label}`)).toBe(5);
  // A model that has left the memory is no longer told of.
  there = false;
  expect([...(await read()).keys()].filter((key) => key.startsWith("charla_engine"))).toEqual([]);
});

test("/metrics is for the token, or for this machine where there is none", async () => {
  const token = "a-token-of-enough-length";
  await using served = await serve({ token });
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${served.url}/metrics`, { headers })).status;
  const far = { "x-forwarded-for": "203.0.113.7" };
  // As a proxy's request looks that tells nothing of who asks.
  expect(await status({})).toBe(403);
  expect(await status({ authorization: `Bearer ${token}` })).toBe(200);
  expect(await status(far)).toBe(403);
  expect(await status({ forwarded: "for=203.0.113.7" })).toBe(403);
  expect(await status({ ...far, authorization: `Bearer ${token}` })).toBe(200);
  expect(await status({ ...far, authorization: `bearer ${token}` })).toBe(200);
  for (const wrong of ["", `${token}x`, token.slice(1), "x".repeat(token.length)]) {
    expect(await status({ ...far, authorization: `Bearer ${wrong}` })).toBe(403);
  }
  expect(await status({ ...far, authorization: `Basic ${token}` })).toBe(403);
  await using without = await serve();
  expect((await fetch(`${without.url}/metrics`)).status).toBe(200);
  const reply = await fetch(`${without.url}/metrics`, {
    headers: { ...far, authorization: "Bearer undefined" },
  });
  expect(reply.status).toBe(403);
  expect(await reply.json()).toMatchObject({ error: { code: "metrics_forbidden" } });
});

/** The events of GET /api/engine until the reader leaves. */
async function* events(
  url: string,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): AsyncGenerator<EngineEvent> {
  const reply = await fetch(`${url}/api/engine`, { signal, headers });
  let rest = "";
  for await (const chunk of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + chunk).split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part.startsWith("data: ")) yield JSON.parse(part.slice(6));
  }
}

test("live events come as the schema says, until their reader leaves or the server stops", async () => {
  let looks = 0;
  const loads = () => {
    looks += 1;
    return [load];
  };
  await using served = await serve({ loads });
  const leave = new AbortController();
  const seen: EngineEvent[] = [];
  const { signal } = leave;
  await expect(
    (async () => {
      for await (const event of events(served.url, signal)) {
        seen.push(engineEvent.parse(event));
        if (seen.length === 2) leave.abort();
      }
    })(),
  ).rejects.toThrow("aborted");
  expect(seen[0]).toMatchObject({ tokensPerSecond: null, running: 0 });
  expect(seen[1]).toMatchObject({
    tokensPerSecond: 0,
    engines: [{ slots: 4, lastFailure: { code: "engine_stopped", message: "It ended." } }],
  });
  const rests = async () => {
    const before = looks;
    await sleep(1200);
    return looks === before;
  };
  await expect.poll(rests).toBe(true);

  const rested = looks;
  const others = Array.fromAsync(events(served.url, new AbortController().signal));
  await expect.poll(() => looks).toBeGreaterThan(rested);
  await served.stop();
  expect(await others).not.toEqual([]);
});

test("a member sees how busy the engine is, and nothing that grows with the texts of others", async () => {
  let completionTokens = 100;
  const loads = () => {
    completionTokens += 100;
    return [{ ...load, counters: { ...load.counters, completionTokens } }];
  };
  await using served = await serve({ loads });
  const see = async (headers: Record<string, string>) => {
    const seen: EngineEvent[] = [];
    for await (const event of events(served.url, new AbortController().signal, headers)) {
      seen.push(engineEvent.parse(event));
      if (seen.length === 3) break;
    }
    return seen;
  };
  const [member, administrator] = await Promise.all([
    see({ "x-person": "eva" }),
    see({ "x-person": "ana", "x-role": "administrator" }),
  ]);
  for (const event of member) {
    expect(event).toEqual({
      ...{ whole: false, tokensPerSecond: null, running: 0, serverMemoryBytes: null },
      engines: [
        {
          ...{ model: "parrot", name: "Parrot", slots: 4, busy: 3, queued: 2, kvTokens: 8192 },
          ...{ kvUsedTokens: null, counters: null, memoryBytes: null, lastFailure: null },
        },
      ],
    });
  }
  expect(administrator.at(-1)?.tokensPerSecond).toBeGreaterThan(0);
  expect(administrator[0]?.engines[0]?.counters?.promptTokens).toBe(1000);
});

test("the speed is the mean over the samples, and never negative", () => {
  const sample = (at: number, tokens: number) => ({ at, tokens });
  expect(speed([])).toBeNull();
  expect(speed([sample(0, 5)])).toBeNull();
  expect(speed([sample(0, 0), sample(1000, 90), sample(3000, 300)])).toBe(100);
  expect(speed([sample(0, 500), sample(1000, 0)])).toBe(0);
});
