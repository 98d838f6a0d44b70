/** What the feature says over HTTP, and what an answer keeps of the facts that its model was told. */
import * as z from "zod";
import "../../core/parts.ts";
import { text } from "../../core/route.ts";

/** Characters of a fact. */
export const LONGEST = 300;

declare module "../../core/parts.ts" {
  interface Parts {
    /** Ids alone, so that a fact which is erased is in no chat any more. */
    memory: { readonly facts: readonly string[] };
  }
}

/** POST /api/memory/facts -> fact, PUT /api/memory/facts/:id -> fact */
export const factBody = z.strictObject({ text: text.trim().min(1).max(LONGEST) });

export const fact = z.object({
  id: z.string(),
  /** One line. */
  text: z.string(),
  /** Who worded it; what a model proposes is kept by its person's click alone. */
  by: z.enum(["person", "model"]),
  /** ISO times. */
  addedAt: z.string(),
  changedAt: z.string(),
});
export type Fact = z.output<typeof fact>;

/** PUT /api/memory -> memory. Off keeps the facts, tells them to no model and takes no new ones. */
export const memoryBody = z.strictObject({ active: z.boolean() });

/** GET /api/memory: one's own, oldest first. */
export const memory = z.object({
  active: z.boolean(),
  items: z.array(fact),
  /** So many there can be, and so many characters long. */
  most: z.number(),
  longest: z.number(),
});
export type Memory = z.output<typeof memory>;

// Without a schema of its own:
// DELETE /api/memory/facts/:id
