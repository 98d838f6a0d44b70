/** Quantise: make a model's file smaller, and measure what that costs. `charla quantize`. */
import type { Feature } from "../../core/feature.ts";
import type { Language } from "../../locales/index.ts";
import { quantizeCommand } from "./command.ts";
import type { Tools } from "./tools.ts";

/** @param language of the terminal */
export function quantize(tools: Tools, language: Language = "en"): Feature {
  return {
    name: "quantize",
    commands: (program) => quantizeCommand(program, tools, language),
  };
}
