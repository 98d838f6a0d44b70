/** Personal data: found, and masked before anything stores, logs or computes it. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const personalData: Feature = {
  name: "personal-data",
  spanish,
  load: async () => (await import("./open.ts")).personalData,
};
