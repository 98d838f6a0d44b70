/** Presets: settings of a chat that a person keeps under a name, for chats to come. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const presets: Feature = {
  name: "presets",
  spanish,
  load: async () => (await import("./open.ts")).presets,
};
