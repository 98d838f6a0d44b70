/** What the terminal says, in English and Spanish. The page has texts of its own. */
import { fill } from "../core/errors.ts";
import type { Language } from "../core/words.ts";
import en from "./cli.en.json" with { type: "json" };
import es from "./cli.es.json" with { type: "json" };

export type { Language };
export type TextKey = keyof typeof en;

/** The terminal's language, by POSIX's order of variables. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || "";
  return locale.toLowerCase().startsWith("es") ? "es" : "en";
}

export const language = languageOf(process.env);

export const textsIn = (into: Language): Readonly<Record<TextKey, string>> =>
  into === "es" ? es : en;

/** A text of the terminal, in its language. */
export function t(key: TextKey, params: Readonly<Record<string, string | number>> = {}): string {
  return fill(textsIn(language)[key], params);
}
