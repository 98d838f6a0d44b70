/** Provenance: an answer that can be recognised, proved and computed again. */
import type { Feature } from "../../core/feature.ts";
import { anchorCommand } from "./anchor/commands.ts";
import spanish from "./errors.es.json" with { type: "json" };
import { logCommand } from "./log/commands.ts";
import { membershipCommand } from "./membership/command.ts";
import { replayCommand } from "./replay/command.ts";
import { verifyCommand } from "./verify/command.ts";

export const provenance: Feature = {
  name: "provenance",
  spanish,
  commands(program, ground) {
    verifyCommand(program, ground);
    replayCommand(program, ground);
    anchorCommand(program, ground);
    logCommand(program, ground);
    membershipCommand(program, ground);
  },
  load: async () => (await import("./open.ts")).provenance,
};
