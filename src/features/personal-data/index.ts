/** Personal data: found, and masked before anything stores, logs or computes it. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const personalData: Feature = {
  name: "personal-data",
  spanish,
  measures: [
    {
      name: "personal-data",
      title: { en: "Personal data", es: "Datos personales" },
      about: {
        en: "how well personal data is found, and what is taken for it",
        es: "cuántos datos personales se encuentran y qué se confunde con ellos",
      },
      load: async () => (await import("./measure/index.ts")).measuring,
    },
  ],
  load: async () => (await import("./open.ts")).personalData,
};
