/** What limits say over HTTP: what each route takes and gives. The page imports the types. */
import * as z from "zod";

const level = z.object({ limit: z.int(), remaining: z.int(), resetSeconds: z.int() }).nullable();

/** Null is no limit. */
export const limits = z.object({
  requests: level,
  tokens: level,
  /** Tokens of this month, UTC. */
  budget: z
    .object({ limit: z.int(), used: z.int(), remaining: z.int(), resets: z.iso.datetime() })
    .nullable(),
});
export type Limits = z.output<typeof limits>;

/** What an administrator sees and decides of one person. */
export const personBudget = z.object({
  /** Tokens for a month; null: the policy's; 0: no limit. */
  tokens: z.int().nullable(),
  /** What holds now, whoever has decided it; 0: no limit. */
  limit: z.int(),
  used: z.int(),
});
export type PersonBudget = z.output<typeof personBudget>;

export const budgetBody = z.strictObject({ tokens: z.int().min(0).max(1e12).nullable() });
