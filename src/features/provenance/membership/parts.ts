/**
 * The two files that prove: Semaphore's circuit of depth 20 as a program, and its proving key. They come
 * from npm in a package with those of all depths (109 MB); only these two stay (5.7 MB).
 */
import { hash } from "node:crypto";
import { copyFile, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Addon, entryOf, fetchAddon, removeAddon } from "../../../core/addons.ts";
import { makeFolder } from "../../../core/folder.ts";
import manifest from "./addon/package.json" with { type: "json" };
import lock from "./addon/package-lock.json" with { type: "json" };
import { partsMissing, partsWrong } from "./errors.ts";

const PACKAGE: Addon = {
  name: "membership-package",
  manifest,
  lock,
  entry: "",
  bytes: 185_000_000,
};
/** On the disk while it is fetched. */
export const FETCHED_BYTES = PACKAGE.bytes;

/** SHA-256 of each. */
export const PARTS = {
  "semaphore-20.wasm": "6f71e55586929e520e76027ebe067daac8b41e2f4b8057313a5fd0304e1e44ee",
  "semaphore-20.zkey": "33f9a067a80c7daf90e085449073613a9559a1904dd40aeb6d603afb7988c2cc",
} as const;
export type Part = keyof typeof PARTS;
export const PART_NAMES = Object.keys(PARTS) as readonly Part[];

const folderOf = (home: string) => join(home, "addons", "membership");

/** @throws CharlaError `addon_needs_npm`, `addon_failed`, `membership_parts_wrong`; the signal's reason */
export async function fetchParts(
  home: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  if (await hasParts(home)) return;
  await fetchAddon(home, PACKAGE, onBytes, signal);
  const entry = (await entryOf(home, PACKAGE)) ?? "";
  const from = join(dirname(entry), "node_modules", "@zk-kit", "semaphore-artifacts");
  const folder = folderOf(home);
  makeFolder(folder);
  try {
    for (const name of PART_NAMES) {
      if (digest(await readFile(join(from, name))) !== PARTS[name]) throw partsWrong(name);
      const part = join(folder, `${name}.part`);
      await copyFile(join(from, name), part);
      await rename(part, join(folder, name));
    }
  } finally {
    await removeAddon(home, PACKAGE);
  }
}

export async function removeParts(home: string): Promise<void> {
  await rm(folderOf(home), { recursive: true, force: true });
}

export async function hasParts(home: string): Promise<boolean> {
  const looks = PART_NAMES.map((name) => stat(join(folderOf(home), name)).catch(() => undefined));
  return (await Promise.all(looks)).every((found) => found?.isFile());
}

/** @throws CharlaError `membership_parts_missing`, `membership_parts_wrong` */
export async function readPart(home: string, name: Part): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(join(folderOf(home), name)).catch(() => undefined);
  if (!bytes) throw partsMissing();
  if (digest(bytes) !== PARTS[name]) throw partsWrong(name);
  return new Uint8Array(bytes);
}

const digest = (bytes: Uint8Array) => hash("sha256", bytes, "hex");
