/** Guard: keeps hidden text out and secrets in, and marks what comes from outside. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const guard: Feature = {
  name: "guard",
  spanish,
  load: async () => (await import("./open.ts")).guard,
};
