/** What the feature says over HTTP: the schemas document its routes, and the page uses their types. */
import * as z from "zod";
import { text } from "../../core/route.ts";

/** Characters; each chat has so many tokens less for what is said in it. */
const MAX = 10_000;

/** GET and PUT /api/instructions, each the whole of it. */
export const instructions = z.strictObject({
  /** In front of each chat's own system prompt; empty for none. */
  text: text.max(MAX),
  /** False keeps the text and says it to no model. */
  active: z.boolean(),
});
export type Instructions = z.output<typeof instructions>;
