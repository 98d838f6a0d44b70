/** Guard: keeps hidden text out and secrets in, and marks what comes from outside. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const guard: Feature = {
  name: "guard",
  spanish,
  measures: [
    {
      name: "guard",
      title: { en: "The guard", es: "La protección" },
      about: {
        en: "how well the guard keeps attacks out and secrets in",
        es: "cuánto para la protección los ataques y guarda los secretos",
      },
      load: async () => (await import("./measure/index.ts")).measuring,
    },
  ],
  load: async () => (await import("./open.ts")).guard,
};
