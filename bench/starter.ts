/** The model that a benchmark uses when none is named. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Downloads and checks the starter model, if it is not there yet; gives its file. */
export function starter(): string {
  const script = fileURLToPath(new URL("../scripts/model.ts", import.meta.url));
  const stdio = ["ignore", "pipe", "inherit"] as const;
  return execFileSync(process.execPath, [script], { stdio: [...stdio], encoding: "utf8" }).trim();
}
