/**
 * Private Python environments for the peers, in the system's cache folder: made when first needed,
 * used again afterwards.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { launch } from "../processes.ts";

/** What each environment holds. Changing a line makes a new environment. */
const PACKAGES = {
  "llama-server": ["xllamacpp==2026.10.11549"],
  transformers: ["torch==2.13.0", "transformers==5.23.0", "accelerate==1.15.0", "gguf==0.19.0"],
  litellm: ["litellm[proxy]==1.106.2"],
  // torch is named since pip would take a build for GPUs, several gigabytes, on its own.
  "open-webui": ["open-webui==0.12.4", "torch==2.13.0"],
} as const;
export type Environment = keyof typeof PACKAGES;

/** Made once a run, also when two workloads need it. */
const made = new Map<Environment, Promise<string>>();

/**
 * @returns folder of the environment's programs
 * @throws Error with the installer's last words
 */
export function environment(name: Environment): Promise<string> {
  const known = made.get(name) ?? make(name);
  made.set(name, known);
  return known;
}

async function make(name: Environment): Promise<string> {
  const folder = join(cacheFolder(), name);
  const programs = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const packages = PACKAGES[name];
  // Written last, so that an installation that was cut short is not taken for a whole one.
  const complete = join(folder, `${packages.join("+").replace(/[^\w.=+-]/g, "_")}.complete`);
  if (existsSync(complete)) return programs;
  const began = performance.now();
  console.error(`${name}: installing ${packages.join(", ")} in ${folder}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await finished("python3", ["-m", "venv", folder]);
  await finished(join(programs, "python"), ["-m", "pip", "install", "--quiet", ...packages]);
  writeFileSync(complete, "");
  console.error(`${name}: installed in ${Math.round((performance.now() - began) / 1000)} s`);
  return programs;
}

/** For the report. */
export const versions = (name: string): readonly string[] => PACKAGES[name as Environment] ?? [];

async function finished(command: string, args: readonly string[]): Promise<void> {
  const program = launch(command, args);
  program.child.stdin?.end();
  await program.ended;
}

function cacheFolder(): string {
  const xdg = process.env.XDG_CACHE_HOME;
  const caches = xdg && isAbsolute(xdg) ? xdg : join(homedir(), ".cache");
  return join(caches, "charla-bench");
}
