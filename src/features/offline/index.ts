/** Offline: gives browsers what they need to answer by themselves, an engine and models of the shelf. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };
import type { Where } from "./shelf.ts";

/** @param where finds the models of the engines */
export const offline = (where: () => Promise<Where>): Feature => ({
  name: "offline",
  spanish,
  load: async () => (await import("./open.ts")).offline(await where()),
});
