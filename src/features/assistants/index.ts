/** Assistants: settings of chats under a name and an icon, with versions, lent to others; and saved prompts. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const assistants: Feature = {
  name: "assistants",
  spanish,
  load: async () => (await import("./open.ts")).assistants,
};
