/**
 * How much a model may think, in the words of OpenAI (`reasoning_effort`), OpenRouter (`reasoning`),
 * vLLM and llama.cpp's server (`chat_template_kwargs`, token budgets). A model that does not think has
 * nothing to leave out or to bound; an effort is then named among what has no effect.
 */
import * as z from "zod";
import { taken } from "../../core/taken.ts";
import type { Effort, ThinkingWish } from "../../core/thoughts.ts";
import type { ModelCard } from "../../core/types.ts";

const WORDS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
const effort = z.enum(WORDS).optional();
const EFFORT: Readonly<Record<(typeof WORDS)[number], Effort | "none">> = {
  ...{ none: "none", minimal: "low", low: "low", medium: "medium" },
  ...{ high: "high", xhigh: "high", max: "high" },
};

/** -1 is no bound. */
const budget = z.int().min(-1).optional();

export const thoughtFields = {
  reasoning_effort: effort,
  reasoning: taken(
    { effort, max_tokens: budget, enabled: z.boolean().optional() },
    // What is shown is the client's: thoughts come in a field of their own.
    { hints: { exclude: [false], summary: [] } },
  ).optional(),
  chat_template_kwargs: taken({
    enable_thinking: z.boolean().optional(),
    thinking: z.boolean().optional(),
    reasoning_effort: effort,
  }).optional(),
  /** vLLM's name for a bound, and llama.cpp's. */
  thinking_token_budget: budget,
  thinking_budget_tokens: budget,
};
const fields = z.object(thoughtFields);
type Fields = z.output<typeof fields>;

/** Values at which the fields ask for nothing. */
export const NEUTRAL_THOUGHTS = { reasoning_effort: ["default", "auto"] };

const wordOf = (body: Fields) =>
  body.reasoning_effort ?? body.reasoning?.effort ?? body.chat_template_kwargs?.reasoning_effort;

/** What was said first counts, and to think not at all before anything. */
export function toThinking(body: Fields): ThinkingWish | undefined {
  const { reasoning, chat_template_kwargs: words } = body;
  const word = wordOf(body);
  const effort = word && EFFORT[word];
  const off = [words?.enable_thinking, words?.thinking, reasoning?.enabled].includes(false);
  const most = body.thinking_token_budget ?? body.thinking_budget_tokens ?? reasoning?.max_tokens;
  if (off || effort === "none") return { tokens: 0 };
  const wish = {
    ...(most !== undefined && most >= 0 && { tokens: most }),
    ...(effort && { effort }),
  };
  return Object.keys(wish).length > 0 ? wish : undefined;
}

/** Which of these fields have no effect on such a model. */
export function idleThoughts(body: Fields, { thinking }: ModelCard): readonly string[] {
  if (thinking || !toThinking(body)?.effort) return [];
  if (body.reasoning_effort) return ["reasoning_effort"];
  return [body.reasoning?.effort ? "reasoning.effort" : "chat_template_kwargs.reasoning_effort"];
}
