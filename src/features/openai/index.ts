/** OpenAI's API, so that its clients and those of others work with Charla unmodified. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const openai: Feature = {
  name: "openai",
  spanish,
  load: async () => (await import("./open.ts")).openai,
};
