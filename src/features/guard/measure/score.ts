/** The score as the product computes it, and against small changes. */
import { RECIPES } from "../../../core/perturb.ts";
import { pauses } from "../../../core/slices.ts";
import { random, type Share } from "../../../core/statistics.ts";
import { SUSPICIOUS, scoreOf } from "../score/index.ts";
import { clean, type Removed } from "../unicode.ts";
import { type Case, isAttack } from "./cases.ts";
import { type Attempt, evade } from "./evade.ts";

/** In the order of the product: first cleaned, then looked at. */
export function scored({ text, from }: Pick<Case, "text" | "from">): number {
  const removed: Removed = {};
  const seen = clean(text, (kind) => {
    removed[kind] = (removed[kind] ?? 0) + 1;
  });
  return scoreOf(seen, from, removed).score;
}

export const suspicious = (one: Pick<Case, "text" | "from">): boolean => scored(one) >= SUSPICIOUS;

export interface Evasion {
  readonly recipe: string;
  readonly language: string;
  /** Of the attacks that are found as they were written. */
  readonly evaded: Share;
  /** Means over those that got through. */
  readonly changed: number;
  readonly queries: number;
}

/** With others in between: thousands of questions to the score. */
export async function evasions(
  cases: readonly Case[],
  seed: number,
  signal: AbortSignal,
): Promise<readonly Evasion[]> {
  const pause = pauses(signal);
  const found = cases.filter((one) => isAttack(one) && suspicious(one));
  const evasions: Evasion[] = [];
  for (const [number, [recipe, change]] of Object.entries(RECIPES).entries()) {
    for (const language of ["en", "es"] as const) {
      const attempts: Attempt[] = [];
      for (const one of found.filter((one) => one.language === language)) {
        const next = random(seed + number * 10_000 + attempts.length);
        attempts.push(evade(one.text, change, (text) => suspicious({ ...one, text }), next));
        await pause();
      }
      const through = attempts.filter(({ evaded }) => evaded);
      const mean = (of: (one: Attempt) => number) =>
        through.reduce((sum, one) => sum + of(one), 0) / Math.max(1, through.length);
      evasions.push({
        ...{ recipe, language, evaded: { hits: through.length, of: attempts.length } },
        changed: mean((one) => one.changed),
        queries: mean((one) => one.queries),
      });
    }
  }
  return evasions;
}
