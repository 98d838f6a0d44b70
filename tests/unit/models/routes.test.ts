import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { MiddlewareHandler } from "hono";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serverAt } from "../../../src/app/asking.ts";
import { type Asker, inTheNameOf, SOLO } from "../../../src/core/access.ts";
import { chatRoutes } from "../../../src/core/chat.ts";
import type { Opened } from "../../../src/core/feature.ts";
import { createServer } from "../../../src/core/http.ts";
import { Library } from "../../../src/engines/library/index.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { type Models, modelsReply } from "../../../src/features/models/api.ts";
import { libraryBeside } from "../../../src/features/models/beside.ts";
import { models } from "../../../src/features/models/open.ts";
import type { JobRunner } from "../../../src/jobs/runner.ts";
import { listen } from "../../../src/server/listen.ts";
import { openDatabase } from "../../../src/storage/index.ts";
import { pull } from "../../../src/terminal/pull.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { testHouse } from "../../fixtures/house.ts";
import { testJobs } from "../../fixtures/jobs.ts";
import { writeLora } from "../../fixtures/lora.ts";
import { serve } from "../core/serve.ts";
import { HubServer, modelOf } from "../library/hub-server.ts";

let home: string;
let hub: HubServer;
let library: Library;
let server: Server;
let url: string;
let jobs: JobRunner;
let asker: Asker;
let close: () => Promise<void>;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-"));
  writeGpt2(join(home, "tiny"));
  hub = await HubServer.start(await readFile(join(home, "tiny")));
  library = new Library({
    ...{ home, hub: hub.hub(), log: () => {} },
    catalogue: [modelOf(hub.bytes, { id: "smollm2-135m" })],
    load: async ({ id }) => scripted({ id }),
  });
  const opened = await openDatabase(home);
  const offered: Opened[] = [];
  jobs = await testJobs(opened, {
    kinds: () => offered.flatMap((one) => one.jobs ?? []),
    log() {},
  });
  const house = testHouse({ engines: library, jobs });
  offered.push(house.open(models({ of: () => library })));
  await jobs.start();
  close = opened.close;
  // As without accounts, unless a test says who asks.
  asker = SOLO;
  const asSolo: MiddlewareHandler = (_, next) => inTheNameOf(asker, next);
  const routes = [...chatRoutes(house.run), ...house.routes].map((one) => ({
    ...one,
    layers: [asSolo],
  }));
  const app = createServer(routes, { page: home, document: "index.html", log: () => {} });
  const listening = await listen(app, "127.0.0.1", 0);
  server = listening.server;
  url = `http://127.0.0.1:${listening.port}`;
});

