/** The section `[guard]` of the organisation's policy; docs/policy.md explains it. */
import * as z from "zod";
import { text } from "../../core/route.ts";
import { MAX_CONFIDENTIAL } from "./confidential.ts";
import { secretPattern } from "./secrets.ts";

/** Names of tools, with `*` at the end for all that begin so. */
const tools = z
  .array(z.string().regex(/^[\w-]{0,64}\*?$/, "is not the name of a tool"))
  .max(1000)
  .default(["*"]);

export const guardPolicy = z.strictObject({
  /** What the page and the API tell of the injection score; the log has it anyway. */
  show_score: z.boolean().default(true),
  /** The organisation's own words before every chat's system prompt; always confidential. */
  system_prompt: text.max(MAX_CONFIDENTIAL).default(""),
  /** System messages of API requests may not be quoted in the answer. */
  confidential_api_prompts: z.boolean().default(false),
  /** How a text from outside is marked: a fence and the beginning of each line, or every space. */
  marking: z.enum(["lines", "words", "off"]).default("lines"),
  /** Tools that may be offered to the model. */
  tools,
  /** Of these, the ones that may still be called once a text from outside is in the prompt. */
  tools_after_untrusted: tools,
  /** How the organisation's own keys look, beside those that Charla knows. */
  secrets: z.array(secretPattern).max(100).default([]),
});
export type GuardPolicy = z.output<typeof guardPolicy>;
