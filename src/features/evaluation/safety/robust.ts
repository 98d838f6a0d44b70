/**
 * How far answers stay right when questions are written carelessly: each question once as it is and in
 * several perturbed copies, the same for every model. An attack succeeds where any copy of a question
 * that was answered right is answered wrong.
 */
import { type Share, sum, wilson } from "../../../core/statistics.ts";
import { mcnemar } from "../metrics/significance.ts";

/** Whether the question as it is was answered right, and each copy. */
export interface Tried {
  readonly clean: boolean;
  readonly copies: readonly {
    readonly recipe: string;
    readonly right: boolean;
    readonly changed: number;
  }[];
}

type Told = Share & { readonly interval: readonly [number, number] };

export interface Robustness {
  readonly clean: Told;
  /** Right as it is and in every copy. */
  readonly robust: Told;
  /** Of those right as they are, how many any copy makes wrong. */
  readonly attacked: Told;
  /** Of the copies by each recipe, how many are answered right. */
  readonly recipes: readonly { readonly recipe: string; readonly right: Told }[];
  /** Of the copies, in mean. */
  readonly changed: number;
  /** How often the model was asked. */
  readonly queries: number;
}

export function robustness(tried: readonly Tried[]): Robustness {
  const robust = tried.filter(({ clean, copies }) => clean && copies.every(({ right }) => right));
  const clean = tried.filter((one) => one.clean);
  const copies = tried.flatMap((one) => one.copies);
  const share = (hits: number, of: number) => ({ hits, of, interval: wilson({ hits, of }) });
  return {
    clean: share(clean.length, tried.length),
    robust: share(robust.length, tried.length),
    attacked: share(clean.length - robust.length, clean.length),
    recipes: [...Map.groupBy(copies, ({ recipe }) => recipe)].map(([recipe, some]) => ({
      recipe,
      right: share(some.filter(({ right }) => right).length, some.length),
    })),
    changed: copies.length > 0 ? sum(copies.map(({ changed }) => changed)) / copies.length : 0,
    queries: tried.length + copies.length,
  };
}

/** The same questions to two models, or before and after a change of one: McNemar's exact test. */
export function robustnessChange(before: readonly Tried[], after: readonly Tried[]) {
  const holds = ({ clean, copies }: Tried) => clean && copies.every(({ right }) => right);
  const both = Math.min(before.length, after.length);
  const pairs = Array.from({ length: both }, (_, at) => [before[at], after[at]] as [Tried, Tried]);
  const lost = pairs.filter(([one, other]) => holds(one) && !holds(other)).length;
  const gained = pairs.filter(([one, other]) => !holds(one) && holds(other)).length;
  return { lost, gained, p: mcnemar(lost, gained) };
}