afterEach(async () => {
  await jobs.stop();
  await library.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await hub.close();
  await close();
  await rm(home, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: what is in it is what the tests find out.
async function send(method: string, path: string): Promise<{ status: number; body: any }> {
  const response = await fetch(`${url}/api/models${path}`, { method });
  const body = response.status === 204 ? undefined : await response.json();
  return { status: response.status, body };
}

/** Reads events until one holds. */
async function until(holds: (all: Models) => boolean): Promise<Models> {
  const response = await fetch(`${url}/api/models/events`);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (const event of text.split("\n\n").slice(0, -1)) {
      if (!event.startsWith("data: ")) continue;
      const all = modelsReply.parse(JSON.parse(event.slice(6)));
      if (holds(all)) return all;
    }
    text = text.slice(text.lastIndexOf("\n\n") + 2);
  }
  throw new Error("the events ended");
}

const stateOf = (all: Models, id = "smollm2-135m") => all.models.find((one) => one.id === id);

test("the command fetches and deletes by the server that runs", async () => {
  const beside = libraryBeside(serverAt(url), library);
  await mkdir(join(home, "models"));
  await copyFile(join(home, "tiny"), join(home, "models", "mine.gguf"));
  expect(await beside.models()).toMatchObject({ current: "smollm2-135m" });
  await pull(beside, "smollm2-135m", "en");
  expect(await library.model("smollm2-135m")).toMatchObject({ state: "ready" });
  await expect(beside.model("nosuch")).rejects.toMatchObject({ code: "model_not_found" });
  await expect(beside.pull("nosuch")).rejects.toMatchObject({ code: "model_not_found" });
  await beside.remove("mine");
  expect(stateOf(await library.models(), "mine")).toBeUndefined();
});

test("a download by the server that is stopped says how to go on", async () => {
  hub.faults = [{ stallAt: 65_536 }];
  const beside = libraryBeside(serverAt(url), library);
  const { done } = await beside.pull("smollm2-135m");
  const over = expect(done).rejects.toMatchObject({ code: "pull_stopped" });
  await until((all) => (stateOf(all)?.received ?? 0) > 0);
  await beside.cancel("smollm2-135m");
  await over;
});

test("a model is downloaded, used, and deleted after another one is chosen", async () => {
  await mkdir(join(home, "models"));
  await copyFile(join(home, "tiny"), join(home, "models", "mine.gguf"));
  const { status, body } = await send("GET", "");
  expect(status).toBe(200);
  expect(modelsReply.parse(body)).toMatchObject({
    current: "smollm2-135m",
    models: [{ state: "absent" }, { id: "mine", state: "ready" }],
  });

  const pulled = await send("POST", "/smollm2-135m/pull");
  expect(pulled).toMatchObject({ status: 200, body: { state: "downloading" } });
  await until((all) => stateOf(all)?.state === "ready");
  expect((await send("POST", "/smollm2-135m/use")).status).toBe(200);
  await until((all) => stateOf(all)?.state === "loaded");
  expect((await send("DELETE", "/smollm2-135m")).body.error.code).toBe("model_in_use");
  await send("POST", "/mine/use");
  const all = await until((all) => stateOf(all, "mine")?.state === "loaded");
  expect(all.current).toBe("mine");
  expect(await send("DELETE", "/smollm2-135m")).toMatchObject({
    status: 200,
    body: { state: "absent" },
  });
});

test("a model that is fetched to be used answers once it is there, whoever else fetches it", async () => {
  await mkdir(join(home, "models"));
  await copyFile(join(home, "tiny"), join(home, "models", "mine.gguf"));
  await send("POST", "/mine/use");
  hub.chunkMs = 5;
  await send("POST", "/smollm2-135m/pull");
  expect((await send("POST", "/smollm2-135m/pull?use=true")).body.state).toBe("downloading");
  const all = await until(({ current }) => current === "smollm2-135m");
  expect(stateOf(all)).toMatchObject({ starter: true });
  expect(stateOf(all, "mine")).toMatchObject({ starter: false });
  expect((await send("POST", "/smollm2-135m/pull?use=perhaps")).status).toBe(400);
});

test("adapters come with the models, and are none", async () => {
  await mkdir(join(home, "models"));
  await copyFile(join(home, "tiny"), join(home, "models", "mine.gguf"));
  await writeLora(join(home, "models", "pirate.gguf"), join(home, "tiny"), { rank: 2 });
  const { body } = await send("GET", "");
  expect(modelsReply.parse(body)).toMatchObject({
    models: [{ id: "smollm2-135m" }, { id: "mine", loading: null }],
    adapters: [{ id: "pirate", rank: 2, models: ["mine"], error: null }],
  });
  expect((await send("POST", "/pirate/use")).body.error.code).toBe("model_not_found");
});

test("a download can be stopped and goes on", async () => {
  hub.faults = [{ stallAt: 65_536 }];
  await send("POST", "/smollm2-135m/pull");
  await until((all) => (stateOf(all)?.received ?? 0) > 0);
  const stopped = await send("DELETE", "/smollm2-135m/pull");
  expect(stopped.body).toMatchObject({ state: "partial", error: null });
  await send("POST", "/smollm2-135m/pull");
  await until((all) => stateOf(all)?.state === "ready");
  expect(hub.seen.at(-1)?.headers.range).toMatch(/^bytes=[1-9]/);
});

test("a download is a job, which goes on where it was when the server comes back", async () => {
  hub.faults = [{ stallAt: 65_536 }];
  await send("POST", "/smollm2-135m/pull");
  await until((all) => (stateOf(all)?.received ?? 0) > 0);
  await send("POST", "/smollm2-135m/pull");
  expect(await jobs.list(SOLO.id)).toMatchObject([
    { kind: "model.download", state: "running", title: "smollm2-135m", unit: "bytes" },
  ]);
  await jobs.stop();
  expect((await send("GET", "")).body.models).toMatchObject([{ state: "partial" }]);
  await jobs.start();
  await until((all) => stateOf(all)?.state === "ready");
  expect(hub.seen.at(-1)?.headers.range).toMatch(/^bytes=[1-9]/);
  await expect.poll(() => jobs.list(SOLO.id)).toMatchObject([{ state: "done" }]);
});

test("a download that fails says why in the list", async () => {
  hub.refusals = [{ status: 403 }];
  await send("POST", "/smollm2-135m/pull");
  const all = await until((all) => stateOf(all)?.error != null);
  expect(stateOf(all)).toMatchObject({
    state: "absent",
    error: { code: "model_gated", params: { page: `${hub.endpoint}/someone/tiny-GGUF` } },
  });
});

test.each(["..%2f..%2fetc%2fpasswd", "%00", "nosuch", "__proto__"])(
  "an id that is none (%s) is not found by any route",
  async (id) => {
    for (const [method, path] of [
      ["POST", "/pull"],
      ["DELETE", "/pull"],
      ["POST", "/use"],
      ["DELETE", ""],
    ] as const) {
      const { status, body } = await send(method, `/${id}${path}`);
      expect({ status, code: body.error.code }).toEqual({ status: 404, code: "model_not_found" });
    }
  },
);

test("a chat with a model that is not there is told so", async () => {
  const ask = async (model: string | undefined) => {
    const body = JSON.stringify({ model, messages: [{ role: "user", content: "hello" }] });
    const response = await fetch(`${url}/api/chat`, { method: "POST", body });
    return { status: response.status, body: await response.json() };
  };
  expect(await ask(undefined)).toMatchObject({
    status: 409,
    body: { error: { code: "model_not_installed" } },
  });
  expect(await ask("nosuch")).toMatchObject({
    status: 404,
    body: { error: { code: "model_not_found", param: "model" } },
  });
});

test("a client that leaves while its model is loaded is no failure", async () => {
  await mkdir(join(home, "models"));
  await copyFile(join(home, "tiny"), join(home, "models", "mine.gguf"));
  const left = Promise.withResolvers<unknown>();
  const loaded = Promise.withResolvers<void>();
  const slow = new Library({
    ...{ home, hub: hub.hub(), log: () => {} },
    load: async ({ id }) => {
      await loaded.promise;
      return scripted({ id });
    },
  });
  const get: Library["get"] = async (model, signal) => {
    client.abort();
    return slow.get(model, signal).catch((thrown) => {
      left.resolve(thrown);
      throw thrown;
    });
  };
  const client = new AbortController();
  await using served = await serve({
    get,
    list: () => slow.list(),
    status: () => slow.status(),
    close: () => slow.close(),
  });
  const body = JSON.stringify({ model: "mine", messages: [{ role: "user", content: "hello" }] });
  const request = fetch(`${served.url}/api/chat`, { method: "POST", body, signal: client.signal });
  await expect(request).rejects.toThrow();
  expect(await left.promise).toMatchObject({ code: "turn_cancelled", status: 499 });
  await sleep(20);
  expect(served.log).toEqual([]);
  loaded.resolve();
});

test("members are not told the machine's memory and disk", async () => {
  const { memoryBytes, freeDiskBytes } = (await send("GET", "")).body.machine;
  expect([memoryBytes, freeDiskBytes]).toEqual([expect.any(Number), expect.any(Number)]);
  asker = { id: "leo", role: "member", via: "session", credential: "c" };
  const hidden = { memoryBytes: null, freeDiskBytes: null };
  expect((await send("GET", "")).body.machine).toMatchObject(hidden);
  const leave = new AbortController();
  const events = await fetch(`${url}/api/models/events`, { signal: leave.signal });
  const first = await events.body?.pipeThrough(new TextDecoderStream()).getReader().read();
  leave.abort();
  expect(JSON.parse(String(first?.value).replace(/^data: /, "")).machine).toMatchObject(hidden);
});
