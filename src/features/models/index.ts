/** Models: a library of files to choose from, download and switch between, in page and terminal. */
import type { Feature } from "../../core/feature.ts";
import { modelCommands } from "./commands.ts";
import spanish from "./errors.es.json" with { type: "json" };
import type { Where } from "./library.ts";

/** @param where finds the library of the engines */
export const models = (where: () => Promise<Where>): Feature => ({
  name: "models",
  spanish,
  commands: (program, ground) =>
    modelCommands(program, async () => (await where()).open(ground.log), ground),
  load: async () => (await import("./open.ts")).models(await where()),
});
