/** What features are told of the installation. */
import { hash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Settings } from "../core/feature.ts";
import { VERSION } from "./version.ts";

export const settingsOf = (config: Config): Settings => ({
  ...config,
  version: VERSION,
  policyVersion: policyVersion(config.policy, config.home),
});

/** SHA-256 of the policy as it stands there; "default" where there is none. */
export function policyVersion(path: string | undefined, home: string): string {
  const file = path ?? join(home, "policy.toml");
  return existsSync(file) ? hash("sha256", readFileSync(file), "hex") : "default";
}
