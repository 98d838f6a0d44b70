/**
 * What the routes answer: the objects of OpenAI's API, as far as Charla fills them.
 * Source: the OpenAI API reference, "The chat completion object", "The chat completion chunk
 * object" and "The model object".
 */
import * as z from "zod";

const finishReason = z.enum(["stop", "length"]);

/** In tokens. */
const usage = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
  prompt_tokens_details: z.object({ cached_tokens: z.number() }),
});
export type Usage = z.output<typeof usage>;

const head = {
  id: z.string(),
  /** Seconds since 1970. */
  created: z.number(),
  model: z.string(),
};

/** What OpenAI has no name for: how the turn began and ended. */
const charla = z.looseObject({});

export const completion = z.object({
  ...head,
  object: z.literal("chat.completion"),
  choices: z.array(
    z.object({
      index: z.literal(0),
      message: z.object({
        role: z.literal("assistant"),
        content: z.string(),
        refusal: z.null(),
      }),
      logprobs: z.null(),
      finish_reason: finishReason,
    }),
  ),
  usage,
  charla,
});
export type Completion = z.output<typeof completion>;

export const chunk = z.object({
  ...head,
  object: z.literal("chat.completion.chunk"),
  choices: z.array(
    z.object({
      index: z.literal(0),
      delta: z.object({
        role: z.literal("assistant").optional(),
        content: z.string().optional(),
      }),
      finish_reason: finishReason.nullable(),
    }),
  ),
  /** On the last chunk, if it was asked for; null on the others then. */
  usage: usage.nullable().optional(),
  charla: charla.optional(),
});
export type Chunk = z.output<typeof chunk>;

const model = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: z.number(),
  owned_by: z.literal("local"),
  /** vLLM's name for the context window, in tokens; clients that cut the history look for it. */
  max_model_len: z.number(),
});
export type Model = z.output<typeof model>;

export const modelList = z.object({ object: z.literal("list"), data: z.array(model) });
