/**
 * Programs that are started, and code that is loaded: known places only, no shell in between, and
 * no name that a request could choose.
 */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const sources = globSync("src/**/*.ts", { cwd: root }).map((file) => ({
  file: file.replaceAll("\\", "/"),
  source: readFileSync(root + file, "utf8"),
}));
const having = (pattern: RegExp) =>
  sources.flatMap(({ file, source }) => (pattern.test(source) ? file : [])).toSorted();

test("programs are started in known places", () => {
  expect(having(/from "node:(child_process|worker_threads|vm|cluster)"/)).toEqual([
    "src/commands/machine.ts", // what tells of the machine
    "src/core/addons.ts", // npm, which fetches what a part needs when somebody says so
    "src/core/children.ts", // without secrets, by an absolute path, in a folder of their own
    "src/core/programs.ts", // as above: the Python of the training worker, and its pip
    "src/core/tidy.ts", // asks V8 to collect what is garbage
    "src/engines/library/pip.ts",
    "src/engines/llama/index.ts", // the clone's own process
    // A thread that reads schemas, and one that says that the process is alive.
    "src/engines/llama/process/grammar-compiler.ts",
    "src/engines/llama/process/grammar-worker.ts",
    "src/engines/llama/process/pulse.ts",
    "src/engines/llama/service/channel.ts",
    // A thread that reads what is imported, with memory of its own.
    "src/features/conversations/importing/thread.ts",
    "src/features/conversations/importing/worker.ts",
    "src/storage/scrub.ts", // a thread that writes the database's file anew
    "src/storage/vault/master.ts", // the command for the master key, which the operator sets
  ]);
});

test("none of them by a shell, and none by a route", () => {
  expect(having(/\bshell:|\bexecSync\b|\{[^}]*\bexec\b[^}]*\} from "node:child_process"/)).toEqual(
    [],
  );
  expect(having(/node:child_process/).filter((file) => file.includes("/features/"))).toEqual([]);
});

test("no code is made of text, and none is loaded by a name that is not in the source", () => {
  expect(having(/\beval\(|new Function\(/)).toEqual([]);
  expect(having(/\bimport\((?!\s*["'])/)).toEqual([
    // Rooms of node-llama-cpp that it does not export.
    "src/engines/llama/process/chat-wrapper.ts",
    // ONNX Runtime, which is downloaded by the digests of a lock file.
    "src/engines/onnx/opened.ts",
    // What npm has fetched into the data folder, by the digests of our own lock file.
    "src/features/provenance/anchor/load.ts",
    "src/features/voice/process/main.ts",
    "src/features/voice/process/opus.ts",
  ]);
});
