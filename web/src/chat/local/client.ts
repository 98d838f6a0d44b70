/** The model in the browser as a page asks it: loaded once, one answer at a time. */
import { trusted } from "../../ui/trusted.ts";
import { words } from "../../ui/words.ts";
import { failure, type Problem } from "../problem.ts";
import type { Ask, Ended, Load, Order, Told } from "./wllama.threads.worker.ts";
import workerUrl from "./wllama.threads.worker.ts?worker&url";

const t = words(
  {
    broken: "The model could not go on in this browser: {reason}",
    hint: "Close other tabs, which use memory too, and try again. If it happens again, take a smaller model.",
  },
  {
    broken: "El modelo no ha podido seguir en este navegador: {reason}",
    hint: "Cierra otras pestañas, que también usan memoria, e inténtalo de nuevo. Si vuelve a pasar, usa un modelo más pequeño.",
  },
);

export interface LocalModel {
  readonly threads: number;
  /** @throws failure; ends soon and as "cancelled" once the signal is aborted */
  ask(
    what: Ask,
    onText: (text: string, thought: boolean) => void,
    signal: AbortSignal,
  ): Promise<Ended>;
  close(): void;
}

/** Half of what the browser tells of: the other half are often the same cores. One where memory cannot be shared. */
const threadsHere = (): number =>
  globalThis.crossOriginIsolated
    ? Math.max(1, Math.min(8, Math.floor(navigator.hardwareConcurrency / 2)))
    : 1;

/** @throws failure where the browser has not got the memory, or lacks what WebAssembly needs */
export async function loadModel(files: Omit<Load, "threads">): Promise<LocalModel> {
  const worker = new Worker(trusted(workerUrl), { type: "module" });
  const send = (order: Order) => worker.postMessage(order);
  const next = (onText: (text: string, thought: boolean) => void = () => {}) =>
    new Promise<Exclude<Told, { type: "text" | "failed" }>>((resolve, reject) => {
      worker.onerror = ({ message }) => reject(broken(message));
      worker.onmessage = ({ data }: MessageEvent<Told>) => {
        if (data.type === "text") onText(data.text, data.thought);
        else if (data.type === "failed") reject(said(data.problem, data.reason));
        else resolve(data);
      };
    });
  const loading = next();
  send({ type: "load", ...files, threads: threadsHere() });
  const loaded = await loading.catch((thrown) => {
    worker.terminate();
    throw thrown;
  });
  return {
    threads: loaded.type === "loaded" ? loaded.threads : 1,
    async ask(what, onText, signal) {
      signal.throwIfAborted();
      const stop = () => send({ type: "stop" });
      signal.addEventListener("abort", stop);
      const ending = next(onText);
      send({ type: "ask", ...what });
      try {
        const told = await ending;
        if (told.type !== "end") throw broken(told.type);
        return told.end;
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
    close: () => worker.terminate(),
  };
}

const said = (problem: Partial<Problem>, reason: string) =>
  problem.code ? failure(problem as Problem) : broken(reason);

const broken = (reason: string) =>
  failure({
    ...{ code: "local_model", message: t("broken"), hint: t("hint") },
    ...{ retryable: true, params: { reason } },
  });
