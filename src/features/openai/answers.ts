/**
 * What the routes answer: the objects of OpenAI's API, as far as Charla fills them.
 * Source: the OpenAI API reference, "The chat completion object", "The chat completion chunk
 * object" and "The model object".
 */
import { hash } from "node:crypto";
import * as z from "zod";
import type { Finish, ModelCard } from "../../core/types.ts";
import { logprobs } from "./logprobs.ts";
import { toolCall } from "./tools.ts";

const finishReason = z.enum(["stop", "length", "tool_calls"]);
export type FinishReason = z.output<typeof finishReason>;

/** In tokens. */
export const usage = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
  prompt_tokens_details: z.object({ cached_tokens: z.number() }),
});
export type Usage = z.output<typeof usage>;

export const head = {
  id: z.string(),
  /** Seconds since 1970. */
  created: z.number(),
  model: z.string(),
  /** Changes when the model's file or the place where it computes does. */
  system_fingerprint: z.string(),
};

/** What OpenAI has no name for: how each turn began and ended. */
const charla = z.looseObject({});

export const completion = z.object({
  ...head,
  object: z.literal("chat.completion"),
  choices: z.array(
    z.object({
      index: z.number(),
      message: z.object({
        role: z.literal("assistant"),
        content: z.string().nullable(),
        /** The thought before the answer, by the name that llama-server and vLLM give it. */
        reasoning_content: z.string().optional(),
        tool_calls: z.array(toolCall).optional(),
        refusal: z.null(),
      }),
      logprobs: logprobs.nullable(),
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
      index: z.number(),
      delta: z.object({
        role: z.literal("assistant").optional(),
        content: z.string().optional(),
        reasoning_content: z.string().optional(),
        tool_calls: z.array(toolCall.extend({ index: z.number() })).optional(),
      }),
      logprobs: logprobs.optional(),
      finish_reason: finishReason.nullable(),
    }),
  ),
  /** On the last chunk, if it was asked for; null on the others then. */
  usage: usage.nullable().optional(),
  charla: charla.optional(),
});
export type Chunk = z.output<typeof chunk>;

export const model = z.object({
  id: z.string(),
  object: z.literal("model"),
  created: z.number(),
  owned_by: z.literal("local"),
  /** vLLM's name for the context window, in tokens; clients that cut the history look for it. */
  max_model_len: z.number(),
});
export type Model = z.output<typeof model>;

export const modelList = z.object({ object: z.literal("list"), data: z.array(model) });

export function newHead(id: string, card: ModelCard) {
  const source = JSON.stringify([card.id, card.digest, card.quantisation, card.device]);
  const print = hash("sha256", source, "hex").slice(0, 12);
  const created = Math.floor(Date.now() / 1000);
  return { id, created, model: card.id, system_fingerprint: `fp_${print}` };
}

export function toReason({ reason }: Finish, calls: number): FinishReason {
  if (reason === "length") return "length";
  return calls > 0 ? "tool_calls" : "stop";
}

/** Several answers share one prompt, which OpenAI counts once. */
export function toUsage(finishes: readonly Finish[]): Usage {
  const { promptTokens = 0, cachedTokens = 0 } = finishes[0] ?? {};
  const completionTokens = finishes.reduce((sum, one) => sum + one.completionTokens, 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}

/**
 * A grammar makes the whole answer valid JSON, after its thought where the model thinks aloud; the
 * answer may be cut by its limit of tokens, a stop string, or the server's end.
 */
export function jsonState(text: string, { reason }: Finish): "complete" | "incomplete" {
  const answers = [text, text.split("</think>").at(-1) ?? ""];
  return reason === "stop" && answers.some(isJson) ? "complete" : "incomplete";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
