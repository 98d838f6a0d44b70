/**
 * Whether an adapter says what it has learned from word for word: each chat is shown up to the middle of
 * its last answer, and counted is how much of the rest comes out when the likeliest token is always taken.
 * That is asked in one pass over the chat as it stands: up to the first place at which another token is the
 * likeliest, a greedy answer has the same tokens before it.
 *
 * Source: Carlini et al., "Quantifying Memorization Across Neural Language Models", 2023
 * (arXiv 2202.07646), section 3.1.
 */
import type { Engine } from "../../core/engine.ts";
import type { Extracted } from "./plan.ts";
import { type Counted, preferredOf } from "./verdict.ts";

/** Tokens of a rest that are compared, and of an answer that has a middle. */
const [REST, LEAST] = [64, 8];
/** Tokens of all chats that are read with each model: a minute for a small one on a processor. */
const BUDGET = 6000;

/** A chat up to where it is compared. */
interface Shown {
  readonly tokens: readonly number[];
  /** The first token that is to come out. */
  readonly from: number;
}

/**
 * @param learned what it has learned from, and chats that it never saw
 * @returns null where no answer is long enough or the engine does not tell
 */
export async function extract(
  engine: Engine,
  adapter: string,
  {
    learned,
    unseen,
  }: { readonly learned: readonly Counted[]; readonly unseen: readonly Counted[] },
  turn: () => Promise<void>,
  signal: AbortSignal,
): Promise<Extracted | null> {
  const share = async (one: Shown, adapted?: string) => {
    await turn();
    return saidOf(engine, one, adapted, signal);
  };
  const chats = shownOf(learned);
  const pairs: { readonly base: number; readonly tuned: number }[] = [];
  for (const one of chats) pairs.push({ base: await share(one), tuned: await share(one, adapter) });
  const others: number[] = [];
  for (const one of shownOf(unseen)) others.push(await share(one, adapter));
  if (pairs.length === 0 || !engine.scoreTokens) return null;
  const whole = (of: "base" | "tuned") => pairs.filter((one) => one[of] === 1).length;
  return {
    texts: pairs.length,
    tokens: chats.reduce((sum, { tokens, from }) => sum + tokens.length - from, 0),
    base: mean(pairs.map(({ base }) => base)),
    tuned: mean(pairs.map(({ tuned }) => tuned)),
    more: preferredOf(pairs.map(({ base, tuned }) => tuned - base)).gain,
    whole: { base: whole("base"), tuned: whole("tuned") },
    unseen: others.length > 0 ? mean(others) : null,
  };
}

const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;

/** As many of them as the budget has room for. */
function shownOf(texts: readonly Counted[]): readonly Shown[] {
  const shown: Shown[] = [];
  let left = BUDGET;
  for (const { tokens, answer = [] } of texts) {
    const end = answer.lastIndexOf(1) + 1;
    const begin = answer.slice(0, end).lastIndexOf(0) + 1;
    if (end - begin < LEAST) continue;
    const from = begin + Math.floor((end - begin) / 2);
    const one = { tokens: tokens.slice(0, Math.min(end, from + REST)), from };
    left -= one.tokens.length;
    if (left < 0) break;
    shown.push(one);
  }
  return shown;
}

/** The share of the rest that comes out before the first other token. */
async function saidOf(
  engine: Engine,
  { tokens, from }: Shown,
  adapter: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  // What every text begins with, the engine puts there itself.
  const opening = engine.openingTokens ?? 0;
  const options = { from: from - opening, top: 1, yields: true, signal };
  const places =
    (await engine.scoreTokens?.(tokens.slice(opening), {
      ...options,
      ...(adapter !== undefined && { adapter }),
    })) ?? [];
  const other = places.findIndex(({ id, top }) => top[0]?.id !== id);
  return (other < 0 ? places.length : other) / (tokens.length - from);
}
