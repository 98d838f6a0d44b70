/** Scores the sentences of pairs, each as a text by itself: no template, and nothing of a model's before it. */
import * as z from "zod";
import type { Engine } from "../../../core/engine.ts";
import { cannotScore } from "../errors.ts";
import { sumOf } from "../perplexity/measure.ts";
import type { BiasPair, Scored } from "./bias.ts";

const sentence = z.object({ logProbability: z.number(), tokens: z.int() });
/** What was scored of one pair. */
export const scoredPair = z.object({ stereotyped: sentence, other: sentence });
export type ScoredPair = z.output<typeof scoredPair>;

export const pairsOf = (content: string): readonly BiasPair[] =>
  content.split("\n").map((line) => JSON.parse(line));

/** @param adapter by the name that the engine knows it by */
export async function scorePair(
  engine: Engine,
  { stereotyped, other }: BiasPair,
  how: { readonly adapter: string | undefined; readonly signal: AbortSignal },
): Promise<ScoredPair> {
  return {
    stereotyped: await scored(engine, stereotyped, how),
    other: await scored(engine, other, how),
  };
}

/** The first token is counted only where the model opens a text with one of its own. */
async function scored(
  engine: Engine,
  text: string,
  { adapter, signal }: Parameters<typeof scorePair>[2],
): Promise<Scored> {
  if (!engine.tokenize || !engine.scoreTokens) throw cannotScore(engine.card.name);
  const tokens = await engine.tokenize(text, signal);
  const found = await engine.scoreTokens(tokens, { from: 0, adapter, signal, yields: true });
  const { nats, tokens: count } = sumOf(found, false);
  return { logProbability: -nats, tokens: count };
}
