/**
 * Texts and their tokens, both ways: what `logit_bias` needs, and who counts before asking.
 * Source: vLLM's OpenAI-compatible server, "Tokenizer API", which OpenAI's has not.
 */
import * as z from "zod";
import { type Route, text } from "../../core/route.ts";
import { taken } from "../../core/taken.ts";
import { engineRoute, means, type Room } from "./engine.ts";

const model = z.string().max(1000).optional();
const tokenIds = z.array(z.number());
/** As many as one request may name: more than any context window has. */
const MAX_TOKENS = 1_000_000;

export const tokenizeReply = z.object({
  count: z.number(),
  /** The model's context window, in tokens. */
  max_model_len: z.number(),
  tokens: tokenIds,
});
export const detokenizeReply = z.object({ prompt: z.string() });

export const tokens = (room: Room): readonly Route[] => [
  engineRoute(room, {
    path: "/v1/tokenize",
    summary: "Cuts a text into the model's tokens, as it would stand in a message.",
    body: taken({
      model,
      prompt: text.max(1_000_000),
      // A text of a message never holds control tokens, and none are put around it.
      add_special_tokens: z.literal(false).optional(),
    }),
    reply: tokenizeReply,
    async work(engine, body) {
      const tokens = await means(engine, "tokenize", "/v1/tokenize")(body.prompt);
      return {
        count: tokens.length,
        max_model_len: engine.card.contextWindow,
        tokens: [...tokens],
      } satisfies z.output<typeof tokenizeReply>;
    },
  }),
  engineRoute(room, {
    path: "/v1/detokenize",
    summary: "Puts tokens together to their text.",
    body: taken({
      model,
      tokens: z
        .array(
          z
            .int()
            .min(0)
            .max(2 ** 31 - 1),
        )
        .max(MAX_TOKENS),
    }),
    reply: detokenizeReply,
    async work(engine, body) {
      const prompt = await means(engine, "detokenize", "/v1/detokenize")(body.tokens);
      return { prompt } satisfies z.output<typeof detokenizeReply>;
    },
  }),
];
