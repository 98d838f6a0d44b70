/**
 * `grpc.health.v1.Health`: a service serves when a model is ready to answer.
 * Source: grpc/grpc, doc/health-checking.md.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Engines } from "../../core/engine.ts";
import type { Message, Methods } from "./services.ts";

/** The numbers of the protocol. */
const [SERVING, NOT_SERVING, SERVICE_UNKNOWN] = [1, 2, 3];
/** How often a watcher's answer is looked at again, in milliseconds. */
const LOOK_MS = 1000;

export function health(
  engines: Pick<Engines, "status">,
  names: readonly string[],
  stopping: AbortSignal,
): Methods {
  const statusOf = ({ service }: Message) => {
    // "" is the server as a whole.
    if (service !== "" && !names.includes(service)) return SERVICE_UNKNOWN;
    return engines.status().state === "ready" && !stopping.aborted ? SERVING : NOT_SERVING;
  };
  return {
    check(request) {
      const status = statusOf(request);
      if (status === SERVICE_UNKNOWN) throw new ConnectError("unknown service", Code.NotFound);
      return { status };
    },
    async *watch(request, { signal }) {
      const over = AbortSignal.any([signal, stopping]);
      let told: number | undefined;
      for (;;) {
        const status = statusOf(request);
        if (status !== told) yield { status };
        told = status;
        if (stopping.aborted) return;
        await sleep(LOOK_MS, undefined, { signal: over }).catch(() => {});
        if (signal.aborted) return;
      }
    },
  };
}
