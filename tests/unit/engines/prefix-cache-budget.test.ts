/** How much the files of the prefix cache may take, what ends them, and disks that fail. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Hit } from "../../../src/engines/llama/cache/index.ts";
import { mountDisk, NO_DISK } from "../storage/disk.ts";
import { bytesIn, filesIn, openCache, temporaryFolder } from "./prefix-cache.ts";
import { FLUSH_MS, HOUR_MS, oneFile, read, restored, WRITER } from "./prefix-cache-files.ts";
import { conversation, IDENTITY, isWhole, state } from "./prefix-cache-states.ts";

describe("the budget of the folder", () => {
  const DISK = 3000;
  const acts = fc.array(
    fc.record({
      act: fc.constantFrom("add", "add", "add", "read", "read", "flush", "reopen"),
      name: fc.integer({ min: 0, max: 3 }),
      length: fc.integer({ min: 1, max: 150 }),
      pinned: fc.boolean(),
      size: fc.integer({ min: 1, max: 900 }),
    }),
    { maxLength: 40 },
  );

  it("is kept, as that of the memory, whatever happens; and what is read is right", async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (list) => {
        const folder = await temporaryFolder();
        const open = () => openCache({ folder, memoryBytes: 1500, diskBytes: DISK });
        let cache = await open();
        for (const { act, name, length, pinned, size } of list) {
          const tokens = conversation(name, length);
          if (act === "add") cache.add(state(tokens, size), { pinned });
          if (act === "flush") await cache.flush(FLUSH_MS);
          if (act === "reopen") {
            await cache.flush(FLUSH_MS);
            cache = await open();
          }
          const hit = act === "read" ? cache.find(tokens) : undefined;
          const found = hit && (await cache.read(hit));
          if (hit && found) {
            expect(isWhole(found)).toBe(true);
            expect(Array.from(found.tokens).slice(0, hit.tokens)).toEqual(
              tokens.slice(0, hit.tokens),
            );
          }
          expect(cache.stats().memoryBytes).toBeLessThanOrEqual(1500);
          expect(await bytesIn(folder)).toBeLessThanOrEqual(DISK);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is spent on what was used last, over all models", async () => {
    const folder = await temporaryFolder();
    const model = (letter: string) => ({ ...IDENTITY, model: letter.repeat(64) });
    const old = await openCache({ folder, identity: model("b") });
    old.add(state(conversation(1)));
    await old.flush(FLUSH_MS);
    const { size } = await stat(join(folder, (await filesIn(folder))[0] ?? ""));
    const cache = await openCache({ folder, diskBytes: 3 * size });
    for (const name of [1, 2, 3, 4]) {
      cache.add(state(conversation(name)));
      await cache.flush(FLUSH_MS);
      await read(cache, conversation(1)); // used again and again
    }
    expect(await bytesIn(folder)).toBe(3 * size);
    const next = await openCache({ folder });
    const kept = [1, 2, 3, 4].filter((name) => next.find(conversation(name)));
    expect(kept).toEqual([1, 3, 4]);
    expect(await restored(folder, conversation(1), { identity: model("b") })).toBeUndefined();
  });

  it("is spent by a flush on the newest and on system prompts", async () => {
    const folder = await temporaryFolder();
    const size = 500;
    const cache = await openCache({ folder, diskBytes: 3 * (size + 600) });
    for (const name of [1, 2, 3, 4, 5]) cache.add(state(conversation(name), size));
    cache.add(state(conversation(6), size), { pinned: true });
    expect(await cache.flush(FLUSH_MS)).toBeLessThanOrEqual(3);
    const next = await openCache({ folder });
    const kept = [1, 2, 3, 4, 5, 6].filter((name) => next.find(conversation(name)));
    expect(kept).toEqual([4, 5, 6]);
  });

  it("is not spent at all on what is larger than all of it", async () => {
    const { folder, tokens } = await oneFile();
    const cache = await openCache({ folder, diskBytes: 1000 });
    cache.add(state(conversation(2), 2000));
    expect(await cache.flush(FLUSH_MS)).toBe(0);
    expect(await restored(folder, tokens)).toBeDefined();
  });

  it("leaves no hit on what had to make room", async () => {
    const { folder, tokens, path } = await oneFile();
    const { size } = await stat(path);
    const cache = await openCache({ folder, diskBytes: size });
    expect(cache.find(tokens)?.source).toBe("disk");
    cache.add(state(conversation(2, 10), 40));
    expect(await cache.flush(FLUSH_MS)).toBe(1);
    expect(cache.find(tokens)).toBeUndefined();
  });

  it("shrinks the folder when it is smaller than before", async () => {
    const { folder } = await oneFile();
    await openCache({ folder, diskBytes: 10 });
    expect(await filesIn(folder)).toEqual([]);
  });

  it("holds with a thousand states", async () => {
    const folder = await temporaryFolder();
    const cache = await openCache({ folder, memoryBytes: 10_000, diskBytes: 20_000 });
    for (let name = 1; name <= 1000; name++) {
      cache.add(state(conversation(name)));
      if (name % 20 === 0) await new Promise(setImmediate);
      expect(cache.stats().memoryBytes).toBeLessThanOrEqual(10_000);
    }
    await cache.flush(FLUSH_MS);
    expect(await bytesIn(folder)).toBeLessThanOrEqual(20_000);
    const next = await openCache({ folder, diskBytes: 20_000 });
    expect(next.find(conversation(1000))?.source).toBe("disk");
  });
});

describe("what overflows from memory", () => {
  it("is read from its file", async () => {
    const folder = await temporaryFolder();
    const cache = await openCache({ folder, memoryBytes: 400 });
    for (const name of [1, 2, 3, 4, 5, 6, 7, 8]) {
      cache.add(state(conversation(name)));
      await expect.poll(() => filesIn(folder)).toHaveLength(Math.max(0, name - 2));
    }
    expect(cache.find(conversation(1))?.source).toBe("disk");
    expect(await read(cache, conversation(1))).toMatchObject({
      bytes: state(conversation(1)).bytes,
    });
    expect(cache.stats()).toMatchObject({ memoryBytes: 400, states: 8 });
  });

  it("counts as memory as long as it is being written", async () => {
    const folder = await temporaryFolder();
    const cache = await openCache({ folder, memoryBytes: 5e6, diskBytes: 1e7 });
    cache.add(state(conversation(1), 4e6), { pinned: true });
    await new Promise(setImmediate);
    expect(cache.add(state(conversation(2), 2e6))).toBe(false);
    await cache.flush(FLUSH_MS);
    expect(cache.add(state(conversation(2), 2e6))).toBe(true);
    expect(cache.find(conversation(1))?.source).toBe("disk");
  });

  it("is left half written when the time of a flush is over", async () => {
    const folder = await temporaryFolder();
    const cache = await openCache({ folder, memoryBytes: 1e7, diskBytes: 1e7 });
    cache.add(state(conversation(1), 8e6), { pinned: true });
    await new Promise(setImmediate);
    expect(await cache.flush(0)).toBe(0);
    expect(await filesIn(folder)).toEqual([]);
  });

  it("is not written after the time of a flush is over", async () => {
    const folder = await temporaryFolder();
    const cache = await openCache({ folder });
    cache.add(state(conversation(1)));
    expect(await cache.flush(0)).toBe(0);
    expect(await filesIn(folder)).toEqual([]);
    expect(await cache.flush(FLUSH_MS)).toBe(1);
  });
});

describe("erasure", () => {
  it("leaves no state in memory that is being read", async () => {
    const { folder, tokens } = await oneFile();
    const cache = await openCache({ folder });
    const reading = cache.read(cache.find(tokens) as Hit);
    await Promise.all([cache.clear(), reading]);
    expect(cache.find(tokens)).toBeUndefined();
    expect(cache.stats()).toEqual({ memoryBytes: 0, diskBytes: 0, states: 0 });
  });

  it("leaves neither states nor files, of any model, written or being written", async () => {
    const { folder, tokens } = await oneFile();
    const cache = await openCache({ folder, identity: { ...IDENTITY, model: "b".repeat(64) } });
    cache.add(state(conversation(2), 500_000), { pinned: true });
    expect(await cache.clear()).toBe(0);
    expect(cache.find(conversation(2))).toBeUndefined();
    expect(cache.stats()).toEqual({ memoryBytes: 0, diskBytes: 0, states: 0 });
    expect(await filesIn(folder)).toEqual([]);
    expect(await restored(folder, tokens)).toBeUndefined();
  });
});

describe("a process that is killed while it writes", () => {
  it("leaves whole states, and half ones that are removed", async () => {
    const folder = await temporaryFolder();
    let acknowledged = 0;
    for (let round = 1; round <= 8; round++) {
      const first = round * 1000;
      const child: ChildProcess = spawn(process.execPath, [WRITER, folder, String(first)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      if (!child.stdout) throw new Error("no output");
      let last = 0;
      for await (const line of createInterface(child.stdout)) {
        last = Number(line);
        if (last - first < 2) continue;
        await new Promise((resolve) => setTimeout(resolve, round * 4));
        child.kill("SIGKILL");
      }
      if (child.exitCode === null && !child.signalCode) await once(child, "exit");
      const found = await restored(folder, conversation(last), {
        memoryBytes: 1e8,
        diskBytes: 1e9,
      });
      expect(found && isWhole(found)).toBe(true);
      acknowledged++;
    }
    expect(acknowledged).toBe(8);
    for (const name of await filesIn(folder))
      if (name.endsWith(".tmp")) {
        const past = (Date.now() - HOUR_MS) / 1000;
        await utimes(join(folder, name), past, past);
      }
    const cache = await openCache({ folder, memoryBytes: 1e8, diskBytes: 1e9 });
    const files = await filesIn(folder);
    expect(files.filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(cache.stats().states).toBe(files.length);
  });

  it("leaves no half file for ever", async () => {
    const { folder, path } = await oneFile();
    const left = `${path}.0123456789abcdef.tmp`;
    await writeFile(left, "half");
    await openCache({ folder });
    expect(await filesIn(folder)).toHaveLength(2);
    await utimes(left, 1, 1);
    await openCache({ folder });
    expect(await filesIn(folder)).toHaveLength(1);
  });
});

describe("a disk that fails", () => {
  it("is left alone for a while after one line, when it is full", async ({ skip }) => {
    const folder = await temporaryFolder();
    if (!mountDisk(folder, "100k")) return skip(NO_DISK);
    await fails(folder, async () => {
      await writeFile(join(folder, "filler"), "");
      await rm(join(folder, "filler"));
    });
  });

  it("is left alone for a while after one line, when its folder goes away", async () => {
    const folder = join(await temporaryFolder(), "states");
    await fails(folder, async () => rename(`${folder}-gone`, folder), {
      before: () => rename(folder, `${folder}-gone`),
    });
  });

  it("is not used at all where there can be no folder", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    const log = vi.fn();
    const cache = await openCache({ folder: join(file, "states"), log });
    expect(log).toHaveBeenCalledOnce();
    cache.add(state(conversation(1)));
    expect(await cache.flush(FLUSH_MS)).toBe(0);
    expect(await cache.clear()).toBe(0);
  });

  /** Four states that cannot be written, then one that can. */
  async function fails(
    folder: string,
    mend: () => Promise<void>,
    { before = async () => {} } = {},
  ): Promise<void> {
    const log = vi.fn();
    const cache = await openCache({ folder, log, memoryBytes: 1e6, diskBytes: 1e7 });
    await before();
    for (const name of [1, 2, 3, 4]) {
      cache.add(state(conversation(name), 150_000));
      expect(await cache.flush(FLUSH_MS)).toBe(0);
      expect(cache.find(conversation(name))?.source).toBe("memory");
    }
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + HOUR_MS });
    onTestFinished(() => void vi.useRealTimers());
    cache.add(state(conversation(7), 150_000));
    expect(await cache.flush(FLUSH_MS)).toBe(0);
    expect(log).toHaveBeenCalledOnce();
    await mend();
    cache.add(state(conversation(5), 1000));
    expect(await cache.flush(FLUSH_MS)).toBe(0);
    vi.setSystemTime(Date.now() + HOUR_MS);
    cache.add(state(conversation(6), 1000));
    expect(await cache.flush(FLUSH_MS)).toBeGreaterThan(0);
    expect((await filesIn(folder)).some((name) => name.endsWith(".tmp"))).toBe(false);
    expect(await restored(folder, conversation(6))).toBeDefined();
  }
});
