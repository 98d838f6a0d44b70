/** Instructions: what a person wants every chat of theirs to begin with. */
import type { Feature } from "../../core/feature.ts";

export const instructions: Feature = {
  name: "instructions",
  load: async () => (await import("./open.ts")).instructions,
};
