/** Paths and contents of tiles, by the examples of c2sp.org/tlog-tiles. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bundleOf,
  bundlePath,
  entriesOf,
  hashesOf,
  parsePath,
  tilePath,
  widthIn,
} from "../../../../src/core/tlog/tiles.ts";

test("paths are those of the specification", () => {
  expect(tilePath({ level: 0, index: 1234067, width: 256 })).toBe("tile/0/x001/x234/067");
  expect(tilePath({ level: 1, index: 0, width: 17 })).toBe("tile/1/000.p/17");
  expect(bundlePath(273, 112)).toBe("tile/entries/273.p/112");
});

test("a tree of 70,000 has the tiles of the specification's example", () => {
  const width = (level: number, index: number) => widthIn(70_000, { level, index });
  expect([0, 272, 273, 274].map((index) => width(0, index))).toEqual([256, 256, 112, 0]);
  expect([0, 1, 2].map((index) => width(1, index))).toEqual([256, 17, 0]);
  expect([width(2, 0), width(2, 1), width(3, 0)]).toEqual([1, 0, 0]);
});

test("every tile has one path, and every path one tile", () => {
  const tile = fc.record({
    level: fc.integer({ min: 0, max: 63 }),
    index: fc.integer({ min: 0, max: 2 ** 40 }),
    width: fc.integer({ min: 1, max: 256 }),
  });
  fc.assert(
    fc.property(tile, (one) => {
      expect(parsePath(tilePath(one))).toEqual(one);
      const { index, width } = one;
      expect(parsePath(bundlePath(index, width))).toEqual({ level: "entries", index, width });
    }),
  );
  for (const path of [
    ...["", "tile", "tile/0", "tile/0/1", "tile/00/001", "tile/0/x000/001", "tile/64/000"],
    ...["tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/../001", "tile/-1/000"],
    ...["tile/0/x001/x234/067/", "tile/entries/x1/000", `tile/0/${"x999/".repeat(9)}999`],
  ]) {
    expect(parsePath(path), path).toBeUndefined();
  }
});

test("entries come back as they went, and what is cut is seen", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
      const bundle = bundleOf(entries);
      expect(entriesOf(bundle)?.map((one) => [...one])).toEqual(entries.map((one) => [...one]));
      if (bundle.length > 0) expect(entriesOf(bundle.subarray(0, -1))).toBeUndefined();
    }),
  );
  expect(hashesOf(new Uint8Array(64))).toHaveLength(2);
  expect(hashesOf(new Uint8Array(63))).toBeUndefined();
  expect(hashesOf(new Uint8Array())).toBeUndefined();
});
