/**
 * Threads that stay. Without them ggml makes and ends a thread for every graph that it computes,
 * which costs a fifth of the speed of small batches (measured: `docs/decisions/0011`).
 * Source: `ggml-cpu.h` and `ggml-backend.h` of llama.cpp v0.5.0.
 */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import koffi from "koffi";
import type { Pointer } from "./api.ts";

const MAX_THREADS = 512;
const DEVICE_CPU = 0;
/** Between two graphs they sleep at once, and leave the processor to the server. */
const POLL_NEVER = 0;

const PARAMS = koffi.struct("ggml_threadpool_params", {
  cpumask: koffi.array("bool", MAX_THREADS),
  n_threads: "int32",
  prio: "int32",
  poll: "uint32",
  strict_cpu: "bool",
  paused: "bool",
});
const NEW = koffi.proto("ggml_threadpool_new", "void *", [koffi.pointer(PARAMS)]);
const FREE = koffi.proto("ggml_threadpool_free", "void", ["void *"]);

export interface Pool {
  readonly pointer: Pointer;
  free(): void;
}

/**
 * @param library path of libllama, beside which those of ggml lie
 * @returns undefined when the library has no CPU backend, or makes no pools
 */
export function threadPool(library: string, threads: number): Pool | undefined {
  const base = koffi.load(beside(library, /^(lib)?ggml-base\./));
  const ggml = koffi.load(beside(library, /^(lib)?ggml\./));
  const device = ggml.func("void *ggml_backend_dev_by_type(int type)")(DEVICE_CPU);
  if (device === null) return undefined;
  const registry = base.func("void *ggml_backend_dev_backend_reg(void *device)")(device);
  const find = base.func(
    "void *ggml_backend_reg_get_proc_address(void *registry, const char *name)",
  );
  const [create, free] = [
    find(registry, "ggml_threadpool_new"),
    find(registry, "ggml_threadpool_free"),
  ];
  if (create === null || free === null) return undefined;
  const pointer = koffi.call(create, NEW, {
    cpumask: new Array(MAX_THREADS).fill(false),
    n_threads: threads,
    prio: 0,
    poll: POLL_NEVER,
    strict_cpu: false,
    paused: false,
  });
  return pointer === null ? undefined : { pointer, free: () => koffi.call(free, FREE, pointer) };
}

function beside(library: string, name: RegExp): string {
  const folder = dirname(library);
  const found = readdirSync(folder).find((file) => name.test(file));
  if (found === undefined) throw new Error(`no ${name.source} beside ${basename(library)}`);
  return join(folder, found);
}
