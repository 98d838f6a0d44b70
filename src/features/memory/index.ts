/** Memory: facts that a person lets Charla keep, for the model to be told in each of their chats. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const memory: Feature = {
  name: "memory",
  spanish,
  load: async () => (await import("./open.ts")).memory,
};
