/**
 * Metrics: every turn is measured, `/metrics` tells Prometheus, the log gets one line a turn, and
 * the page can look at the engines while they work.
 */
import { whoAsks } from "../../core/access.ts";
import type { Feature } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import { eventStream } from "../../core/sse.ts";
import { admit } from "./access.ts";
import { engineEvent } from "./api.ts";
import { Counted } from "./counted.ts";
import { watch } from "./live.ts";
import { Activity, type Asking, type Measured, measure, toRecord } from "./measure.ts";

export interface MetricsOptions {
  /** Asked of everybody at `/metrics`; without it only this machine may read. */
  readonly token?: string | undefined;
  /** Several people reach this machine, so that who sits at it is nobody special. */
  readonly shared?: boolean | undefined;
  /** The HTTP request that the caller works for; none on the command line. */
  asking(): Asking | undefined;
  /** Gets one object a turn, which holds no message text. */
  readonly record?: ((entry: object) => void) | undefined;
  /** Version of the organisation's policy, for the log. */
  readonly policy?: string | undefined;
  log(line: string, error?: unknown): void;
}

export function metrics({ token, shared, asking, record, policy, log }: MetricsOptions): Feature {
  const activity = new Activity();
  const stopping = new AbortController();
  /** Absent on the command line, where nobody could read it. */
  let counted: Counted | undefined;
  const done = (measured: Measured) => {
    record?.(toRecord(measured, policy));
    counted?.add(measured);
  };
  return {
    name: "metrics",
    steps: [measure(activity, asking, done)],
    routes(kit) {
      const loads = () => kit.engines.loads?.() ?? [];
      const instruments = new Counted(loads, log);
      counted = instruments;
      return [
        route({
          method: "get",
          path: "/metrics",
          access: "anyone",
          summary: "Gives the metrics in Prometheus' text format.",
          async handle({ request }) {
            admit(request, !shared && (asking()?.local ?? false), token);
            const type = "text/plain; version=0.0.4; charset=utf-8";
            return new Response(await instruments.text(), { headers: { "content-type": type } });
          },
        }),
        route({
          method: "get",
          path: "/api/engine",
          access: "session",
          summary: "Sends what the engines do as server-sent events, once a second.",
          reply: engineEvent,
          handle({ signal, log }) {
            const whole = whoAsks().role === "administrator";
            const ended = AbortSignal.any([signal, stopping.signal]);
            return eventStream(watch(activity, loads, whole, ended), log);
          },
        }),
      ];
    },
    stop: () => stopping.abort(),
  };
}
