/** The article's own stack: transformers with `gguf_file=`, accelerate, float32. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, line } from "../processes.ts";
import type { System } from "../types.ts";
import { overLines } from "./lines.ts";
import { environment } from "./python.ts";

const PROGRAM = fileURLToPath(new URL("transformers_chat.py", import.meta.url));
/** It turns the weights into float32 first. */
const READY_MS = 300_000;

export async function startTransformers(model: string): Promise<System> {
  const programs = await environment("transformers");
  const threads = availableParallelism();
  const env = { ...process.env, HF_HUB_OFFLINE: "1" };
  const began = performance.now();
  const program = launch(join(programs, "python"), [PROGRAM, model, String(threads)], { env });
  await line(program, /^ready/, READY_MS).catch(async (thrown) => {
    await program.stop();
    throw thrown;
  });
  const setting = `float32, ${threads} threads`;
  return overLines(program, { name: "transformers", setting, startMs: performance.now() - began });
}
