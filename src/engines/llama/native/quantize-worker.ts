/**
 * The program that quantises one file, in a process of its own: a native abort ends only this one,
 * and so does a cancel, which the library has no other way for. Its argument is a job as JSON; it
 * sends what the library logs, a line a message, and exits with 0 when the library was content.
 */
import { rmSync } from "node:fs";
import koffi from "koffi";
import { findLibrary } from "./find.ts";
import type { Job } from "./quantize.ts";

/** Of tensor rows in memory at once, in bytes; the library's own default is 8 GiB. */
const BUFFER_BYTES = 2 ** 29;

const job: Job = JSON.parse(process.argv[2] ?? "");

// Signals from the terminal are the parent's to heed. When it is gone, nobody wants the file.
process.on("SIGINT", () => {});
process.on("disconnect", () => {
  rmSync(job.output, { force: true });
  // An exit would wait for the library's thread, and that one for a line of its log to be taken.
  process.kill(process.pid, "SIGKILL");
});

const { path } = await findLibrary({ gpu: false });
const library = koffi.load(path);

// Source: llama.h of llama.cpp, v0.5.0.
const pointer = koffi.pointer("void");
const params = koffi.struct("llama_model_quantize_params", {
  nthread: "int32_t",
  ftype: "int",
  output_tensor_type: "int",
  token_embedding_type: "int",
  allow_requantize: "bool",
  quantize_output_tensor: "bool",
  only_copy: "bool",
  pure: "bool",
  keep_split: "bool",
  dry_run: "bool",
  imatrix: pointer,
  kv_overrides: pointer,
  tt_overrides: pointer,
  prune_layers: pointer,
  max_buf_size: "size_t",
});
const onLog = koffi.proto("void on_log(int level, const char *text, void *data)");
const setLog = library.func("llama_log_set", "void", [koffi.pointer(onLog), pointer]);
const defaults = library.func("llama_model_quantize_default_params", params, []);
const quantize = library.func("llama_model_quantize", "uint32_t", [
  "str",
  "str",
  koffi.pointer(params),
]);

let line = "";
// A line comes in pieces, and what the library says of a tensor before it begins is one of them.
const log = koffi.register((_level: number, text: string) => {
  const [first = "", ...others] = text.split("\n");
  line += first;
  for (const next of others) {
    if (line !== "") process.send?.(line);
    line = next;
  }
}, koffi.pointer(onLog));
setLog(log, null);

const status = await promisified(job.input, job.output, {
  ...defaults(),
  nthread: job.threads,
  ftype: job.fileType,
  allow_requantize: job.allowRequantize,
  dry_run: job.dryRun,
  max_buf_size: BUFFER_BYTES,
  ...(job.says && { kv_overrides: overrides(job.says) }),
});
process.send?.({ status }, () => process.exit());

/** An array of `llama_model_kv_override`, which ends with one that has no key. */
function overrides(texts: Readonly<Record<string, string>>): Buffer {
  const [size, text, key, value] = [264, 3, 4, 136];
  const entries = Object.entries(texts);
  const bytes = Buffer.alloc(size * (entries.length + 1));
  for (const [n, [name, said]] of entries.entries()) {
    bytes.writeInt32LE(text, n * size);
    bytes.write(name, n * size + key, 127);
    // Never ends within a character.
    bytes.write(said, n * size + value, 127);
  }
  return bytes;
}

/** On another thread, so that this one can send what is logged. */
function promisified(input: string, output: string, options: object): Promise<number> {
  return new Promise((resolve, reject) => {
    quantize.async(input, output, options, (error: unknown, result: number) =>
      error ? reject(error) : resolve(result),
    );
  });
}
