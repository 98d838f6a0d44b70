/** Metrics: every turn is measured, for Prometheus, the log and the page. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const metrics: Feature = {
  name: "metrics",
  spanish,
  load: async () => (await import("./open.ts")).metrics,
};
