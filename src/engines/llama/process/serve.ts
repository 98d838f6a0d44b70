/** A model process at work: it answers calls until the server that started it is gone. */
import { flushCompileCache } from "node:module";
import { CharlaError } from "../../../core/errors.ts";
import { ModelProcess } from "./model-process.ts";
import type { Open } from "./opened.ts";
import { Outbox } from "./outbox.ts";
import type { Call, Failure } from "./protocol.ts";
import { startPulse } from "./pulse.ts";

/** @param open loads what computes */
export function serve(open: Open): void {
  startPulse();
  const running = new Map<number, AbortController>();
  const outbox = new Outbox((replies) => process.connected && process.send?.(replies));
  const model = new ModelProcess(open, () => outbox.flush());

  async function answer(call: Exclude<Call, { call: "cancel" }>): Promise<void> {
    const { id } = call;
    const controller = new AbortController();
    running.set(id, controller);
    const send = (part: unknown) => outbox.put({ id, part });
    try {
      await model.answer(call, send, controller.signal);
      outbox.put({ id, end: true });
      // It ends without notice, which is when Node would write what it has compiled (if it is to).
      if (call.call === "load") flushCompileCache();
    } catch (thrown) {
      outbox.put({ id, error: failure(thrown) });
    } finally {
      running.delete(id);
      outbox.flush();
    }
  }

  process.on("message", (call: Call) => {
    if (call.call === "cancel") running.get(call.id)?.abort();
    else void answer(call);
  });
  // The server is gone: nobody can ask any more. Signals from the terminal are the server's to heed.
  process.on("disconnect", () => process.exit());
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
}

function failure(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  if (!(thrown instanceof CharlaError)) {
    const { name, message, stack } = thrown;
    return { name, message, stack };
  }
  const { code, message, hint, status, param, params } = thrown;
  return { code, message, hint, status, params, param: param ?? undefined };
}
