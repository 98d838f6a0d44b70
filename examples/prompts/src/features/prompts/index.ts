/** Prompts: a person keeps texts that are asked again and again. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const prompts: Feature = {
  name: "prompts",
  spanish,
  load: async () => (await import("./open.ts")).prompts,
};
