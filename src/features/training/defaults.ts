/** What the page shows without the schemas: settings that work for small models on a processor. */

export const DEFAULTS = {
  ...{ rank: 8, alpha: 16, dropout: 0, rate: 0, epochs: 3, steps: 0, batch: 1, length: 512 },
  ...{ warmup: 0.06, decay: 0, every: 0, patience: 3, seed: 1, threads: 0, beta: 0.1, folds: 0 },
  ...{ soft: 0, temperature: 1, processes: 1 },
};

/** Learning rates by what is learned from: judgements push harder than words. */
export const RATES = { sft: 5e-4, dpo: 1e-4, kto: 1e-4 } as const;

/** Whose chats: one's own; of people who have agreed; of nobody, as public or made-up ones are. */
export const WHOSE = ["own", "agreed", "public"] as const;

/** In which a teacher can make up chats, and how many questions and answers at most. */
export const LANGUAGES = ["en", "es"] as const;
export const [LEAST_MADE_UP, MOST_MADE_UP] = [10, 1000] as const;

/**
 * Families of changes that are learned from where nobody says which: about half of each language's, so that
 * others are left to measure.
 */
export const FAMILIES = ["DeepWordBug", "WordOrder", "Accents"] as const;

/** Those that there are, as `core/perturb.ts` has them. */
export const RECIPES = [
  ...(["DeepWordBug", "Pruthi", "CheckList", "Keyboard"] as const),
  ...(["WordOrder", "Accents", "Sounds"] as const),
] as const;
