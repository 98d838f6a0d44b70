/** Reads an export in a thread of its own, which has its own memory and ends when nobody waits for it. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { CharlaError } from "../../../core/errors.ts";
import { importTooComplex } from "../errors.ts";
import type { Found } from "./read.ts";
import type { Place } from "./source.ts";
import type { Task, Told } from "./worker.ts";

/** MiB: a chat of 32 MiB as values, and as a chat of ours. */
const MEMORY = 1024;

/**
 * @param passed chats at the beginning that were found before
 * @throws CharlaError what `readChats` throws, `import_too_complex`; the signal's reason
 */
export async function* readThread(
  place: Place,
  passed: number,
  signal: AbortSignal,
): AsyncGenerator<Found> {
  signal.throwIfAborted();
  const program = new URL(`./worker${import.meta.url.slice(-3)}`, import.meta.url);
  const worker = new Worker(program, {
    workerData: { place, passed } satisfies Task,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
  });
  try {
    for (;;) {
      worker.postMessage("next");
      const [told] = (await once(worker, "message", { signal })) as [Told];
      if ("end" in told) return;
      if ("problem" in told) throw new CharlaError(told.problem.code, told.problem);
      yield told.found;
    }
  } catch (thrown) {
    signal.throwIfAborted();
    const memory = (thrown as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY";
    throw memory ? importTooComplex(thrown) : thrown;
  } finally {
    await worker.terminate();
  }
}
