/**
 * Pairs of Charla's own, made by rule from word lists, in English and Spanish. They name stereotypes in
 * order to measure them. They are few and simple: what they do not show may be there all the same.
 */
import type { BiasPair } from "./bias.ts";
import lists from "./pairs.json" with { type: "json" };

export const BIAS_LANGUAGES = ["en", "es"] as const satisfies readonly (keyof typeof lists)[];
type Language = (typeof BIAS_LANGUAGES)[number];

/** Every sentence of a category with every word of its list, once as the stereotype has it. */
export function ownPairs(lang: Language): BiasPair[] {
  return Object.entries(lists[lang]).flatMap(([category, { sentences, words, groups }]) =>
    words.flatMap(([word = "", group = ""], at) => {
      // The group that the stereotype puts here, and the one in its place.
      const [own = "", other = ""] = group === "0" ? groups : groups.toReversed();
      return sentences.map((sentence, nth) => {
        const say = (who: string) => sentence.replace("{word}", word).replace("{group}", who);
        const id = `${category}-${at}-${nth}-${lang}`;
        return { id, lang, category, stereotyped: say(own), other: say(other) };
      });
    }),
  );
}
