/** Pairs of texts that are hard on metrics, by chance from a seed; and words that are on stemmers. */
import { random } from "../../../../src/core/statistics.ts";
import type { Pair } from "../../../../src/features/evaluation/metrics/types.ts";

export interface Nasty extends Pair {
  readonly language: "en" | "es";
}

const WORDS = {
  en: `the The a an of in it's don't U.S. i.e. runner running runs ran Quickly quickly dog dogs
    1,000.50 3.14 2024 -5 10-20 e-mail well-known "quoted" (aside) & &amp; &quot; <skipped> [x] {y}
    can't cannot Mr. e.g. A.B. 50% $3 #1 @you x_y café naïve ... -- — ! ? ; : ' / \\ ~ ^`,
  es: `el La un una los las de en ¿Dónde está? ¡Hola! qué Qué año niño niña corazón corriendo corre
    corrió bibliotecas biblioteca pública más mas sí si 1.000,50 3,14 «citado» “así” D. Sr. p. ej.
    EE. UU. aún aun pingüino güe ª º € 10 % señor Señor — – … ; : - ¿ ? ¡ ! la las`,
};
const ODD = [
  ...["\u00a0", "\u2009", "\u200b", "\ufeff", "\u0085", "\u001c", "\u3000", "\t", "  "],
  ...[
    "e\u0301",
    "ñ",
    "n\u0303",
    "½",
    "²",
    "Ⅳ",
    "٣",
    "東京",
    "タワー",
    "🗼",
    "👩‍👩‍👧",
    "☕\ufe0f",
    "İ",
    "ß",
    "ΟΔΟΣ",
  ],
  ...[
    "ﬁ",
    "«",
    "»",
    "¿",
    "€",
    "±",
    "\u202e",
    "ع",
    "हिन्दी",
    "𝒳",
    "-\n",
    "&lt;",
    "&gt;",
    "'s",
    "a.b,c",
    ".5,",
    "5.",
    ",5",
  ],
];

/** The same seed gives the same pairs. */
export function nasty(count: number, seed: number): Nasty[] {
  const next = random(seed);
  const below = (most: number) => Math.floor(next() * most);
  const pick = <T>(list: readonly T[]) => list[below(list.length)] as T;
  const text = (language: "en" | "es", most: number): string => {
    const words = WORDS[language].split(/\s+/).filter((word) => word !== "");
    const parts = Array.from({ length: below(most + 1) }, () =>
      next() < 0.12 ? pick(ODD) : pick(words),
    );
    const separator = () => (next() < 0.06 ? pick(["\n", "", "\n\n", "\t"]) : " ");
    return parts.map((part) => part + separator()).join("");
  };
  /** Another text, or the same with words lost, doubled, changed and moved. */
  const like = (base: string, language: "en" | "es"): string => {
    if (next() < 0.2) return text(language, 12);
    const words = base.split(" ").flatMap((word) => {
      const chance = next();
      if (chance < 0.1) return [];
      if (chance < 0.15) return [word, word];
      return chance < 0.25 ? [pick(WORDS[language].split(/\s+/))] : [word];
    });
    if (words.length > 3 && next() < 0.4) {
      const from = below(words.length - 1);
      const block = words.splice(from, 1 + below(3));
      words.splice(below(words.length + 1), 0, ...block);
    }
    return words.join(" ");
  };
  return Array.from({ length: count }, (_, index) => {
    const language = index % 2 === 0 ? "en" : "es";
    const hypothesis = text(language, next() < 0.05 ? 150 : 25);
    const references = Array.from({ length: next() < 0.3 ? 2 + below(2) : 1 }, () =>
      like(hypothesis, language),
    );
    return { hypothesis, references, language };
  });
}

const BEGINNINGS = `a be con di e fl gen hop in jo kl lov mat nat op pr qu rel st tr un ver w yy z
  abil commun corr dif elect form geo happ log plast sens sky univers vill`.split(/\s+/);
const ENDINGS =
  `ational tional enci anci izer bli abli alli entli eli ousli ization ation ator alism
  iveness fulness ousness aliti iviti biliti fulli logi logy icate ative alize iciti ical ful ness al
  ance ence er ic able ible ant ement ment ent sion tion ion ou ism ate iti ous ive ize e ll lls s ss
  sses ies ied eed eeds ed ing ings y ys yed ying ity ally ly bling ating izing ed's atted ando iendo
  ciones mente idades aremos íamos ísimo arla ándoselo logías amientos adora`.split(/\s+/);

/** Made from beginnings and endings that the rules of stemmers look at. */
export function hardWords(count: number, seed: number): string[] {
  const next = random(seed);
  const pick = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T;
  return Array.from({ length: count }, () =>
    `${pick(BEGINNINGS)}${next() < 0.5 ? pick(["a", "e", "i", "o", "t", "y", "ss", "ll", ""]) : ""}${pick(ENDINGS)}${next() < 0.3 ? pick(ENDINGS) : ""}`.replace(
      /[^\p{L}]/gu,
      "",
    ),
  );
}
