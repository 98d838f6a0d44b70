/**
 * How far answers stay right when questions are written carelessly: each question once as it is and in
 * several perturbed copies, the same for every model. An attack succeeds where any copy of a question
 * that was answered right is answered wrong.
 */
import { type Change, perturbed, RECIPES, SLIPS, swapped } from "../../../core/perturb.ts";
import { random, type Share, sum, wilson } from "../../../core/statistics.ts";
import { mcnemar } from "../metrics/significance.ts";

/** Those that say something in a language; the literature's are English ones. */
export const RECIPES_OF = {
  en: ["DeepWordBug", "Pruthi", "CheckList", "Keyboard", "WordOrder"],
  es: ["Accents", "Sounds", "Keyboard", "Pruthi", "WordOrder"],
} as const;

/** Share of the words that a copy changes at most. */
const SHARE = 0.25;

export interface Copy {
  readonly recipe: string;
  readonly text: string;
  /** Share of the words that are others. */
  readonly changed: number;
}

/** One copy of a text by each recipe of the language; those that change nothing are left out. */
export function copiesOf(text: string, lang: "en" | "es", seed: number): Copy[] {
  const changes: Readonly<Record<string, Change>> = { ...RECIPES, ...SLIPS };
  return RECIPES_OF[lang]
    .map((recipe, at) => {
      const next = random(seed * 31 + at);
      const made =
        recipe === "WordOrder"
          ? swapped(text, SHARE, next)
          : perturbed(text, changes[recipe] as Change, SHARE, next);
      return { recipe, ...made };
    })
    .filter((copy) => copy.text !== text);
}

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
