/** What the audit log says over HTTP; the page uses these types. */
import * as z from "zod";

export const entry = z.object({
  /** 1, 2, 3, ... without a gap. */
  seq: z.number(),
  at: z.iso.datetime(),
  /** Id of the person who did it, or "system". */
  actor: z.string(),
  act: z.string(),
  subject: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** SHA-256 in hex: of the entry before, and of this one with it. */
  previous: z.string(),
  hash: z.string(),
});
export type Entry = z.output<typeof entry>;

const name = z.string().min(1).max(200);

/** GET /api/audit: newest first. */
export const listQuery = z.strictObject({
  before: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  actor: name.optional(),
  act: name.optional(),
  subject: name.optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
});
export const listReply = z.object({
  items: z.array(entry),
  /** For `before`, to read on; null at the end. */
  nextBefore: z.number().nullable(),
});

/** GET /api/audit/verify */
export const verdict = z.object({
  rows: z.number(),
  head: z.object({ seq: z.number(), hash: z.string() }).nullable(),
  broken: z
    .object({ seq: z.number(), fault: z.enum(["changed", "missing", "beginning", "head"]) })
    .nullable(),
});
export type Verdict = z.output<typeof verdict>;
