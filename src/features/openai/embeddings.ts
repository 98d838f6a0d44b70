/**
 * Texts as vectors of length 1.
 * Source: the OpenAI API reference, "Create embeddings".
 */
import * as z from "zod";
import type { Engine } from "../../core/engine.ts";
import { spend } from "../../core/metered.ts";
import { type Route, text } from "../../core/route.ts";
import { taken } from "../../core/taken.ts";
import { engineRoute, means, type Room } from "./engine.ts";
import { wrongDimensions } from "./errors.ts";
import { EMBEDDING_HINTS } from "./hints.ts";
import { MAX_CHARACTERS, MAX_TOKENS, tokenIds } from "./token-ids.ts";

const PATH = "/v1/embeddings";
/** OpenAI's own limit. The texts are computed one by one, between the answers of others. */
const MAX_TEXTS = 2048;

const lengthOf = (input: string | number[] | (string | number[])[]) =>
  [input].flat().reduce<number>((sum, one) => sum + (typeof one === "number" ? 1 : one.length), 0);

const request = taken(
  {
    model: z.string().max(1000).optional(),
    /** Texts, or their tokens in the model's own vocabulary, as `/v1/tokenize` gives them. */
    input: z
      .union([
        text.min(1),
        z.array(text.min(1)).min(1).max(MAX_TEXTS),
        tokenIds.max(MAX_TOKENS),
        z.array(tokenIds).min(1).max(MAX_TEXTS),
      ])
      .refine(
        (input) => lengthOf(input) <= MAX_CHARACTERS,
        `has more than ${MAX_CHARACTERS} characters or tokens in all`,
      ),
    encoding_format: z.enum(["float", "base64"]).optional(),
    dimensions: z.int().min(1).optional(),
  },
  { hints: EMBEDDING_HINTS, neutral: { truncate_prompt_tokens: [-1], add_special_tokens: [true] } },
);

export const embeddingList = z.object({
  object: z.literal("list"),
  data: z.array(
    z.object({
      object: z.literal("embedding"),
      index: z.number(),
      /** Base64 is of 32-bit floats, little-endian. */
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  model: z.string(),
  usage: z.object({ prompt_tokens: z.number(), total_tokens: z.number() }),
});

export const embeddings = (room: Room): Route =>
  engineRoute(room, {
    path: PATH,
    computes: true,
    summary: "Turns texts into vectors, whose products tell how near they are in meaning.",
    body: request,
    reply: embeddingList,
    async work(engine, body, signal) {
      const texts = await textsOf(engine, body.input);
      const { vectors, promptTokens } = await means(engine, "embed", PATH)(texts, signal);
      spend(promptTokens);
      const { id } = engine.card;
      const length = vectors[0]?.length ?? 0;
      if (body.dimensions != null && body.dimensions !== length) {
        throw wrongDimensions(id, body.dimensions, length);
      }
      const encode =
        body.encoding_format === "base64" ? toBase64 : (one: readonly number[]) => [...one];
      return {
        object: "list",
        data: vectors.map((one, index) => ({
          object: "embedding",
          index,
          embedding: encode(one),
        })),
        model: id,
        usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
      } satisfies z.output<typeof embeddingList>;
    },
  });

async function textsOf(
  engine: Engine,
  input: z.output<typeof request>["input"],
): Promise<readonly string[]> {
  if (typeof input === "string") return [input];
  const many =
    typeof input[0] === "number" ? [input as number[]] : (input as (string | number[])[]);
  const write = (ids: readonly number[]) => means(engine, "detokenize", PATH)(ids);
  return Promise.all(many.map((one) => (typeof one === "string" ? one : write(one))));
}

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes.toString("base64");
}
