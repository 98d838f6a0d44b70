/**
 * Traces: a span for each request that does something, one in it for each turn, and in that the wait
 * for a slot, the reading of the prompt (prefill) and the writing of the answer (decode). They hold
 * numbers and names of Charla's own, and never a text. Off unless the policy names a receiver (OTLP
 * over HTTP); the library is loaded only then.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";
import * as z from "zod";
import { watching } from "../../core/deltas.ts";
import { CharlaError } from "../../core/errors.ts";
import { openable } from "../../core/feature.ts";
import type { Route } from "../../core/route.ts";
import type { Step } from "../../core/turn.ts";
import type { Parent, TurnSpan } from "./spans.ts";

const tracingPolicy = z.strictObject({
  /** Of the receiver, to which "/v1/traces" is added; nothing is traced where it is empty. */
  url: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]).default(""),
  /** Of all requests, 0 to 1. */
  share: z.number().min(0).max(1).default(1),
});

export const tracing = openable({
  name: "tracing",
  policy: { section: "tracing", schema: tracingPolicy },
  open({ policy, settings, asking, log }) {
    if (policy.url === "") return {};
    const loading = import("./spans.ts").then(({ Spans }) => {
      return new Spans({ ...policy, version: settings.version, log });
    });
    const current = new AsyncLocalStorage<Parent>();

    const gate =
      ({ path }: Route): MiddlewareHandler =>
      async (c, next) => {
        const spans = await loading;
        const { outgoing } = c.env as HttpBindings;
        const { method, headers } = c.req.raw;
        const span = spans.request(method, path, headers.get("traceparent"), asking()?.id);
        // A stream's span ends with its last byte, or when its client is gone.
        const end = () => span.end(outgoing.statusCode);
        if (outgoing.closed || outgoing.destroyed) end();
        else outgoing.once("close", end);
        await current.run(span.parent, next);
      };

    const step: Step = (turn, next) => {
      // Who reads the deltas later may no longer work for the request.
      const parent = current.getStore();
      let span: TurnSpan | undefined;
      const open = async () => {
        span = (await loading).turn(turn, parent);
        return next(turn);
      };
      return watching(open, {
        start(delta) {
          span?.start(delta.start);
          return delta;
        },
        text(delta) {
          span?.text();
          return delta;
        },
        finish(delta) {
          span?.finish(delta.finish);
          return delta;
        },
        fail(thrown) {
          span?.fail(turn.signal.aborted ? "cancelled" : CharlaError.from(thrown).code);
        },
        end: () => span?.end(),
      });
    };

    return {
      steps: [step],
      // What only looks is asked every second by somebody, and tells nothing here.
      gates: (route) => (route.method === "get" ? [] : [gate(route)]),
      stop: async () => (await loading).stop(),
    };
  },
});
