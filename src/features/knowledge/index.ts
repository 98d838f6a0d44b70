/** Knowledge: files that people give to their chats, searched, and cited in answers. `charla files`. */
import type { Feature } from "../../core/feature.ts";
import { fileCommands } from "./commands.ts";
import spanish from "./errors.es.json" with { type: "json" };
import type { MakeTools } from "./meaning/tools.ts";

/** @param tools of the engine that has the files of models */
export const knowledge = (tools: MakeTools): Feature => ({
  name: "knowledge",
  spanish,
  commands: (program, ground) => fileCommands(program, tools, ground),
  load: async () => (await import("./open.ts")).knowledge(tools),
});
