/**
 * State files: what was written is found by the next process, and nothing else ever is. Damaged,
 * foreign and half-written files are removed.
 */
import { chmod, copyFile, mkdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Hit, State } from "../../../src/engines/llama/cache/index.ts";
import { filesIn, openCache, temporaryFolder } from "./prefix-cache.ts";
import { FLUSH_MS, oneFile, read, restored } from "./prefix-cache-files.ts";
import { conversation, IDENTITY, isWhole, state } from "./prefix-cache-states.ts";

describe("a state file", () => {
  it("is found by the next process, for any tokens and adapter", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 200 }),
        fc.string(),
        fc.boolean(),
        async (tokens, adapter, pinned) => {
          const folder = await temporaryFolder();
          const cache = await openCache({ folder });
          const given = state(tokens, 70);
          cache.add(given, { adapter, pinned });
          await cache.flush(FLUSH_MS);
          const next = await openCache({ folder });
          const hit = next.find([...tokens, 5], adapter) as Hit;
          expect(hit).toEqual({ tokens: tokens.length, source: "disk", bytes: 70 });
          const found = await next.read(hit);
          expect(Array.from(found?.tokens ?? [])).toEqual(tokens);
          expect(found?.bytes).toEqual(given.bytes);
          expect(next.find(tokens, adapter)?.source).toBe("memory");
          expect(next.find(tokens, `${adapter}x`)).toBeUndefined();
        },
      ),
      { numRuns: 30 },
    );
  });

  it("tells nothing of its tokens and its state, in its bytes or by its name", async () => {
    const { folder, tokens, path } = await oneFile(4000, 300);
    const again = await oneFile(4000, 300);
    const words = Buffer.from(Int32Array.from(tokens).buffer);
    const [one, other] = [await readFile(path), await readFile(again.path)];
    const { bytes } = state(tokens, 4000);
    for (let at = 0; at + 8 <= words.length; at += 4)
      expect(one.includes(words.subarray(at, at + 8))).toBe(false);
    expect(one.includes(bytes.subarray(0, 8))).toBe(false);
    // The same conversation in another folder: nothing behind the head is the same.
    expect(one.subarray(88).compare(other.subarray(88))).not.toBe(0);
    expect(await filesIn(folder)).not.toEqual(await filesIn(again.folder));
  });

  it("is of no use to who has the folder and not the secret", async () => {
    const [secret, wrong] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map((each) =>
      each.toString("base64"),
    );
    const folder = await temporaryFolder();
    const cache = await openCache({ folder, secret });
    const tokens = conversation(1);
    cache.add(state(tokens));
    await cache.flush(FLUSH_MS);
    const [name = ""] = await filesIn(folder);
    const copy = await temporaryFolder();
    for (const file of [name, "key"]) await copyFile(join(folder, file), join(copy, file));
    expect(isWhole((await restored(folder, tokens, { secret })) as State)).toBe(true);
    for (const other of [undefined, wrong]) {
      expect(await restored(copy, tokens, { secret: other })).toBeUndefined();
      expect(await filesIn(copy)).toEqual([]);
      await copyFile(join(folder, name), join(copy, name));
    }
  });

  it("can be read by nobody else, nor can its key", async () => {
    const { folder, path } = await oneFile();
    const modes = [folder, path, join(folder, "key")].map(async (one) => (await stat(one)).mode);
    expect((await Promise.all(modes)).map((mode) => mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
  });

  it("is read once for all who want it at the same time", async () => {
    const { folder, tokens } = await oneFile();
    const cache = await openCache({ folder });
    const found = await Promise.all([1, 2, 3].map(() => read(cache, tokens)));
    expect(found[0]).toBeDefined();
    expect(new Set(found.map((one) => one?.bytes)).size).toBe(1);
  });

  it("stays until the longer state of its conversation has one, too", async () => {
    const { folder, tokens } = await oneFile();
    const cache = await openCache({ folder });
    const longer = [...tokens, 1, 2, 3];
    cache.add(state(longer));
    expect((await restored(folder, longer))?.tokens).toHaveLength(tokens.length);
    await cache.flush(FLUSH_MS);
    expect((await restored(folder, longer))?.tokens).toHaveLength(longer.length);
    expect(await filesIn(folder)).toHaveLength(1);
  });

  it("is written for a system prompt at once", async () => {
    const folder = await temporaryFolder();
    const cache = await openCache({ folder });
    cache.add(state(conversation(1)), { pinned: true });
    await expect.poll(() => filesIn(folder)).toEqual([expect.stringMatching(/\.pinned$/)]);
  });
});

