/** Tokens in the place of texts: OpenAI's clients may cut a text themselves before they send it. */
import * as z from "zod";
import type { Engine } from "../../core/engine.ts";
import { means } from "./engine.ts";
import { controlToken } from "./errors.ts";

/** Of a text, and tokens of all texts, in one request. */
export const MAX_CHARACTERS = 1_000_000;
export const MAX_TOKENS = 1_000_000;

export const tokenIds = z
  .array(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
  )
  .min(1);

/**
 * The text of tokens. A control token has none; the first may be the one that opens every text, which
 * is there anyway.
 *
 * @param param what of the request they are
 * @throws CharlaError `control_token`, `unknown_token`, `not_offered`
 */
export async function textOf(
  engine: Engine,
  ids: readonly number[],
  { path, param, signal }: { path: string; param: string; signal: AbortSignal },
): Promise<string> {
  const write = means(engine, "detokenize", path);
  const text = await write(ids, signal);
  const plain = new Set(await means(engine, "tokenize", path)(text, signal));
  // Parts of characters are written in other tokens as well, and do have a text of their own.
  const strange = [...new Set(ids.slice(1))].filter((id) => !plain.has(id));
  for (const id of strange.slice(0, MAX_STRANGE)) {
    if ((await write([id], signal)) === "") throw controlToken(id, param);
  }
  return text;
}

/** So many are looked at one by one; there are few control tokens. */
const MAX_STRANGE = 4096;
