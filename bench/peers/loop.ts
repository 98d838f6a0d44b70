/** The bare node-llama-cpp loop, in a process of its own. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { launch, line } from "../processes.ts";
import type { Setup, System } from "../types.ts";
import { overLines } from "./lines.ts";

const PROGRAM = fileURLToPath(new URL("loop-program.ts", import.meta.url));
const READY_MS = 60_000;

/** One thread too many slows every other one down, and for a batch it may pay. */
export const loopThreads = (cores = availableParallelism()): readonly number[] =>
  cores === 1 ? [1] : [cores - 1, cores];

export async function startLoop(
  model: string,
  { slots, context }: Setup,
  threads: number,
): Promise<System> {
  const began = performance.now();
  const args = [PROGRAM, model, slots, context, threads].map(String);
  const program = launch(process.execPath, args);
  await line(program, /^ready/, READY_MS).catch(async (thrown) => {
    await program.stop();
    throw thrown;
  });
  const setting = `${threads} ${threads === 1 ? "thread" : "threads"}`;
  return overLines(program, { name: "loop", setting, startMs: performance.now() - began });
}
