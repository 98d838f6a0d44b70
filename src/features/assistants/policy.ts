/** What an organisation may decide about assistants: the section `[assistants]` of its policy. */
import * as z from "zod";

export const assistantsPolicy = z.strictObject({
  /** Whether people may lend assistants of theirs to everybody who has an account here. */
  lending: z.boolean().default(true),
});
export type AssistantsPolicy = z.output<typeof assistantsPolicy>;
