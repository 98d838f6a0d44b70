/** Traces of requests and turns for OpenTelemetry, where the policy names a receiver. */
import type { Feature } from "../../core/feature.ts";

export const tracing: Feature = {
  name: "tracing",
  load: async () => (await import("./open.ts")).tracing,
};
