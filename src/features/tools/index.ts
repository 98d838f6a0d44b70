/** Tools: what a model can do in a person's chat beside writing, and the gate in front of it. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };
import type { Reach } from "./reach.ts";

/** @param reach the way to addresses that somebody else has chosen */
export const tools = (reach: () => Promise<Reach>): Feature => ({
  name: "tools",
  spanish,
  load: async () => (await import("./open.ts")).toolsOf(reach),
});
