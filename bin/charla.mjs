#!/usr/bin/env node
/** What `charla` starts: finds the right Node and hands it the command line. For Node 20 and up. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findNode } from "./runtime.mjs";

/** Only the clone has `src/`; the published package is built. */
const source = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
const built = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const cli = existsSync(source) ? source : built;

if (findNode() === process.execPath) {
  // Two thirds of the time of `charla --help`. Beside the code, where only who may change the code
  // may write; where nobody may, nothing is kept.
  module.enableCompileCache(
    fileURLToPath(new URL("../node_modules/.cache/charla", import.meta.url)),
  );
  process.argv[1] = cli;
  await import(pathToFileURL(cli).href);
} else {
  const child = spawn(node(), [cli, ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends Ctrl-C to both; only what comes to this process alone is passed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function node() {
  const found = findNode();
  if (found) return found;
  console.error(
    "Charla needs Node 24, and no package brings it to this system.\n" +
      "→ Install Node 24 or later: https://nodejs.org",
  );
  process.exit(1);
}
