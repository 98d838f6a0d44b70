/** From the name of a measure to a plan, which says in words what was measured. */
import type { Measure } from "../../../core/measure.ts";
import type { Begun } from "../begin.ts";
import type { MeasurePlan } from "../plan.ts";
import { measureIn } from "./measured.ts";

interface Wanted {
  readonly measure: string;
  /** That of the published figures when absent. */
  readonly seed?: number | undefined;
}

/** @throws CharlaError `evaluation_measure_not_found` */
export async function measureOf(
  measures: readonly Measure[],
  { measure, seed: wanted }: Wanted,
  version: string,
): Promise<Begun<MeasurePlan>> {
  const found = measureIn(measures, measure);
  const { seed: published, cases, notes } = await found.load();
  const seed = wanted ?? published;
  const { count, bytes, digest, languages } = cases(seed);
  return {
    plan: {
      ...{ kind: "measure", models: [], measure, title: found.title, notes: [...notes] },
      ...{ seed, version },
      source: {
        ...{ name: measure, digest, bytes, documents: count },
        ...{ languages: [...languages], licence: "Apache-2.0" },
      },
    },
    // The cases come with Charla; which ones they were is told by their digest.
    content: "",
  };
}
