/**
 * What a part of Charla needs and a start does without: packages of npm, fetched by a command into the
 * data folder, by the versions and digests of a lock file that comes with Charla. npm does the work:
 * it checks the digests, and a download that was cut off goes on from its cache.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { environment, find } from "./children.ts";
import { CharlaError } from "./errors.ts";
import { makeFolder } from "./folder.ts";

export interface Addon {
  /** Of its folder. */
  readonly name: string;
  /** Its package.json and package-lock.json. */
  readonly manifest: object;
  readonly lock: object;
  /** Source of the module that gives out what is used of the packages. */
  readonly entry: string;
  /** On the disk, for whoever has to decide; about. */
  readonly bytes: number;
  /** Takes away what is of no use here, once all has come. @param folder where the packages are */
  trim?(folder: string): Promise<void>;
}

/** Milliseconds between two looks at how much is there. */
const LOOK_MS = 1_000;
/** Written last, so that what is there is whole: SHA-256 of the lock. */
const STAMP = "complete.sha256";
const ENTRY = "entry.mjs";

const folderOf = (home: string, { name }: Addon) => join(home, "addons", name);
const digestOf = ({ lock, entry }: Addon) =>
  createHash("sha256").update(JSON.stringify(lock)).update(entry).digest("hex");

/** The module to import, as a path; undefined where it was not fetched, or for another version. */
export async function entryOf(home: string, addon: Addon): Promise<string | undefined> {
  const folder = folderOf(home, addon);
  const stamp = await readFile(join(folder, STAMP), "utf8").catch(() => "");
  return stamp === digestOf(addon) ? join(folder, ENTRY) : undefined;
}

/**
 * Fetches it, in the place of an older version; there is nothing to do where it is there already.
 *
 * @param onBytes told how many bytes lie on the disk
 * @throws CharlaError `addon_needs_npm`, `addon_failed`; the signal's reason
 */
export async function fetchAddon(
  home: string,
  addon: Addon,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  if (await entryOf(home, addon)) return;
  const folder = folderOf(home, addon);
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  makeFolder(part);
  try {
    await writeFile(join(part, "package.json"), JSON.stringify(addon.manifest));
    await writeFile(join(part, "package-lock.json"), JSON.stringify(addon.lock));
    await writeFile(join(part, ENTRY), addon.entry);
    const watch = setInterval(() => void bytesIn(part).then(onBytes), LOOK_MS);
    try {
      await npm(part, addon, signal);
    } finally {
      clearInterval(watch);
    }
    await addon.trim?.(part);
    await writeFile(join(part, STAMP), digestOf(addon));
    await rm(folder, { recursive: true, force: true });
    await rename(part, folder);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

export async function removeAddon(home: string, addon: Addon): Promise<void> {
  await rm(folderOf(home, addon), { recursive: true, force: true });
}

/** What npm needs to reach a registry: a mirror, a proxy, somebody's own settings. */
const NPM_SETTINGS = Object.keys(process.env).filter((name) => /^npm_config_/i.test(name));

async function npm(folder: string, { name }: Addon, signal: AbortSignal): Promise<void> {
  const program = find("npm");
  if (!program) {
    throw new CharlaError("addon_needs_npm", {
      status: 409,
      message: "npm is not installed on this machine, and the packages come by it.",
      hint: "Install npm (it comes with Node.js) and try again.",
    });
  }
  const shell = process.platform === "win32";
  const own = Object.fromEntries(NPM_SETTINGS.map((key) => [key, process.env[key]]));
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const child = spawn(shell ? `"${program}"` : program, args, {
    cwd: folder,
    env: { ...environment(true), ...own },
    stdio: ["ignore", "ignore", "pipe"],
    shell,
    signal,
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-2_000);
  });
  const [code] = (await once(child, "close").catch((error) => {
    signal.throwIfAborted();
    throw error;
  })) as [number | null];
  signal.throwIfAborted();
  if (code === 0) return;
  throw new CharlaError("addon_failed", {
    status: 503,
    message: "The packages for '{name}' could not be downloaded: {reason}",
    hint: "Look at the network, the disk and npm's settings, then run the same command again: it goes on where it was.",
    params: { name, reason: said.trim().split("\n")[0] ?? `npm ended with ${code}` },
  });
}

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = files.map((file) =>
    file.isFile()
      ? stat(join(file.parentPath, file.name)).then(
          ({ size }) => size,
          () => 0,
        )
      : 0,
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
