/** Voice: people speak to a chat and have answers read to them, by models of this machine. `charla voice`. */
import type { Feature } from "../../core/feature.ts";
import { voiceCommands } from "./commands.ts";
import spanish from "./errors.es.json" with { type: "json" };
import type { MakeTools } from "./shelf/tools.ts";

/** @param tools that fetch files from where models come from */
export const voice = (tools: MakeTools): Feature => ({
  name: "voice",
  spanish,
  commands: (program, ground) => voiceCommands(program, tools, ground),
  load: async () => (await import("./open.ts")).voice(tools),
});
