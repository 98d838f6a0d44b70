/**
 * What `POST /v1/chat/completions` takes, and the turn that it asks for. What Charla cannot do is
 * refused by name.
 * Source: the OpenAI API reference, "Chat completions".
 */
import * as z from "zod";
import { MAX_MESSAGES, sampling } from "../../core/chat.ts";
import { text } from "../../core/route.ts";
import { DEFAULT_SAMPLING, type Turn } from "../../core/types.ts";

const content = z
  .union([text, z.array(z.strictObject({ type: z.literal("text"), text }))])
  .transform((value) =>
    typeof value === "string" ? value : value.map((part) => part.text).join(""),
  );

const message = z.strictObject({
  // "developer" is OpenAI's newer name for "system".
  role: z
    .enum(["system", "developer", "user", "assistant"])
    .transform((role) => (role === "developer" ? "system" : role)),
  content,
  // Our own answers carry it, and clients send them back as they are.
  refusal: z.null().optional(),
});

const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullish();

export const completionRequest = z.strictObject({
  model: orNull(z.string()),
  messages: z
    .array(message)
    .max(MAX_MESSAGES)
    .refine((list) => list.at(-1)?.role === "user", "must end with a message of the user"),
  stream: orNull(z.boolean()),
  stream_options: orNull(
    z.strictObject({
      include_usage: z.boolean().optional(),
      include_obfuscation: z.literal(false).optional(),
    }),
  ),
  temperature: orNull(sampling.temperature),
  top_p: orNull(sampling.topP),
  max_tokens: orNull(sampling.maxTokens),
  max_completion_tokens: orNull(sampling.maxTokens),
  seed: orNull(sampling.seed),
  stop: orNull(z.union([text.min(1), z.array(text.min(1)).max(4)])),
  // These change nothing at the one value that is accepted; clients send them unasked.
  n: orNull(z.literal(1)),
  user: orNull(z.string()),
  store: orNull(z.literal(false)),
  logprobs: orNull(z.literal(false)),
  presence_penalty: orNull(z.literal(0)),
  frequency_penalty: orNull(z.literal(0)),
  response_format: orNull(z.strictObject({ type: z.literal("text") })),
});

export function toTurn(body: z.output<typeof completionRequest>, signal: AbortSignal): Turn {
  return {
    messages: body.messages.map(({ role, content }) => ({ role, content })),
    model: body.model ?? undefined,
    origin: "api",
    signal,
    sampling: {
      temperature: body.temperature ?? DEFAULT_SAMPLING.temperature,
      topP: body.top_p ?? DEFAULT_SAMPLING.topP,
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? DEFAULT_SAMPLING.maxTokens,
      seed: body.seed ?? undefined,
    },
    stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? undefined),
  };
}
