/** Audit: writes administrative acts down for good, and shows them to administrators. */
import type { Feature } from "../../core/feature.ts";
import { auditCommand } from "./commands.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const audit: Feature = {
  name: "audit",
  spanish,
  commands: auditCommand,
  load: async () => (await import("./open.ts")).audit,
};
