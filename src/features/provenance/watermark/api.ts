/** What the watermark says over HTTP; the page uses these types. */
import * as z from "zod";
import { text } from "../../../core/route.ts";

/** Characters of a text that is looked at: some 15,000 words. */
export const MAX_TEXT = 100_000;

export const detectBody = z.strictObject({
  text: text.min(1).max(MAX_TEXT),
  /** Whose words the text is cut into; the model that answers by default if absent. */
  model: z.string().max(1000).optional(),
});

const span = { from: z.number(), to: z.number() };

export const detectReply = z.object({
  /**
   * found: marked by this server. unclear: it may be. none: no mark was found, which proves nothing.
   * inconclusive: the text is too short to say.
   */
  verdict: z.enum(["found", "unclear", "none", "inconclusive"]),
  /** At most so often text of others looks like this: in coarse steps, from 1 down to 1e-12. */
  chance: z.number(),
  tokens: z.number(),
  /** Tokens that count: each first to follow the four before it. */
  scored: z.number(),
  key: z.object({ id: z.string(), since: z.iso.datetime() }).optional(),
  /** Where it is surest, in characters of the text. */
  passage: z.object(span).optional(),
  /** Stretches of the text: 0 carries no mark, 3 much of it. */
  heat: z.array(z.object({ ...span, level: z.int().min(0).max(3) })).optional(),
});
export type DetectReply = z.output<typeof detectReply>;
