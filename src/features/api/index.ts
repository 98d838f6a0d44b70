/**
 * What machines ask a server: whether it is alive, whether it can answer, and what it offers.
 */
import * as z from "zod";
import { whoAsksIfAny } from "../../core/access.ts";
import type { EngineStatus } from "../../core/engine.ts";
import type { Feature } from "../../core/feature.ts";
import { type Route, route } from "../../core/route.ts";
import { errorBody, toOpenApi } from "./openapi.ts";

export interface ApiOptions {
  /** Charla's own version, for the reference. */
  readonly version: string;
  /** All routes of the server, these included; called when the reference is first read. */
  routes(): readonly Route[];
}

const alive = z.object({ state: z.literal("alive") });

const readiness = z.object({
  state: z.enum(["ready", "loading", "downloading", "missing", "failed"]),
  // The rest is null for who has not signed in: there may be files' paths and servers' names in it.
  /** Id of the model that answers by default, and the SHA-256 of its file. */
  model: z.string().nullable(),
  digest: z.string().nullable(),
  /** Where it computes. */
  engine: z.string().nullable(),
  /** 0 to 1 while loading or downloading. */
  progress: z.number().nullable(),
  /** Why it is missing or has failed, as a sentence with the next step, and in parts. */
  reason: z.string().nullable(),
  error: errorBody.nullable(),
});
export type Readiness = z.output<typeof readiness>;

export function api({ version, routes }: ApiOptions): Feature {
  let reference: object | undefined;
  return {
    name: "api",
    routes: (kit) => [
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
          const { state, model, ...why } = kit.engines.status();
          const body = toReadiness(
            whoAsksIfAny() ? { state, model, ...why } : { state, model: null },
          );
          return Response.json(body, { status: body.state === "ready" ? 200 : 503 });
        },
      }),
      route({
        method: "get",
        path: "/openapi.json",
        access: "anyone",
        summary: "This reference, as an OpenAPI 3.1 document.",
        handle() {
          reference ??= toOpenApi(routes(), version);
          return reference;
        },
      }),
    ],
  };
}

function toReadiness({ state, model, progress, error }: EngineStatus): Readiness {
  return {
    state,
    model: model?.id ?? null,
    digest: model?.digest ?? null,
    engine: model?.device ?? null,
    progress: progress ?? null,
    reason: error ? `${error.message} ${error.hint}` : null,
    error: error?.toJSON() ?? null,
  };
}
