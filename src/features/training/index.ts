/** Training: makes the model that is served better at one's own work, and shows whether it is. */
import type { Feature } from "../../core/feature.ts";
import { trainingCommands } from "./commands/index.ts";
import spanish from "./errors.es.json" with { type: "json" };
import type { MakeTools } from "./tools.ts";

/** @param tools of the engine that has the files */
export const training = (tools: MakeTools): Feature => ({
  name: "training",
  spanish,
  commands: (program, ground) => trainingCommands(program, () => tools(ground.log), ground),
  load: async () => (await import("./open.ts")).training(tools),
});
