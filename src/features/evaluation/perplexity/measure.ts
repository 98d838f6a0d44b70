/** Scores windows of texts, and says what each has cost. */
import * as z from "zod";
import type { Engine } from "../../../core/engine.ts";
import type { TokenLogprob } from "../../../core/extras.ts";
import { cannotScore } from "../errors.ts";
import type { PerplexityPlan } from "../plan.ts";
import type { Document } from "../texts/read.ts";
import { textsOf, type Window, windowsOf } from "./windows.ts";

/** What was scored of one window. */
export const scored = z.object({
  /** Index of the text. */
  text: z.int(),
  language: z.string(),
  tokens: z.int(),
  /** Minus the sum of the natural logarithms of their probabilities. */
  nats: z.number(),
  /** Of the tokens, and words that begin in them. */
  bytes: z.int(),
  words: z.int(),
});
export type Scored = z.output<typeof scored>;

/** All windows of a plan, for the tokens of one model. @throws CharlaError `evaluation_text_short` */
export async function cut(
  engine: Engine,
  plan: PerplexityPlan,
  documents: readonly Document[],
  signal: AbortSignal,
): Promise<readonly (Window & { readonly language: string })[]> {
  if (!engine.tokenize || !engine.scoreTokens) throw cannotScore(engine.card.name);
  const texts = textsOf(plan, documents);
  const tokens: (readonly number[])[] = [];
  for (const { text } of texts) tokens.push(await engine.tokenize(text, signal));
  const context = Math.min(plan.context, engine.card.contextWindow);
  const windows = windowsOf({ ...plan, context }, tokens, engine.openingTokens ?? 0);
  return windows.map((one) => ({ ...one, language: texts[one.text]?.language ?? "und" }));
}

/** @param adapter by the name that the engine knows it by */
export async function scoreWindow(
  engine: Engine,
  { text, language, tokens, from }: Window & { readonly language: string },
  { adapter, signal }: { readonly adapter: string | undefined; readonly signal: AbortSignal },
): Promise<Scored> {
  if (!engine.scoreTokens) throw cannotScore(engine.card.name);
  const found = await engine.scoreTokens(tokens, { from, adapter, signal, yields: true });
  return { text, language, ...sumOf(found, from === 0) };
}

/** @param opens the first token, if it was scored, begins a word */
export function sumOf(
  found: readonly TokenLogprob[],
  opens: boolean,
): Omit<Scored, "text" | "language"> {
  const known = found.filter((one): one is Known => one.logprob !== null);
  const bytes = Buffer.concat(known.map((one) => Buffer.from(one.bytes)));
  const text = bytes.toString("utf8");
  const words = text.match(/(?<=\s)\S/gu)?.length ?? 0;
  const first = opens && known.length === found.length && /^\S/u.test(text) ? 1 : 0;
  return {
    tokens: known.length,
    nats: -known.reduce((sum, { logprob }) => sum + logprob, 0),
    bytes: bytes.length,
    words: words + first,
  };
}

type Known = TokenLogprob & { readonly logprob: number };
