/** What the receipts say over HTTP; `core/receipts.ts` explains the fields. */
import * as z from "zod";

export const receiptsReply = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      /** Null for an answer that is stored nowhere. */
      conversation: z.string().nullable(),
      message: z.string().nullable(),
      /** Index of the entry in the log. */
      seq: z.number(),
      created_at: z.iso.datetime(),
    }),
  ),
});

export const receiptReply = z.looseObject({
  format: z.literal("charla.receipt"),
  version: z.literal(1),
  entry: z.looseObject({ kind: z.string() }),
  index: z.number(),
  proof: z.array(z.string()),
  checkpoint: z.string(),
  key: z.string(),
});
