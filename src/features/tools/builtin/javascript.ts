/** JavaScript in a sandbox: a process for each run, which has nothing but the program. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isolated } from "../../../core/children.ts";
import { CharlaError } from "../../../core/errors.ts";
import type { Outcome } from "../sandbox/outcome.ts";

/** Of the wall clock, its start included; enough for whatever is short, also on a machine that is busy. */
export const LIMIT_MS = 5000;
const HEAP_MIB = 64;
const MAX_BYTES = 500_000;

const PROGRAM = new URL(`../sandbox/run${import.meta.url.slice(-3)}`, import.meta.url);

/** Where the packages of the sandbox are; and our own files. */
function folders(): readonly string[] {
  const require = createRequire(import.meta.url);
  const modules =
    require.resolve("quickjs-emscripten-core").split("quickjs-emscripten-core")[0] ?? "";
  const own = dirname(fileURLToPath(PROGRAM));
  const names = ["quickjs-emscripten-core", "@jitl"];
  return [own, ...names.map((name) => join(modules, name)), packageFile(own)];
}

/** Node looks there for how a file of ours is to be read. */
const packageFile = (from: string) => join(from, "..", "..", "..", "..", "package.json");

/** @param ms for tests */
export async function runJavaScript(
  source: string,
  signal: AbortSignal,
  ms = LIMIT_MS,
): Promise<string> {
  const bounds = { ms, heapMiB: HEAP_MIB, maxBytes: MAX_BYTES, reads: folders(), signal };
  const said = await isolated(PROGRAM, source, bounds).catch((thrown) => {
    signal.throwIfAborted();
    throw new CharlaError("program_killed", {
      status: 400,
      message: "The program was ended: it took more than {seconds} s or {mib} MB of memory.",
      hint: "Write a shorter one, or one that needs less.",
      params: { seconds: ms / 1000, mib: HEAP_MIB },
      cause: thrown,
    });
  });
  const { printed, value, error } = JSON.parse(said) as Outcome;
  if (error !== undefined) {
    throw new CharlaError("program_failed", {
      status: 400,
      message: "The program has failed: {reason}",
      hint: "Correct it and run it again.",
      params: { reason: [...printed, error].join("\n").slice(0, 4000) },
    });
  }
  return [...printed, ...(value === "undefined" ? [] : [value])].join("\n") || "(no output)";
}
