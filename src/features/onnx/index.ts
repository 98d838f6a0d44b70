/** ONNX: write a model for other runtimes, and fetch the one that runs it here. `charla export onnx`, `charla onnx`. */
import type { Feature } from "../../core/feature.ts";
import { exportCommand, runtimeCommands } from "./commands.ts";
import type { Tools } from "./tools.ts";

/** @param tools of the engine for such files */
export const onnx = (
  tools: (log: (line: string, error?: unknown) => void) => Promise<Tools>,
): Feature => ({
  name: "onnx",
  commands(program, { language, log, settings }) {
    const open = () => tools(log);
    exportCommand(program, open, language);
    runtimeCommands(program, open, { language, home: settings.home });
  },
});
