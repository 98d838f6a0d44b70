/** Quantise: make a model's file smaller, and measure what that costs. `charla quantize`. */
import type { Feature } from "../../core/feature.ts";
import { quantizeCommand } from "./command.ts";
import spanish from "./errors.es.json" with { type: "json" };
import type { Tools } from "./tools.ts";

/** @param tools of the engine that has the files */
export const quantize = (
  tools: (log: (line: string, error?: unknown) => void) => Promise<Tools>,
): Feature => ({
  name: "quantize",
  spanish,
  commands: (program, { language, log }) => quantizeCommand(program, () => tools(log), language),
});
