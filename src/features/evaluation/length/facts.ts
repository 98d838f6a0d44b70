/** The facts that are hidden in a long text: places and words that have nothing to do with each other. */
import { random, shuffle } from "../../../core/statistics.ts";

export const LENGTH_LANGUAGES = ["en", "es"] as const;
export type LengthLanguage = (typeof LENGTH_LANGUAGES)[number];

const TOLD: Readonly<Record<LengthLanguage, (place: string) => string>> = {
  en: (place) => `The secret word of ${place} is`,
  es: (place) => `La palabra secreta de ${place} es`,
};
const PLACES = [
  ...["Lisbon", "Oslo", "Quito", "Dakar", "Turin", "Bergen", "Cusco", "Malta", "Nairobi", "Perth"],
  ...["Seville", "Tunis", "Utrecht", "Vienna", "York", "Zagreb"],
];
const WORDS: Readonly<Record<LengthLanguage, readonly string[]>> = {
  en: [
    ...["marmalade", "lantern", "harbour", "pepper", "velvet", "anchor", "cinnamon", "bridge"],
    ...["falcon", "garden", "hammer", "island", "ladder", "mirror", "needle", "orchard"],
  ],
  es: [
    ...["mermelada", "linterna", "puerto", "pimienta", "terciopelo", "ancla", "canela", "puente"],
    ...["halcón", "jardín", "martillo", "isla", "escalera", "espejo", "aguja", "huerto"],
  ],
};

/** Others of the same form, so that to remember any word is not enough. */
const OTHERS = 3;

export interface Hidden {
  /** "The secret word of Lisbon is marmalade." */
  readonly fact: string;
  readonly others: readonly string[];
  /** What the model is to go on with. */
  readonly asked: string;
  readonly answer: string;
  /** The words of the others, which stand in the same text. */
  readonly wrong: readonly string[];
}

/** The same ones for the same seed and number. */
export function hidden(language: LengthLanguage, seed: number, number: number): Hidden {
  const next = random(seed + 7919 * (number + 1));
  const places = shuffle(PLACES, next);
  const words = shuffle(WORDS[language], next);
  const told = (at: number) => `${TOLD[language](places[at] ?? "")} ${words[at]}.`;
  return {
    fact: told(0),
    others: Array.from({ length: OTHERS }, (_, at) => told(at + 1)),
    asked: TOLD[language](places[0] ?? ""),
    answer: ` ${words[0]}`,
    wrong: words.slice(1, OTHERS + 1).map((word) => ` ${word}`),
  };
}
