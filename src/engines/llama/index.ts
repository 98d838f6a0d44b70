/**
 * The embedded engine at its smallest: llama.cpp through node-llama-cpp, in a process of its own, one
 * answer after the other. The engine of the whole product is in `service/` and `process/`.
 */
import { fork } from "node:child_process";
import type { Engine } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import type { ModelCard } from "../../core/types.ts";
import type { Call, LoadOptions, Reply } from "./protocol.ts";

/** A batch takes seconds on a slow machine; a process that heeds no cancel for longer has hung. */
const PATIENCE_MS = 20_000;

type Unnumbered<T> = T extends Call ? Omit<T, "id"> : never;

/** Starts the process and loads the model. @throws CharlaError `engine_failed`, `engine_stopped` */
export async function startLlama(load: LoadOptions): Promise<Engine> {
  // `.ts` when run from the clone, `.js` in the published package.
  const worker = new URL(`./worker${import.meta.url.slice(-3)}`, import.meta.url);
  // Apart from the terminal's job: Ctrl-C is the server's to heed.
  const stdio = ["ignore", "inherit", "inherit", "ipc"] as const;
  const child = fork(worker, { stdio: [...stdio], execArgv: [], detached: true });
  const readers = new Map<number, (reply: Reply | "gone") => void>();
  child.on("message", (reply: Reply) => readers.get(reply.id)?.(reply));
  const { promise: exited, resolve } = Promise.withResolvers<void>();
  const gone = () => {
    for (const read of readers.values()) read("gone");
    resolve();
  };
  child.on("exit", gone);
  child.on("error", gone); // it did not start, or died while it was being written to
  let calls = 0;

  /** Sends a call and streams its parts; to stop reading is to cancel it. */
  function ask<Part>(call: Unnumbered<Call>, abort?: AbortSignal): ReadableStream<Part> {
    const id = calls++;
    const cancel = () => {
      if (child.connected) child.send({ id, call: "cancel" } satisfies Call);
      setTimeout(() => readers.has(id) && kill(), PATIENCE_MS).unref();
    };
    return new ReadableStream<Part>({
      start(controller) {
        const read = (reply: Reply | "gone") => {
          if (reply !== "gone" && "part" in reply) return controller.enqueue(reply.part as Part);
          readers.delete(id);
          abort?.removeEventListener("abort", cancel);
          if (reply === "gone") controller.error(stopped(load.name));
          else if ("error" in reply) controller.error(failed(load.name, reply.error));
          else controller.close();
        };
        readers.set(id, read);
        if (!child.connected) return read("gone");
        child.send({ ...call, id });
        abort?.addEventListener("abort", cancel);
        if (abort?.aborted) cancel();
      },
      cancel() {
        readers.delete(id);
        cancel();
      },
    });
  }

  /** For calls with one part. */
  const one = async <Part>(call: Unnumbered<Call>) =>
    (await ask<Part>(call).getReader().read()).value as Part;

  const kill = () => child.kill("SIGKILL");
  const card = await one<ModelCard>({ call: "load", options: load }).catch((error: unknown) => {
    kill();
    throw error;
  });

  return {
    card,
    exactCount: true,
    countTokens: (messages) => one<number>({ call: "count", messages }),
    generate: ({ signal, ...request }) => ask({ call: "generate", request }, signal),
    async close() {
      kill();
      await exited;
    },
  };
}

function stopped(name: string): CharlaError {
  return new CharlaError("engine_stopped", {
    status: 503,
    message: "The model process of {name} stopped.",
    hint: "Ask again; if it does not come back, start Charla again. What was written is kept.",
    params: { name },
  });
}

function failed(name: string, reason: string): CharlaError {
  return new CharlaError("engine_failed", {
    message: "The model process of {name} failed: {reason}",
    hint: "Try another model; the reason says what this one did not accept.",
    params: { name, reason },
  });
}
