/** What a type costs and gains: size, speed and perplexity on a text, of the file before and after. */

import { stat } from "node:fs/promises";
import type { Engine } from "../../core/engine.ts";
import { notGranted } from "../../core/refusals.ts";
import type { Message } from "../../core/types.ts";
import { textUnusable } from "./checks.ts";
import { noNumbers } from "./errors.ts";

export interface Measures {
  readonly bytes: number;
  readonly perplexity: number;
  /** Decode speed; null when the model ends its answer at once. */
  readonly tokensPerSecond: number | null;
}

export interface Report {
  readonly textTokens: number;
  readonly before: Measures;
  readonly after: Measures;
  readonly perplexity: Ratio;
}

/** Perplexity after by perplexity before, over the same tokens. */
export interface Ratio {
  readonly ratio: number;
  /** Of the ratio. It counts tokens as independent, which they are nearly. */
  readonly standardError: number;
}

/** Natural logarithms of the probability of each token after those before it. */
type Scores = readonly number[];

export async function report(
  files: { readonly before: string; readonly after: string; readonly text: string },
  content: string,
  open: (path: string) => Promise<Engine>,
  signal: AbortSignal,
): Promise<Report> {
  const before = await measure(files.before, content, open, signal);
  if (before.scores.length === 0) throw textUnusable(files.text, "1 token");
  const after = await measure(files.after, content, open, signal);
  return {
    textTokens: before.scores.length,
    before: before.measures,
    after: after.measures,
    perplexity: perplexityRatio(before.scores, after.scores),
  };
}

async function measure(
  path: string,
  content: string,
  open: (path: string) => Promise<Engine>,
  signal: AbortSignal,
): Promise<{ measures: Measures; scores: Scores }> {
  const engine = await open(path);
  try {
    const scored = await score(engine, content, signal);
    const scores = scored.flatMap(({ logprob }) => (logprob === null ? [] : [logprob]));
    // Broken weights give no number at all, and every figure of the report would be none.
    if (!scores.every(Number.isFinite)) throw noNumbers(path);
    const tokensPerSecond = await speed(engine, content, signal);
    const { size: bytes } = await stat(path);
    return { measures: { bytes, perplexity: perplexity(scores), tokensPerSecond }, scores };
  } finally {
    await engine.close();
  }
}

/** @throws CharlaError `not_granted` for an engine that cannot */
function score(engine: Engine, content: string, signal: AbortSignal) {
  if (engine.score) return engine.score(content, { signal });
  throw notGranted(engine.card.id, "score");
}

export function perplexity(scores: Scores): number {
  return Math.exp(-mean(scores));
}

/** Paired by token, since most of a text's difficulty is the same for both models. */
export function perplexityRatio(before: Scores, after: Scores): Ratio {
  const differences = before.map((score, i) => score - (after[i] ?? Number.NaN));
  const center = mean(differences);
  const variance = mean(differences.map((one) => (one - center) ** 2));
  const ratio = Math.exp(center);
  return { ratio, standardError: ratio * Math.sqrt(variance / differences.length) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const ANSWERS = 3;
const ANSWER_TOKENS = 64;
/** Of the text that is answered, in characters: long enough to be something to write about. */
const QUESTION = 500;

/** The median of a few short answers: the first of them also warms the caches. */
async function speed(engine: Engine, text: string, signal: AbortSignal): Promise<number | null> {
  const messages = await question(engine, text);
  const speeds: number[] = [];
  for (let answer = 0; answer < ANSWERS && !signal.aborted; answer++) {
    const one = await answerSpeed(engine, messages, signal);
    if (one !== null) speeds.push(one);
  }
  signal.throwIfAborted();
  return speeds.toSorted((a, b) => a - b)[speeds.length >> 1] ?? null;
}

/** The beginning of the text, no longer than half of the context window. */
async function question(engine: Engine, text: string): Promise<readonly Message[]> {
  for (let length = QUESTION; ; length = Math.floor(length / 2)) {
    const messages: readonly Message[] = [{ role: "user", content: text.slice(0, length) }];
    const tokens = length === 0 ? 0 : await engine.countTokens(messages);
    if (tokens <= engine.card.contextWindow / 2) return messages;
  }
}

async function answerSpeed(
  engine: Engine,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<number | null> {
  const pieces = engine.generate({
    messages,
    sampling: { temperature: 0, topP: 1, maxTokens: ANSWER_TOKENS, seed: 1 },
    reproducible: false,
    signal,
  });
  let first: number | undefined;
  let tokens = 0;
  for await (const piece of pieces) {
    if (typeof piece === "string") first ??= performance.now();
    else if (!("type" in piece)) tokens = piece.completionTokens;
    else if (piece.type === "text") first ??= performance.now();
  }
  if (first === undefined || tokens < 2) return null;
  return (1000 * (tokens - 1)) / (performance.now() - first);
}
