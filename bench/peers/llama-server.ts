/** llama-server, by way of the Python package xllamacpp. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answers, freePort, launch, line } from "../processes.ts";
import type { Setup, System } from "../types.ts";
import { overHttp } from "./http.ts";
import { environment } from "./python.ts";

const PROGRAM = fileURLToPath(new URL("llama_server.py", import.meta.url));
const READY_MS = 120_000;

interface Threads {
  /** For a batch of one token, and for larger ones; -1 is llama-server's own choice. */
  readonly decode: number;
  readonly batch: number;
}

/** Its settings compete before each case, and the best one is measured. */
export function threadChoices(cores = availableParallelism()): readonly Threads[] {
  const spare = Math.max(1, cores - 1);
  const own = { decode: -1, batch: -1 };
  return spare === cores ? [own] : [{ decode: spare, batch: cores }, own];
}

export async function startLlamaServer(
  model: string,
  { slots, context }: Setup,
  { decode, batch }: Threads,
): Promise<System> {
  const programs = await environment("llama-server");
  const port = await freePort();
  const threads = { threads: decode, batch_threads: batch, gpu_layers: 0 };
  const asked = JSON.stringify({ model, slots, context, port, ...threads });
  const began = performance.now();
  const program = launch(join(programs, "python"), [PROGRAM, asked]);
  try {
    await line(program, /^ready/, READY_MS);
    await answers(`http://127.0.0.1:${port}/health`, program, READY_MS);
  } catch (thrown) {
    await program.stop();
    throw thrown;
  }
  return overHttp({
    name: "llama-server",
    setting: decode < 0 ? "its default threads" : `${decode} decode + ${batch} batch threads`,
    program,
    startMs: performance.now() - began,
    url: `http://127.0.0.1:${port}/v1/chat/completions`,
    model: "default",
    extra: { ignore_eos: true },
  });
}
