/** Accounts: who people are, how they come in, and who may do what. */
import type { Feature } from "../../core/feature.ts";
import { accountCommand } from "./commands.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const accounts: Feature = {
  name: "accounts",
  spanish,
  commands: accountCommand,
  load: async () => (await import("./open.ts")).accounts,
};
