/**
 * What machines ask a server: whether it is alive, whether it can answer, and what it offers.
 */
import * as z from "zod";
import { whoAsksIfAny } from "../../core/access.ts";
import type { EngineStatus } from "../../core/engine.ts";
import { openable } from "../../core/feature.ts";
import { route } from "../../core/route.ts";
import { errorBody, toOpenApi } from "./openapi.ts";

const alive = z.object({ state: z.literal("alive") });

const readiness = z.object({
  state: z.enum(["ready", "loading", "downloading", "missing", "failed"]),
  // The rest is null for who has not signed in: there may be files' paths and servers' names in it.
  /** Id of the model that answers by default, and the SHA-256 of its file. */
  model: z.string().nullable(),
  /** Of that model, for people. */
  name: z.string().nullable(),
  digest: z.string().nullable(),
  /** Where it computes. */
  engine: z.string().nullable(),
  /** What stands in for the chat template of the model's file, where that is missing or broken. */
  standIn: z
    .object({
      template: z.enum(["chatml", "guessed", "none"]),
      /** What is wrong with the file's own; null where it has none, as base models do. */
      reason: z.string().nullable(),
    })
    .nullable(),
  /** 0 to 1 while loading or downloading. */
  progress: z.number().nullable(),
  /** Why it is missing or has failed, as a sentence with the next step, and in parts. */
  reason: z.string().nullable(),
  error: errorBody.nullable(),
});
export type Readiness = z.output<typeof readiness>;

/** By the names of the features that this server has, their small facts. */
const features = z.record(
  z.string(),
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
);
export type Features = z.output<typeof features>;

export const api = openable({
  name: "api",
  open({ engines, others, settings }) {
    let reference: object | undefined;
    return {
      routes: [
        route({
          method: "get",
          path: "/healthz",
          access: "anyone",
          summary: "Answers as long as the process is alive.",
          reply: alive,
          handle: () => ({ state: "alive" }),
        }),
        route({
          method: "get",
          path: "/readyz",
          access: "anyone",
          knows: true,
          summary: "Says whether a model is ready to answer; 503 with the reason when not.",
          reply: readiness,
          handle() {
            const { state, model, ...why } = engines.status();
            const body = toReadiness(
              whoAsksIfAny() ? { state, model, ...why } : { state, model: null },
            );
            // It tells more to who has signed in, and in a moment something else to everybody.
            const headers = { "cache-control": "no-store" };
            return Response.json(body, { status: body.state === "ready" ? 200 : 503, headers });
          },
        }),
        route({
          method: "get",
          path: "/api/features",
          access: "anyone",
          summary: "Says what this server has, for the page to know what to show.",
          reply: features,
          handle: () => others.facts(),
        }),
        route({
          method: "get",
          path: "/openapi.json",
          compressed: true,
          access: "anyone",
          summary: "This reference, as an OpenAPI 3.1 document.",
          handle() {
            reference ??= toOpenApi(others.routes(), settings.version, settings.accounts);
            return reference;
          },
        }),
      ],
    };
  },
});

function toReadiness({ state, model, progress, error }: EngineStatus): Readiness {
  return {
    state,
    model: model?.id ?? null,
    name: model?.name ?? null,
    digest: model?.digest ?? null,
    engine: model?.device ?? null,
    standIn: model?.standIn ? { ...model.standIn, reason: model.standIn.reason ?? null } : null,
    progress: progress ?? null,
    reason: error ? `${error.message} ${error.hint}` : null,
    error: error?.toJSON() ?? null,
  };
}
