/**
 * What `POST /v1/completions` takes: texts that are gone on with as they stand, without roles or a chat
 * template. Programs that complete code or measure models ask so.
 * Source: the OpenAI API reference, "Completions" (legacy).
 */
import * as z from "zod";
import { sampling } from "../../../core/chat.ts";
import { text } from "../../../core/route.ts";
import { taken } from "../../../core/taken.ts";
import type { Turn } from "../../../core/types.ts";
import { checkExtras, extraFields, toExtras } from "../extras.ts";
import { HINTS, NEUTRAL } from "../hints.ts";
import { commonFields, MAX_CHOICES, severalOf } from "../request.ts";
import { MAX_CHARACTERS, MAX_TOKENS, tokenIds } from "../token-ids.ts";

/** OpenAI's own, which its clients rely on. */
const DEFAULT_MAX_TOKENS = 16;

const written = text.min(1, "is empty: there is nothing to go on with").max(MAX_CHARACTERS);
const {
  tools: _tools,
  tool_choice: _choice,
  parallel_tool_calls: _parallel,
  ...extras
} = extraFields;
// Echo and best_of are fields here.
const { echo: _echo, best_of: _best, ...neutral } = NEUTRAL;

export const textRequest = taken(
  {
    ...commonFields,
    ...extras,
    /** Texts, or their tokens in the model's own vocabulary. */
    prompt: z.union([
      written,
      z.array(written).min(1).max(MAX_CHOICES),
      tokenIds.max(MAX_TOKENS),
      z.array(tokenIds.max(MAX_TOKENS)).min(1).max(MAX_CHOICES),
    ]),
    /** -1 is as many as the context window has room for; 0 is for the echo alone. */
    max_tokens: z.union([z.literal([-1, 0]), sampling.maxTokens]).optional(),
    /** The prompt stands before its continuation. */
    echo: z.boolean().optional(),
    /** Of each token of the text, and of so many alternatives; OpenAI takes 5. */
    logprobs: z.int().min(0).max(20).optional(),
    top_logprobs: z.never("is a field of chats: logprobs says how many").optional(),
    best_of: z.int().min(1).max(MAX_CHOICES).optional(),
    suffix: z
      .never("cannot be written towards: a model here goes on with a text and fills no gap")
      .optional(),
  },
  { hints: HINTS, neutral: { ...neutral, suffix: [""], top_logprobs: [0] } },
).superRefine((body, context) => {
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: "custom", path: [field], message });
  checkExtras(asExtras(body), refuse);
  const answers = promptsIn(body.prompt).length * (body.n ?? 1);
  if (answers > MAX_CHOICES) {
    refuse(
      "prompt",
      `asks for ${answers} answers with n, and one request may ask for ${MAX_CHOICES}`,
    );
  }
  if (body.best_of !== undefined && body.best_of !== (body.n ?? 1)) {
    refuse("best_of", "must be the same as n: no answer is written and then left out");
  }
  if (body.max_tokens === 0 && !body.echo) refuse("max_tokens", "can be 0 only with echo: true");
});
export type TextRequest = z.output<typeof textRequest>;

type Prompt = string | readonly number[];

/** Of each text, its words or its tokens. */
export function promptsIn(prompt: TextRequest["prompt"]): readonly Prompt[] {
  if (typeof prompt === "string") return [prompt];
  return typeof prompt[0] === "number" ? [prompt as number[]] : (prompt as Prompt[]);
}

/** `logprobs` is a number here. */
const asExtras = ({ logprobs, ...body }: Omit<TextRequest, "model">) => ({
  ...body,
  ...(logprobs !== undefined && { logprobs: true, top_logprobs: logprobs }),
});

/** `n` turns for each prompt, in its order. */
export function toTurns(
  body: Omit<TextRequest, "model"> & { readonly model: string | undefined },
  prompts: readonly string[],
  signal: AbortSignal,
): readonly Turn[] {
  const { max_tokens: most = DEFAULT_MAX_TOKENS } = body;
  const maxTokens = most === -1 ? Number.MAX_SAFE_INTEGER : most;
  const extras = { ...toExtras(asExtras(body), false), raw: true } as const;
  return prompts.flatMap((content) =>
    severalOf(body, { messages: [{ role: "user", content }], maxTokens, extras, signal }),
  );
}
