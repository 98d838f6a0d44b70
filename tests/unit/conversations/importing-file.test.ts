/** Files on their way in: sealed on disk, and archives read at any place. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { Inbox } from "../../../src/features/conversations/importing/inbox.ts";
import { openSource, stream } from "../../../src/features/conversations/importing/source.ts";
import { contentOf, entriesOf, isZip } from "../../../src/features/conversations/importing/zip.ts";
import { temporary } from "../../fixtures/databases.ts";

async function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("what is received is read again at any place, and stands nowhere in clear", async () => {
  const inbox = new Inbox(await temporary());
  const sizes = fc.constantFrom(0, 1, 65_535, 65_536, 65_537, 200_000);
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.integer({ min: 1000, max: 90_000 }),
      fc.nat(),
      fc.nat(),
      async (size, cut, a, b) => {
        const bytes = Buffer.from("marmalade ".repeat(20_000)).subarray(0, size);
        const place = await inbox.take(pieces(bytes, cut), 300_000);
        expect(place.bytes).toBe(size);
        expect((await readFile(place.path)).includes("marmalade")).toBe(false);
        await using source = await openSource(place);
        const [from, length] = [a % (size + 2), b % (size + 2)];
        expect(await source.read(from, length)).toEqual(bytes.subarray(from, from + length));
        expect(Buffer.concat(await Array.fromAsync(stream(source)))).toEqual(bytes);
      },
    ),
    { numRuns: 30 },
  );
});

test("a file that somebody has changed, cut or removed is not read", async () => {
  const inbox = new Inbox(await temporary());
  const place = await inbox.take(pieces(Buffer.alloc(100_000, "x"), 5000), 200_000);
  const sealed = await readFile(place.path);
  const all = async () => {
    await using source = await openSource(place);
    await Array.fromAsync(stream(source));
  };
  await all();
  await writeFile(place.path, sealed.with?.(70_000, 1) ?? sealed);
  await expect(all()).rejects.toThrow();
  await writeFile(place.path, sealed.subarray(0, 65_552));
  await expect(all()).rejects.toMatchObject({ code: "import_gone" });
  await expect(openSource({ ...place, path: `${place.path}-` })).rejects.toMatchObject({
    code: "import_gone",
  });
  await expect(inbox.take(pieces(Buffer.alloc(10), 5), 9)).rejects.toMatchObject({
    code: "import_too_large",
  });
});

test("the files of any archive are those that were put in", async () => {
  const home = await temporary();
  const path = join(home, "file.zip");
  const name = fc.stringMatching(/^[a-zñ😀/.-]{1,20}[a-z]$/u).filter((one) => !one.includes("//"));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer({ min: 60_000, max: 200_000 }).map((length) => new Uint8Array(length)),
  );
  const level = fc.constantFrom(0 as const, 6 as const);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(name, bytes, level), { selector: ([one]) => one, maxLength: 6 }),
      async (files) => {
        const zip = zipSync(
          Object.fromEntries(files.map(([name, bytes, level]) => [name, [bytes, { level }]])),
        );
        await writeFile(path, zip);
        await using source = await openSource({ path, bytes: zip.length });
        expect(await isZip(source)).toBe(true);
        const entries = await entriesOf(source);
        const names = files.map(([name]) => name);
        expect(entries.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
        for (const [name, bytes] of files) {
          const entry = entries.find((one) => one.name === name);
          if (!entry) throw new Error(name);
          expect(entry.bytes).toBe(bytes.length);
          const read = Buffer.concat(await Array.fromAsync(contentOf(source, entry)));
          expect(read.equals(bytes)).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("whatever is changed in an archive, reading it ends", async () => {
  const home = await temporary();
  const path = join(home, "file.zip");
  const zip = zipSync({
    "conversations.json": Buffer.from("[1,2,3]".repeat(50)),
    b: Buffer.alloc(9),
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(zip.length - 1), fc.nat(255), async (at, byte) => {
      const changed = Buffer.from(zip);
      changed[at] = byte;
      await writeFile(path, changed);
      await using source = await openSource({ path, bytes: changed.length });
      try {
        for (const entry of await entriesOf(source))
          for await (const _ of contentOf(source, entry));
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "zip_broken" });
      }
    }),
    { numRuns: 200 },
  );
});
