/**
 * The texts that come with Charla, written for it, ten in English and ten in Spanish that are no
 * translations of each other. They are published, so models that were trained later may have read them.
 */
import own from "./own.json" with { type: "json" };

export const OWN_TEXTS = "own-texts";

/** As the file of JSON lines that it would be. */
export const ownTexts = (): string =>
  own
    .map(({ id, lang, text }) =>
      JSON.stringify({ id, lang, licence: "Apache-2.0", source: "own", text }),
    )
    .join("\n");

/** All of a language as one plain text. */
export const builtInText = (language: "en" | "es"): string =>
  own
    .filter(({ lang }) => lang === language)
    .map(({ text }) => text)
    .join("\n\n");
