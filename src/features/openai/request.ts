/**
 * What `POST /v1/chat/completions` takes, and the turns that it asks for. What Charla cannot do is
 * refused by name.
 * Source: the OpenAI API reference, "Create chat completion".
 */
import * as z from "zod";
import { sampling } from "../../core/chat.ts";
import { text } from "../../core/route.ts";
import { DEFAULT_SAMPLING, type Turn } from "../../core/types.ts";
import { checkExtras, extraFields, toExtras } from "./extras.ts";
import { messages, toMessage } from "./messages.ts";

/** Answers to one request; each takes a place in the engine. */
const MAX_CHOICES = 16;

const stop = text.min(1).max(1000);

export const completionRequest = z
  .strictObject({
    model: z.string().nullish(),
    messages,
    stream: z.boolean().nullish(),
    stream_options: z
      .strictObject({
        include_usage: z.boolean().optional(),
        include_obfuscation: z.literal(false).optional(),
      })
      .nullish(),
    n: z.int().min(1).max(MAX_CHOICES).nullish(),
    temperature: sampling.temperature.nullish(),
    top_p: sampling.topP.nullish(),
    max_tokens: sampling.maxTokens.nullish(),
    max_completion_tokens: sampling.maxTokens.nullish(),
    seed: sampling.seed.nullish(),
    stop: z.union([stop, z.array(stop).max(4)]).nullish(),
    user: text.nullish(),
    // This changes nothing at the one value that is accepted; clients send it unasked.
    store: z.literal(false).nullish(),
    ...extraFields,
  })
  .superRefine((body, context) =>
    checkExtras(body, (field, message) =>
      context.addIssue({ code: "custom", path: [field], message }),
    ),
  );
export type CompletionRequest = z.output<typeof completionRequest>;

/** One turn for each answer; they differ in their seeds. */
export function toTurns(body: CompletionRequest, signal: AbortSignal): readonly Turn[] {
  const tools = body.messages.some(
    (one) => one.role === "tool" || (one.role === "assistant" && one.tool_calls),
  );
  const { seed } = body;
  const turn: Turn = {
    messages: body.messages.map(toMessage),
    model: body.model ?? undefined,
    origin: "api",
    user: body.user ?? undefined,
    extras: toExtras(body, tools),
    signal,
    sampling: {
      temperature: body.temperature ?? DEFAULT_SAMPLING.temperature,
      topP: body.top_p ?? DEFAULT_SAMPLING.topP,
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? DEFAULT_SAMPLING.maxTokens,
      seed: seed ?? undefined,
    },
    stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? undefined),
  };
  return Array.from({ length: body.n ?? 1 }, (_, index) => ({
    ...turn,
    // Seeds are 32 bits wide.
    sampling: { ...turn.sampling, seed: seed == null ? undefined : (seed + index) >>> 0 },
  }));
}
