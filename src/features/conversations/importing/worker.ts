/** The thread that reads an export: it gives one chat, and the next when it is asked. */
import { parentPort, workerData } from "node:worker_threads";
import { CharlaError } from "../../../core/errors.ts";
import { type Found, readChats } from "./read.ts";
import { openSource, type Place } from "./source.ts";

/** What the thread is begun with. */
export interface Task {
  readonly place: Place;
  readonly passed: number;
}

export type Told =
  | { readonly found: Found }
  | { readonly end: true }
  | { readonly problem: ConstructorParameters<typeof CharlaError>[1] & { readonly code: string } };

const tell = (told: Told) => parentPort?.postMessage(told);
const asked = () => new Promise<void>((resolve) => parentPort?.once("message", () => resolve()));

try {
  const { place, passed } = workerData as Task;
  await using source = await openSource(place);
  await asked();
  for await (const found of readChats(source, passed)) {
    tell({ found });
    await asked();
  }
  tell({ end: true });
} catch (thrown) {
  // What is no error of ours ends the thread, and so the job.
  if (!(thrown instanceof CharlaError)) throw thrown;
  const { code, status, message, hint, params } = thrown;
  tell({ problem: { code, status, message, hint, params } });
}
parentPort?.close();
