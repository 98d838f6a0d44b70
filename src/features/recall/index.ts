/** Recall: what no longer fits a model's window is found again when a question has to do with it. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const recall: Feature = {
  name: "recall",
  spanish,
  load: async () => (await import("./open.ts")).recall,
};