describe("a file that is not to be trusted is removed and never given away", () => {
  it("with any of its bytes changed", async () => {
    const { folder, tokens, path } = await oneFile();
    const good = await readFile(path);
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] as number) ^ (1 << (at % 8));
      await writeFile(path, bad);
      expect(await restored(folder, tokens), `byte ${at}`).toBeUndefined();
      expect(await filesIn(folder), `byte ${at}`).toEqual([]);
    }
    await writeFile(path, good);
    expect(await restored(folder, tokens)).toBeDefined();
  });

  it("cut anywhere, or longer", async () => {
    const { folder, tokens, path } = await oneFile();
    const good = await readFile(path);
    for (let length = 0; length < good.length; length++) {
      await writeFile(path, good.subarray(0, length));
      expect(await restored(folder, tokens), `${length} bytes`).toBeUndefined();
      expect(await filesIn(folder), `${length} bytes`).toEqual([]);
    }
    await writeFile(path, Buffer.concat([good, Buffer.alloc(1)]));
    expect(await restored(folder, tokens)).toBeUndefined();
  });

  it("changed, cut or gone after it was found", async () => {
    const { folder, tokens, path } = await oneFile();
    const good = await readFile(path);
    const spoil = [
      () => truncate(path, good.length - 1),
      () =>
        writeFile(
          path,
          Buffer.concat([good.subarray(0, -1), Buffer.of((good.at(-1) as number) ^ 1)]),
        ),
      () => rm(path),
    ];
    for (const act of spoil) {
      await writeFile(path, good);
      const cache = await openCache({ folder });
      const hit = cache.find(tokens) as Hit;
      await act();
      expect(await cache.read(hit)).toBeUndefined();
      expect(cache.find(tokens)).toBeUndefined();
      expect(await filesIn(folder)).toEqual([]);
    }
  });

  it("exchanged for another one of ours after it was found", async () => {
    const { folder, tokens, path } = await oneFile();
    const writer = await openCache({ folder });
    writer.add(state(conversation(2, 10), 40));
    await writer.flush(FLUSH_MS);
    const [other = ""] = (await filesIn(folder)).filter((name) => !path.endsWith(name));
    const cache = await openCache({ folder });
    const hit = cache.find(tokens) as Hit;
    await copyFile(join(folder, other), path);
    expect(await cache.read(hit)).toBeUndefined();
    expect(await filesIn(folder)).toEqual([other]);
  });

  it("sealed with the key of another folder", async () => {
    const mine = await oneFile();
    const theirs = await oneFile(40);
    await copyFile(theirs.path, mine.path);
    expect(await restored(mine.folder, mine.tokens)).toBeUndefined();
    expect(await filesIn(mine.folder)).toEqual([]);
  });

  it("of another model under the name of one of ours", async () => {
    const { folder, tokens, path } = await oneFile();
    await rm(path);
    const other = await openCache({ folder, identity: { ...IDENTITY, model: "b".repeat(64) } });
    other.add(state(tokens, 40));
    await other.flush(FLUSH_MS);
    const [theirs = ""] = await filesIn(folder);
    await copyFile(join(folder, theirs), path);
    expect(await restored(folder, tokens)).toBeUndefined();
    expect(await filesIn(folder)).toEqual([theirs]);
  });

  it("in a folder that others could write to", async () => {
    const { folder, tokens } = await oneFile();
    await chmod(folder, 0o777);
    expect(await restored(folder, tokens)).toBeUndefined();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it("sealed with a key that others could read, or that is none", async () => {
    for (const spoil of [(key: string) => chmod(key, 0o644), (key: string) => truncate(key, 5)]) {
      const { folder, tokens } = await oneFile();
      await spoil(join(folder, "key"));
      expect(await restored(folder, tokens)).toBeUndefined();
      expect((await stat(join(folder, "key"))).mode & 0o777).toBe(0o600);
    }
  });
});

describe("files of others", () => {
  it("of another model, library, KV type or attention are neither used nor removed", async () => {
    const { folder, tokens } = await oneFile();
    const others = [
      { model: "b".repeat(64) },
      { library: "0.6.0" },
      { kvType: "q8_0" },
      { flashAttention: false },
    ];
    for (const other of others)
      expect(
        await restored(folder, tokens, { identity: { ...IDENTITY, ...other } }),
      ).toBeUndefined();
    expect(await restored(folder, tokens)).toBeDefined();
  });

  it("that are no states stay", async () => {
    const { folder, path } = await oneFile();
    await writeFile(join(folder, "notes.txt"), "mine");
    await mkdir(`${path.slice(0, -10)}0000a.state`);
    const cache = await openCache({ folder });
    expect(await cache.clear()).toBe(0);
    expect(await filesIn(folder)).toContain("notes.txt");
  });

  it("of two processes that write the same state are as good as each other", async () => {
    const folder = await temporaryFolder();
    const caches = await Promise.all([1, 2, 3].map(() => openCache({ folder })));
    for (const cache of caches) cache.add(state(conversation(1), 50_000));
    await Promise.all(caches.map((cache) => cache.flush(FLUSH_MS)));
    expect(await filesIn(folder)).toHaveLength(1);
    const found = await restored(folder, conversation(1));
    expect(found && isWhole(found)).toBe(true);
  });
});
