/** A model on its way: whole, interrupted, and over a bad network. */
import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { Progress } from "../../../src/engines/library/pull.ts";
import { bytesOf, modelOf } from "./hub-server.ts";
import {
  attempt,
  BYTES,
  cdn,
  expectWhole,
  file,
  HALF,
  part,
  server,
  stopAt,
  store,
  withPlace,
} from "./pull-place.ts";

withPlace();

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
    const trying = attempt({ hub: { stallMs: 300 } });
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
