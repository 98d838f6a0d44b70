/** What features measure of themselves, as runs keep it: found by its name, and its tables. */
import * as z from "zod";
import type { Measure, Measuring } from "../../../core/measure.ts";
import { measureNotFound } from "../errors.ts";

export const words = z.object({ en: z.string(), es: z.string() });
const share = z.object({ hits: z.number(), of: z.number() });

/** Of one part of a measure: `Measured` of the core. */
export const measured = z.object({
  title: words,
  columns: z.array(words),
  rows: z.array(z.object({ label: words, shares: z.array(share) })),
});
export type Kept = z.output<typeof measured>;

/** @throws CharlaError `evaluation_measure_not_found` */
export function measureIn(measures: readonly Measure[], name: string): Measure {
  const found = measures.find((one) => one.name === name);
  if (!found) throw measureNotFound(name, measures.map((one) => one.name).join(", "));
  return found;
}

/** @throws CharlaError `evaluation_measure_not_found` */
export const measuringIn = (measures: readonly Measure[], name: string): Promise<Measuring> =>
  measureIn(measures, name).load();
