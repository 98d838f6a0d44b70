/** Evaluation: measures models as a paper would, on what is served. `charla eval`. */
import type { Feature } from "../../core/feature.ts";
import { evaluationCommands } from "./commands/index.ts";
import spanish from "./errors.es.json" with { type: "json" };
import type { Tools } from "./tools.ts";

/** @param tools of the engine that has the files */
export const evaluation = (
  tools: (log: (line: string, error?: unknown) => void) => Promise<Tools>,
): Feature => ({
  name: "evaluation",
  spanish,
  commands: (program, ground) => evaluationCommands(program, () => tools(ground.log), ground),
  load: async () => (await import("./open.ts")).evaluation(tools),
});
