/** What an organisation says of its costs: the section `[cost]` of its policy. */
import * as z from "zod";

const price = z.number().min(0).max(1e9);

export const costPolicy = z.strictObject({
  /** Of all prices; a code of ISO 4217. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default("EUR"),
  /** Of the machine, for an hour in which it computes. */
  per_hour: price.default(0),
  /** What it draws then, and what a kilowatt-hour of that costs; added to the hour. */
  watts: price.default(0),
  per_kwh: price.default(0),
  /** By the ids of models that are paid by the token, of another's server above all. */
  models: z
    .record(
      z.string().min(1),
      /** For 1,000 tokens. */
      z.strictObject({ input: price.default(0), output: price.default(0) }),
    )
    .default({}),
});
export type CostPolicy = z.output<typeof costPolicy>;

/** Of the machine, for an hour in which it computes. */
export const hourOf = ({ per_hour, watts, per_kwh }: CostPolicy) =>
  per_hour + (watts / 1000) * per_kwh;

/** Nothing is counted where nothing is said. */
export const isOn = (policy: CostPolicy) =>
  hourOf(policy) > 0 || Object.keys(policy.models).length > 0;
