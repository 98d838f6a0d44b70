/**
 * What a chat template says of thoughts: whether they can be left out, and whether it knows how much
 * is wanted. The names of its variables tell, which model makers have agreed upon: `enable_thinking`
 * (Qwen 3, SmolLM 3, GLM), `thinking` (DeepSeek 3.1, Granite), `reasoning_effort` (gpt-oss).
 */
import type { Effort, ThinkingWays, ThinkingWish } from "../core/thoughts.ts";

/** Marks that end a thought; a model that uses them can be made to end one. */
const ENDS = /<\/think>|\[\/THINK\]/;

export function waysOf(template: string | undefined): ThinkingWays | undefined {
  if (template === undefined) return undefined;
  const effort = /\breasoning_effort\b/.test(template);
  const off = /\benable_thinking\b/.test(template) || ENDS.test(template);
  return off || effort ? { off, effort } : undefined;
}

/** Tokens of a thought, where the template has no word for the effort. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  ...{ low: 512, medium: 2048 },
  high: Number.POSITIVE_INFINITY,
};

/** The most tokens of a thought; undefined where there is no bound. */
export function budgetOf(wish: ThinkingWish = {}, ways?: ThinkingWays): number | undefined {
  const { tokens = Number.POSITIVE_INFINITY, effort } = wish;
  const most = Math.min(tokens, effort && !ways?.effort ? BUDGETS[effort] : tokens);
  return Number.isFinite(most) ? most : undefined;
}

/** What a template is told. */
export function wordsFor(wish: ThinkingWish = {}): Readonly<Record<string, unknown>> {
  if (wish.tokens === 0) return { enable_thinking: false, thinking: false };
  return wish.effort ? { reasoning_effort: wish.effort } : {};
}
