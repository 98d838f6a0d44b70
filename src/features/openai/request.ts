/**
 * What `POST /v1/chat/completions` takes, and the turns that it asks for. What would change the
 * answer and cannot be done is refused by name; what would not is taken (`hints.ts`).
 * Source: the OpenAI API reference, "Create chat completion".
 */
import * as z from "zod";
import { sampling } from "../../core/chat.ts";
import { text } from "../../core/route.ts";
import { taken } from "../../core/taken.ts";
import { DEFAULT_SAMPLING, type Turn } from "../../core/types.ts";
import { checkExtras, extraFields, toExtras } from "./extras.ts";
import { HINTS, NEUTRAL } from "./hints.ts";
import { isBegun, messages, showsTools, toMessages } from "./messages.ts";
import { NEUTRAL_THOUGHTS, thoughtFields, toThinking } from "./thoughts.ts";

/** Answers to one request; each takes a place in the engine. */
export const MAX_CHOICES = 16;
/** Texts that end an answer; OpenAI takes 4. */
const MAX_STOPS = 16;

const stop = text.max(1000);
/** -1 is as many as the context window has room for. */
const maxTokens = z.union([z.literal(-1), sampling.maxTokens]);

/** 64 bits, with or without a sign; -1 is a new one each time, as llama.cpp's server has it. */
const seed = z
  .number()
  .refine(Number.isInteger, "is not a whole number")
  .min(-(2 ** 63))
  .max(2 ** 64);

/** Numbers above 2^53 have gaps, so two that differ must not become the same by an addition. */
const within53Bits = (wide: number) => (wide % 2 ** 53) + Math.trunc(wide / 2 ** 53);

/** What both kinds of completion take, beside what is gone on with. */
export const commonFields = {
  model: z.string().max(1000).optional(),
  stream: z.boolean().optional(),
  stream_options: taken(
    { include_usage: z.boolean().optional() },
    { hints: { include_obfuscation: [false], continuous_usage_stats: [false] } },
  ).optional(),
  n: z.int().min(1).max(MAX_CHOICES).optional(),
  temperature: sampling.temperature.optional(),
  top_p: z.number().min(0).max(1).optional(),
  seed: seed.optional(),
  stop: z.union([stop, z.array(stop).max(MAX_STOPS)]).optional(),
  user: text.max(1000).optional(),
};
const common = z.object(commonFields);

export const completionRequest = taken(
  {
    ...commonFields,
    messages,
    max_tokens: maxTokens.optional(),
    max_completion_tokens: maxTokens.optional(),
    /** vLLM's words for a last message of the assistant that is the beginning of the answer. */
    continue_final_message: z.boolean().optional(),
    add_generation_prompt: z.boolean().optional(),
    functions: z.never("are of an older API: send tools").optional(),
    audio: z.never("is not made here: leave it out").optional(),
    ...extraFields,
    ...thoughtFields,
  },
  { hints: HINTS, neutral: { ...NEUTRAL, ...NEUTRAL_THOUGHTS, functions: [], audio: [] } },
).superRefine((body, context) => {
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: "custom", path: [field], message });
  checkExtras(body, refuse);
  const begun = isBegun(body.messages);
  const needs = "needs a last message of the assistant, which is gone on with";
  if (body.continue_final_message === true && !begun) refuse("continue_final_message", needs);
  if (body.add_generation_prompt === false && !begun) refuse("add_generation_prompt", needs);
  if (body.continue_final_message === false && begun) {
    refuse(
      "continue_final_message",
      "must be true: a last message of the assistant is gone on with",
    );
  }
});
export type CompletionRequest = z.output<typeof completionRequest>;

/** With the id of a model in the place of its name. */
type Named<Body> = Omit<Body, "model"> & { readonly model: string | undefined };

/** One turn for each answer; they differ in their seeds. */
export function toTurns(body: Named<CompletionRequest>, signal: AbortSignal): readonly Turn[] {
  const most = body.max_completion_tokens ?? body.max_tokens ?? DEFAULT_SAMPLING.maxTokens;
  const maxTokens = most === -1 ? Number.MAX_SAFE_INTEGER : most;
  const messages = toMessages(body.messages);
  const thinking = toThinking(body);
  const asked = toExtras(body, showsTools(body.messages));
  const extras = thinking ? { ...asked, thinking } : asked;
  return severalOf(body, { messages, maxTokens, extras, signal });
}

interface Asked extends Pick<Turn, "messages" | "extras" | "signal"> {
  readonly maxTokens: number;
}

/** As many turns as answers are asked for. */
export function severalOf(
  body: Named<z.output<typeof common>>,
  { maxTokens, ...asked }: Asked,
): readonly Turn[] {
  const seed = body.seed === undefined || body.seed === -1 ? undefined : within53Bits(body.seed);
  const stop = [body.stop ?? []].flat().filter((one) => one !== "");
  const turn: Turn = {
    ...asked,
    model: body.model,
    origin: "api",
    user: body.user || undefined,
    sampling: {
      temperature: body.temperature ?? DEFAULT_SAMPLING.temperature,
      // The likeliest token alone, which has some probability.
      topP: Math.max(body.top_p ?? DEFAULT_SAMPLING.topP, Number.EPSILON),
      maxTokens,
      seed,
    },
    stop: stop.length > 0 ? stop : undefined,
  };
  return Array.from({ length: body.n ?? 1 }, (_, index) => ({
    ...turn,
    sampling: { ...turn.sampling, seed: seed === undefined ? undefined : seed + index },
  }));
}
