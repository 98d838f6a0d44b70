/**
 * Finds the Node that runs Charla: the one that reads this if it is new enough, else the one that
 * the npm package `node` brings. Plain JavaScript, for Node 20.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const OLDEST = 24;

/** The package `node`; its folder is absent when dependencies are not installed. */
function brought() {
  const manifest = createRequire(import.meta.url).resolve("node/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
  return { folder: dirname(manifest), path: join(dirname(manifest), bin.node) };
}

/** @returns path of a Node, or undefined if the package's install script did not run */
export function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= OLDEST) return process.execPath;
  const { path } = brought();
  return existsSync(path) ? path : undefined;
}

/**
 * Runs the install script that npm was told to skip. It asks npm for the Node of this system.
 *
 * @throws Error when npm is missing or the registry cannot be reached
 */
export function installNode() {
  const { folder, path } = brought();
  const script = join(folder, "installArchSpecificPackage.js");
  try {
    // The script's own output would mix with what the reader asked for.
    execFileSync(process.execPath, [script], { cwd: folder, stdio: ["ignore", 2, 2] });
    execFileSync(path, ["--version"], { stdio: "ignore" });
    return path;
  } catch (cause) {
    rmSync(path, { force: true });
    throw new Error(`Node ${OLDEST} could not be fetched`, { cause });
  }
}
