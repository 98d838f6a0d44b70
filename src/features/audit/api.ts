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
  /** Index of its entry in the log; null for what was written before there was one. */
  place: z.number().nullable(),
  /** The commitment in the log, in hex, and its salt. */
  hash: z.string(),
  salt: z.string().nullable(),
  /** Where `place` is null: the hash of the entry before, which is part of this one's. */
  previous: z.string().optional(),
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
  /** Of the log: its size and its root in hex. */
  head: z.object({ size: z.number(), root: z.string() }),
  broken: z
    .object({
      /** 0 where it is none in particular. */
      seq: z.number(),
      fault: z.enum(["changed", "missing", "beginning", "head", "signed"]),
    })
    .nullable(),
});
export type Verdict = z.output<typeof verdict>;
