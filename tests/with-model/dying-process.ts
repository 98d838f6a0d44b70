/**
 * The model process, which dies for real in the middle of its work: once, and in every process if
 * the folder says so. What it dies of stands in `CHARLA_TEST_DEATH`: "assert" (the library's own
 * abort), "memory" (no address space is left), "load" (too little of it for a KV cache).
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import koffi from "koffi";
import { Context } from "../../src/engines/llama/native/context.ts";
import { lookForLibrary } from "../../src/engines/llama/native/find.ts";
import { Model } from "../../src/engines/llama/native/model.ts";

const { CHARLA_TEST_DEATH: death, CHARLA_TEST_FOLDER: folder = "." } = process.env;
/** In batches: some tokens have been given by then. */
const LIFE = 12;

function limitMemory(more: number): void {
  const [, size] = /VmSize:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  const limit = Number(size) * 1024 + more;
  execFileSync("/usr/bin/prlimit", ["--pid", String(process.pid), `--as=${limit}`]);
}

async function abort(): Promise<void> {
  const { path } = await lookForLibrary();
  const base = koffi.load(join(dirname(path), "libggml-base.so"));
  const fail = base.func("void ggml_abort(const char *file, int line, const char *format)");
  fail("a test", 1, "GGML_ASSERT(provoked) failed");
}

/** Takes what is there, as a larger batch or a longer answer would. */
function exhaust(): void {
  limitMemory(2 ** 22);
  const taken: Buffer[] = [];
  for (;;) taken.push(Buffer.alloc(2 ** 16, 1));
}

const flag = join(folder, "died");
const { decode } = Context.prototype;
let batches = 0;
Context.prototype.decode = async function (this: Context) {
  batches += 1;
  if (batches === LIFE && !existsSync(flag)) {
    if (!existsSync(join(folder, "always"))) writeFileSync(flag, "");
    if (death === "assert") await abort();
    if (death === "memory") exhaust();
  }
  return decode.call(this);
};

// Once its threads are there and the file is read: what is left to be had is the KV cache.
const { load } = Model;
Model.load = async (...given) => {
  const model = await load.apply(Model, given);
  if (death === "load") limitMemory(2.5e8);
  return model;
};

await import("../../src/engines/llama/process/main.ts");
