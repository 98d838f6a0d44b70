/** Rights: what people may ask for what is stored of them. */
import type { Feature } from "../../core/feature.ts";
import { rightsCommands } from "./commands.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const rights: Feature = {
  name: "rights",
  spanish,
  commands: rightsCommands,
  load: async () => (await import("./open.ts")).rights,
};
