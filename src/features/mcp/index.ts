/** Charla as a server of tools (MCP): what programs of a person's may ask of it, at `/mcp`. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const mcp: Feature = {
  name: "mcp",
  spanish,
  load: async () => (await import("./open.ts")).mcp,
};
