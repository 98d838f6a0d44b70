/** Loads the library and its backends into this process, as node-llama-cpp would, without it. */
import { basename } from "node:path";
import koffi from "koffi";
import { type Api, bind } from "./api.ts";
import type { Found } from "./find.ts";

/** A backend: libggml-cpu-zen4.so, ggml-cuda.dll; not what all of them share. */
const BACKEND = /^(lib)?ggml-(?!base)[\w.-]+\.(so|dylib|dll)$/i;
/** libggml.v0.5.0.so, libggml.cuda.v0.5.0.so, ggml.dll. */
const GGML = /^(lib)?ggml(\.[\w.]+)?\.(so|dylib|dll)$/i;

const LOG = koffi.proto("void charla_log(int level, const char *text, void *data)");
/** enum ggml_log_level. */
const ERROR = 4;
/** What the library has complained of lately: lines, oldest first. */
const MOST_COMPLAINTS = 8;
const complaints: string[] = [];

/** Why something has just failed, in the library's own words, which are forgotten then. */
export function complaint(): string | undefined {
  const lines = complaints.splice(0).map((line) => line.replace(/^\w+: /, "").trim());
  // The first is the cause; what follows says that there was one.
  return lines.find((line) => line !== "");
}

/** @throws Error when a file cannot be loaded, or none of the backends runs here */
export function openLibrary({ path, files }: Found): Api {
  const api = bind(path);
  // It tells a thousand things of every model; what has gone wrong is for the log.
  const log = koffi.register((level: number, text: string) => {
    if (level !== ERROR) return;
    console.error(text.trimEnd());
    complaints.push(text);
    if (complaints.length > MOST_COMPLAINTS) complaints.shift();
  }, koffi.pointer(LOG));
  koffi.load(path).func("void llama_log_set(void *log, void *data)")(log, null);
  const ggml = koffi.load(files.find((file) => GGML.test(basename(file))) ?? path);
  const register = ggml.func("void *ggml_backend_load(const char *path)");
  for (const file of files) {
    if (BACKEND.test(basename(file))) register(file);
  }
  const count: number = ggml.func("size_t ggml_backend_reg_count()")();
  if (count === 0) throw new Error("none of the library's backends runs on this machine");
  return api;
}
