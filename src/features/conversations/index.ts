/** Conversations that last: stored as they happen, found again, branched, taken along. */
import type { Feature } from "../../core/feature.ts";
import { importCommand } from "./command.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const conversations: Feature = {
  name: "conversations",
  spanish,
  commands: importCommand,
  load: async () => (await import("./open.ts")).conversations,
};
