/**
 * Metrics: every turn is measured, `/metrics` tells Prometheus, the log gets one line a turn, and
 * the page can look at the engines while they work.
 */
import { whoAsks } from "../../core/access.ts";
import { type Bare, openable } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import { eventStream } from "../../core/sse.ts";
import { admit } from "./access.ts";
import { engineEvent } from "./api.ts";
import { Counted } from "./counted.ts";
import { watch } from "./live.ts";
import { Activity, type Measured, measure, toRecord } from "./measure.ts";

export const metrics = openable({
  name: "metrics",
  terminal: (bare) => [measure(new Activity(), bare.asking, noting(bare))],
  open(house) {
    const { engines, asking, settings, log, others } = house;
    const { accounts: shared, metricsToken: token } = settings;
    const activity = new Activity();
    const stopping = new AbortController();
    const loads = () => engines.loads?.() ?? [];
    const counted = new Counted(loads, log);
    const note = noting(house);
    const done = (measured: Measured) => {
      note(measured);
      counted.add(measured);
    };
    return {
      steps: [measure(activity, asking, done)],
      routes: [
        route({
          method: "get",
          path: "/metrics",
          access: "anyone",
          summary: "Gives the metrics in Prometheus' text format.",
          gives: ["text/plain"],
          async handle({ request }) {
            // Where several people reach this machine, who sits at it is nobody special.
            admit(request, !shared && (asking()?.local ?? false), token);
            const type = "text/plain; version=0.0.4; charset=utf-8";
            return new Response(await counted.text(await others.gauges()), {
              headers: { "content-type": type },
            });
          },
        }),
        route({
          method: "get",
          path: "/api/engine",
          access: "session",
          summary: "Sends what the engines do as server-sent events, once a second.",
          gives: ["text/event-stream"],
          reply: engineEvent,
          handle({ signal, log }) {
            const whole = whoAsks().role === "administrator";
            const ended = AbortSignal.any([signal, stopping.signal]);
            return eventStream(watch(activity, loads, whole, ended), log);
          },
        }),
      ],
      stop: () => stopping.abort(),
    };
  },
});

/** One object a turn for the log, which holds no message text. */
const noting =
  ({ note, settings }: Bare) =>
  (measured: Measured) =>
    note?.(toRecord(measured, settings.policyVersion));
