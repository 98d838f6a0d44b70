/** What an organisation may decide about it: the section `[recall]` of its policy. */
import * as z from "zod";

export const recallPolicy = z.strictObject({
  /** Whether chats that say nothing themselves look up what no longer fits the window. */
  lookup: z.boolean().default(true),
  /** Whether models that have passed summarise their own answers that no longer fit. */
  summaries: z.boolean().default(true),
});
export type RecallPolicy = z.output<typeof recallPolicy>;
