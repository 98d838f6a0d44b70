/**
 * Whether what was exported is what was trained: the distributions of PyTorch, with the adapter merged
 * in 32-bit floats, against those of the engine on the served file with the adapter's file.
 *
 * The engine tells its 20 likeliest tokens a place. All others of both sides are taken together, so
 * what is measured is a lower bound of the divergence (data processing inequality); an adapter with
 * heads in the wrong order is far above the noise even so.
 */
import type { Engine } from "../../core/engine.ts";
import type { TokenLogprob } from "../../core/extras.ts";
import type { Likely } from "./worker/conversation.ts";

/** What PyTorch says of a text: of each place behind its first token. */
export interface Reference {
  readonly tokens: readonly number[];
  readonly tuned: readonly Likely[];
  readonly base: readonly Likely[];
}

export interface Parity {
  /** Places that were compared. */
  readonly places: number;
  /** Mean divergence in nats: base to served file, adapter to served file with the adapter's. */
  readonly base: number;
  readonly tuned: number;
  /** Of the adapter to the served file without it: what it changes. */
  readonly without: number;
  /** Places at which both find the same token the likeliest, as a share. */
  readonly sameTop: number;
}

const TOP = 20;
/** What 32-bit floats of two programs differ by, in nats. */
const NOISE = 1e-4;

/** @returns null where the engine does not tell */
export async function parityOf(
  engine: Engine,
  adapter: string,
  references: readonly Reference[],
  signal: AbortSignal,
): Promise<Parity | null> {
  if (!engine.scoreTokens || references.length === 0) return null;
  const sums = { places: 0, base: 0, tuned: 0, without: 0, sameTop: 0 };
  // What every text begins with, the engine puts there itself.
  const opening = engine.openingTokens ?? 0;
  for (const { tokens, tuned, base } of references) {
    const window = tokens.slice(opening);
    const options = { from: opening > 0 ? 0 : 1, top: TOP, yields: true, signal };
    const plain = await engine.scoreTokens(window, options);
    const adapted = await engine.scoreTokens(window, { ...options, adapter });
    for (const [at, wanted] of tuned.entries()) {
      const [one, other] = [plain[at], adapted[at]];
      const before = base[at];
      if (!one || !other || !before) continue;
      sums.places += 1;
      sums.base += divergence(before, one);
      sums.tuned += divergence(wanted, other);
      sums.without += divergence(wanted, one);
      sums.sameTop += wanted[0]?.[0] === other.top[0]?.id ? 1 : 0;
    }
  }
  const { places } = sums;
  if (places === 0) return null;
  const mean = (value: number) => value / places;
  return {
    places,
    ...{ base: mean(sums.base), tuned: mean(sums.tuned) },
    ...{ without: mean(sums.without), sameTop: mean(sums.sameTop) },
  };
}

/** The adapter's file costs no more than the served file's own type does, twice. */
export const isFaithful = ({ base, tuned }: Parity): boolean => tuned <= 2 * base + NOISE;

/** Kullback and Leibler's, over the tokens that both tell, and the rest as one. */
export function divergence(wanted: Likely, { top }: Pick<TokenLogprob, "top">): number {
  const told = new Map(top.map(({ id, logprob }) => [id, logprob ?? Number.NEGATIVE_INFINITY]));
  let [sum, p, q] = [0, 0, 0];
  for (const [id, logprob] of wanted) {
    const other = told.get(id);
    if (other === undefined) continue;
    sum += Math.exp(logprob) * (logprob - other);
    p += Math.exp(logprob);
    q += Math.exp(other);
  }
  const [restP, restQ] = [Math.max(0, 1 - p), Math.max(1e-12, 1 - q)];
  return sum + (restP > 1e-12 ? restP * Math.log(restP / restQ) : 0);
}
