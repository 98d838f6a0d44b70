/** What a browser can take along: what is listed, and how a file is sent, whole or from where it was cut. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { Library } from "../../../src/engines/library/index.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { offlineReply } from "../../../src/features/offline/api.ts";
import { offline } from "../../../src/features/offline/open.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { type Json, serve } from "../core/serve.ts";
import { modelOf } from "../library/hub-server.ts";

const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let bytes: Buffer;
let ask: (path?: string, headers?: Record<string, string>) => Promise<Response>;

beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), "charla-offline-"));
  await mkdir(join(home, "models"));
  const file = join(home, "models", "tiny.gguf");
  writeGpt2(file, 1, { template: "{{ messages[0].content }}" });
  bytes = await readFile(file);
  const library = new Library({
    ...{ home, log() {}, load: async ({ id }: { id: string }) => scripted({ id }) },
    catalogue: [
      modelOf(bytes, { id: "smollm2-135m" }),
      modelOf(bytes, {
        id: "absent",
        hub: { repository: "a/b", revision: "main", file: "no.gguf" },
      }),
    ],
  });
  const served = await serve(library, [offline({ of: () => library })]);
  onTestFinished(async () => {
    await served[Symbol.asyncDispose]();
    await library.close();
    await rm(home, { recursive: true, force: true });
  });
  ask = (path = "", headers = {}) => fetch(`${served.url}/api/offline${path}`, { headers });
});

test("lists the engine and the models that are here, with sizes and digests", async () => {
  const { engine, models } = offlineReply.parse(await (await ask()).json());
  expect(models.map(({ id }) => id)).toEqual(["smollm2-135m"]);
  expect(models[0]).toMatchObject({ bytes: bytes.length, digest: digestOf(bytes), current: true });
  const sent = Buffer.from(await (await ask("/engine")).arrayBuffer());
  expect(sent.length).toBe(engine.bytes);
  expect(digestOf(sent)).toBe(engine.digest);
});

test("sends a model whole, or the rest of it while it is still the same", async () => {
  const path = "/models/smollm2-135m";
  const whole = await ask(path);
  expect(whole.status).toBe(200);
  expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
  const tag = whole.headers.get("etag") ?? "";
  const rest = await ask(path, { range: "bytes=1000-", "if-range": tag });
  expect([rest.status, rest.headers.get("content-range")]).toEqual([
    206,
    `bytes 1000-${bytes.length - 1}/${bytes.length}`,
  ]);
  expect(Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(1000))).toBe(true);
  // Of another file nobody wants the rest.
  const other = await ask(path, { range: "bytes=1000-", "if-range": '"something else"' });
  expect([other.status, (await other.arrayBuffer()).byteLength]).toEqual([200, bytes.length]);
  const beyond = await ask(path, { range: `bytes=${bytes.length}-`, "if-range": tag });
  expect([beyond.status, ((await beyond.json()) as Json).error.code]).toEqual([
    416,
    "range_beyond_end",
  ]);
});

test("has nothing of a model that is not here", async () => {
  const reply = await ask("/models/absent");
  expect([reply.status, ((await reply.json()) as Json).error.code]).toEqual([
    expect.any(Number),
    "model_not_installed",
  ]);
  expect((await ask("/models/none")).status).toBe(404);
});

test("offers nothing where another server has the models", async () => {
  await using served = await serve(undefined, [offline({ of: () => undefined })]);
  expect((await fetch(`${served.url}/api/offline`)).status).toBe(404);
});
