/** Asks one question of a set, and says all that came of it. */
import * as z from "zod";
import { type Engine, only } from "../../../core/engine.ts";
import { CharlaError } from "../../../core/errors.ts";
import { askEngine } from "../../../core/turn.ts";
import type { Message } from "../../../core/types.ts";
import { cannotScore } from "../errors.ts";
import type { AskPlan } from "../plan.ts";
import type { Item } from "../sets/item.ts";

/** What came of a question; times in milliseconds from its being asked. */
export const answered = z.object({
  id: z.string(),
  answer: z.string(),
  /** Why it ended; "length" where the limit of tokens cut it. */
  reason: z.enum(["stop", "length"]).optional(),
  promptTokens: z.number().optional(),
  tokens: z.number().optional(),
  firstMs: z.number().optional(),
  totalMs: z.number().optional(),
  tokensPerSecond: z.number().optional(),
  /** Of a choice: the natural logarithm of each one's probability, and of its bytes. */
  choices: z.array(z.object({ nats: z.number(), bytes: z.number() })).optional(),
  /** It failed, which counts as wrong. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type Answered = z.output<typeof answered>;

export interface How {
  readonly plan: Pick<AskPlan, "sampling" | "seed" | "system">;
  /** Of the question in the run, from 0. */
  readonly place: number;
  readonly adapter: string | undefined;
  readonly signal: AbortSignal;
}

/** @throws only what ends the run: the signal's reason, and bugs */
export async function ask(engine: Engine, item: Item, how: How): Promise<Answered> {
  try {
    const told = await (item.kind === "choice"
      ? choose(engine, item, how)
      : reply(engine, item, how));
    return { id: item.id, ...told };
  } catch (thrown) {
    how.signal.throwIfAborted();
    if (!(thrown instanceof CharlaError)) throw thrown;
    return { id: item.id, answer: "", error: { code: thrown.code, message: thrown.message } };
  }
}

async function reply(
  engine: Engine,
  item: Item,
  { plan, place, adapter, signal }: How,
): Promise<Omit<Answered, "id">> {
  const own = item.messages.some(({ role }) => role === "system");
  const system: Message[] = plan.system && !own ? [{ role: "system", content: plan.system }] : [];
  const turn = askEngine(only(engine))({
    messages: [...system, ...item.messages],
    sampling: { ...plan.sampling, seed: plan.seed + place },
    ...{ origin: "evaluation", signal },
    ...(adapter !== undefined && { extras: { adapter } }),
  });
  let answer = "";
  for await (const delta of turn) {
    if (delta.type === "text") answer += delta.text;
    if (delta.type !== "finish") continue;
    const { reason, promptTokens, completionTokens: tokens, firstTokenMs, totalMs } = delta.finish;
    const { tokensPerSecond } = delta.finish;
    signal.throwIfAborted();
    return {
      ...{ answer, promptTokens, tokens, firstMs: firstTokenMs, totalMs, tokensPerSecond },
      ...(reason !== "cancelled" && { reason }),
    };
  }
  throw new TypeError("a turn ends with how it ended");
}

/**
 * Which choice the model finds likeliest behind the question: nothing is written, so that it cannot
 * miss the form of an answer. Question and choice are plain text, in the words of no chat template.
 *
 * Source: lm-evaluation-harness 0.4.13, multiple choice: accuracy by the sum over the tokens of a
 * choice (acc), and by the sum over its bytes (acc_norm).
 */
async function choose(
  engine: Engine,
  { messages, choices = [] }: Item,
  { adapter, signal }: How,
): Promise<Omit<Answered, "id">> {
  if (!engine.tokenize || !engine.scoreTokens) throw cannotScore(engine.card.name);
  const began = performance.now();
  const before = `${messages.map(({ content }) => content).join("\n")}\n`;
  const known = await engine.tokenize(before, signal);
  const found: { nats: number; bytes: number }[] = [];
  for (const choice of choices) {
    const whole = await engine.tokenize(`${before}${choice}`, signal);
    // A token may reach over the border; what differs is the choice's.
    const same = whole.findIndex((token, at) => token !== known[at]);
    const from = Math.max(1 - (engine.openingTokens ?? 0), Math.min(same, known.length));
    const scored = await engine.scoreTokens(whole, { from, adapter, signal, yields: true });
    const nats = scored.reduce((sum, { logprob }) => sum + (logprob ?? 0), 0);
    found.push({ nats, bytes: Buffer.byteLength(choice) });
  }
  const picked = likeliest(found);
  return {
    answer: choices[picked] ?? "",
    ...{ choices: found, totalMs: performance.now() - began },
  };
}

type Choice = NonNullable<Answered["choices"]>[number];

/** By what a byte of it costs, since longer ones are less likely whatever they say. */
export const likeliest = (found: readonly Choice[]): number =>
  best(found.map(({ nats, bytes }) => nats / Math.max(1, bytes)));

/** By the whole of it. */
export const likeliestWhole = (found: readonly Choice[]): number =>
  best(found.map(({ nats }) => nats));

const best = (values: readonly number[]): number => values.indexOf(Math.max(...values));
