/** Images: brought along with questions, kept with their chats, and read where a model cannot see. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const images: Feature = {
  name: "images",
  spanish,
  load: async () => (await import("./open.ts")).images,
};
