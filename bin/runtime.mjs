/**
 * Finds the Node that runs Charla: the one that reads this if it is new enough, else the one that
 * came with the dependencies, as a package for this system. Plain JavaScript, for Node 20.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const OLDEST = 24;

/** @returns path of a Node, or undefined where there is no package for this system */
export function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= OLDEST) return process.execPath;
  const manifest = manifestOf(["node", "node-bin"]);
  if (!manifest) return undefined;
  const path = join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.node);
  return existsSync(path) ? path : undefined;
}

/** The packages' names differ by their first word only. */
function manifestOf(families) {
  const system = `${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const { resolve } = createRequire(import.meta.url);
  for (const family of families) {
    try {
      return resolve(`${family}-${system}/package.json`);
    } catch {
      // Not the name for this system, or optional dependencies were left out.
    }
  }
  return undefined;
}
