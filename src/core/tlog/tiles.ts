/**
 * Tiles, by which monitors read a log (c2sp.org/tlog-tiles): 256 hashes of one level of the tree
 * each, and bundles of 256 entries.
 */
import { concat } from "./bytes.ts";
import { HASH_BYTES, type Hash } from "./merkle.ts";

/** Hashes in a full tile, which spans eight levels of the tree. */
export const TILE_WIDTH = 256;

export interface Tile {
  /** A level of tiles: its hashes are of 256^level leaves each. */
  readonly level: number;
  readonly index: number;
  /** So many hashes: 1 to 256. */
  readonly width: number;
}

/** How many hashes the tile has in a tree of `size` entries; 0 where there is none. */
export function widthIn(size: number, { level, index }: Omit<Tile, "width">): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** 1234067 -> "x001/x234/067" */
function digits(index: number): string {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return groups.join("/");
}

const part = (width: number) => (width === TILE_WIDTH ? "" : `.p/${width}`);

export const tilePath = ({ level, index, width }: Tile): string =>
  `tile/${level}/${digits(index)}${part(width)}`;

export const bundlePath = (index: number, width: number): string =>
  `tile/entries/${digits(index)}${part(width)}`;

const PATH = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** @returns undefined for what is no path of a tile; the level is "entries" for a bundle */
export function parsePath(
  path: string,
): { level: number | "entries"; index: number; width: number } | undefined {
  const [, level, number, width] = PATH.exec(path) ?? [];
  if (level === undefined || number === undefined) return undefined;
  const index = Number(number.replace(/[x/]/g, ""));
  const count = width === undefined ? TILE_WIDTH : Number(width);
  // One tile has one path.
  if (!Number.isSafeInteger(index) || digits(index) !== number) return undefined;
  if (width !== undefined && count >= TILE_WIDTH) return undefined;
  if (level === "entries") return { level, index, width: count };
  if (Number(level) > 63 || String(Number(level)) !== level) return undefined;
  return { level: Number(level), index, width: count };
}

/** The hashes of a tile, one after the other. @returns undefined where that is not what it is */
export function hashesOf(tile: Uint8Array): Hash[] | undefined {
  if (tile.length === 0 || tile.length % HASH_BYTES !== 0) return undefined;
  const hashes: Hash[] = [];
  for (let at = 0; at < tile.length; at += HASH_BYTES) {
    hashes.push(tile.subarray(at, at + HASH_BYTES));
  }
  return hashes;
}

/** Each entry after its length, two bytes, most significant first. */
export function bundleOf(entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat(
    ...entries.flatMap((entry) => [
      Uint8Array.of(Math.floor(entry.length / 256), entry.length % 256),
      entry,
    ]),
  );
}

/** @returns undefined where it ends in the middle of an entry */
export function entriesOf(bundle: Uint8Array): Uint8Array[] | undefined {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length; ) {
    const length = (bundle[at] ?? 0) * 256 + (bundle[at + 1] ?? 0);
    const end = at + 2 + length;
    if (end > bundle.length) return undefined;
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
