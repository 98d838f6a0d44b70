/** Cost: what answers cost where the policy says what the machine or the models do. */
import type { Feature } from "../../core/feature.ts";

export const cost: Feature = {
  name: "cost",
  load: async () => (await import("./open.ts")).cost,
};
