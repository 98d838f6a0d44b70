/** Limits: how much a person, a key and an address may ask for. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const limits: Feature = {
  name: "limits",
  spanish,
  load: async () => (await import("./open.ts")).limits,
};
