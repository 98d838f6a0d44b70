import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chatRoutes } from "../../../src/core/chat.ts";
import { assemble } from "../../../src/core/feature.ts";
import { createServer } from "../../../src/core/http.ts";
import { Library } from "../../../src/engines/library/index.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { type Models, modelsReply } from "../../../src/features/models/api.ts";
import { models } from "../../../src/features/models/index.ts";
import { listen } from "../../../src/listen.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { writeLora } from "../../fixtures/lora.ts";
import { serve } from "../core/serve.ts";
import { HubServer, modelOf } from "../library/hub-server.ts";

let home: string;
let hub: HubServer;
let library: Library;
let server: Server;
let url: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-"));
  writeGpt2(join(home, "tiny"));
  hub = await HubServer.start(await readFile(join(home, "tiny")));
  library = new Library({
    ...{ home, hub: hub.hub(), log: () => {} },
    catalogue: [modelOf(hub.bytes, { id: "smollm2-135m" })],
    load: async ({ id }) => scripted({ id }),
  });
  const feature = models(library);
  const kit = assemble(library, [feature]);
  const routes = [...chatRoutes(kit), ...(feature.routes?.(kit) ?? [])];
  const app = createServer(routes, { page: home, document: "index.html", log: () => {} });
  const listening = await listen(app, "127.0.0.1", 0);
  server = listening.server;
  url = `http://127.0.0.1:${listening.port}`;
});

afterEach(async () => {
  await library.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await hub.close();
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
