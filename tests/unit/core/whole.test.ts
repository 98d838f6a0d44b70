/** Files whose system reads and writes less at once than it is asked for. */
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readAll, writeAll } from "../../../src/core/whole.ts";
import { temporary } from "../../fixtures/charla.ts";

/** As a full disk or a network's file system may do it: so many bytes each time. */
const slowly = (file: FileHandle, most: number) => ({
  read: (into: Uint8Array, at: number, length: number, position: number) =>
    file.read(into, at, Math.min(most, length), position),
  write: (from: Uint8Array, at: number, length: number, position: number | null) =>
    file.write(from, at, Math.min(most, length), position),
});

test("whatever was to be written is, and is read again, at its place", async () => {
  await using file = await open(join(temporary(), "bytes"), "w+");
  const bytes = fc.uint8Array({ maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(bytes, fc.nat(50), fc.integer({ min: 1, max: 40 }), async (some, at, most) => {
      await file.truncate(0);
      const slow = slowly(file, most);
      await writeAll(slow, some, at);
      const [read, more] = [new Uint8Array(some.length), new Uint8Array(some.length + 1)];
      expect(await readAll(slow, read, at)).toBe(true);
      expect(read).toEqual(some);
      expect(await readAll(slow, more, at)).toBe(false);
    }),
  );
});

test("without a place, one write follows the other", async () => {
  await using file = await open(join(temporary(), "bytes"), "w+");
  const slow = slowly(file, 2);
  for (const text of ["first", "", "second"]) await writeAll(slow, Buffer.from(text));
  const read = Buffer.alloc(11);
  expect([await readAll(file, read, 0), read.toString()]).toEqual([true, "firstsecond"]);
});
