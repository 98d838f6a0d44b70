/**
 * Texts as vectors of length 1.
 * Source: the OpenAI API reference, "Create embeddings".
 */
import * as z from "zod";
import type { Kit } from "../../core/feature.ts";
import { type Route, text } from "../../core/route.ts";
import { engineRoute, means } from "./engine.ts";
import { wrongDimensions } from "./errors.ts";

const PATH = "/v1/embeddings";
/** OpenAI's own limit. The texts are computed one by one, between the answers of others. */
const MAX_TEXTS = 2048;
const MAX_CHARACTERS = 1_000_000;

const request = z.strictObject({
  model: z.string().nullish(),
  input: z
    .union([text.min(1), z.array(text.min(1)).min(1).max(MAX_TEXTS)])
    .refine(
      (input) => [input].flat().reduce((sum, one) => sum + one.length, 0) <= MAX_CHARACTERS,
      `has more than ${MAX_CHARACTERS} characters in all`,
    ),
  encoding_format: z.enum(["float", "base64"]).nullish(),
  dimensions: z.int().min(1).nullish(),
});

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

export const embeddings = (kit: Kit): Route =>
  engineRoute(kit, {
    path: PATH,
    summary: "Turns texts into vectors, whose products tell how near they are in meaning.",
    body: request,
    reply: embeddingList,
    async work(engine, body, signal) {
      const texts = typeof body.input === "string" ? [body.input] : body.input;
      const { vectors, promptTokens } = await means(engine, "embed", PATH)(texts, signal);
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

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, 4 * index);
  return bytes.toString("base64");
}
