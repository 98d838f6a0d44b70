/** What is kept and erased of people, in words: by the keys that features report with. */
import type { Language } from "./index.ts";
import en from "./rights.en.json" with { type: "json" };
import es from "./rights.es.json" with { type: "json" };

/** The key itself where a feature from elsewhere has brought one that is not there. */
export function word(key: string, language: Language): string {
  const words: Readonly<Record<string, string>> = language === "es" ? es : en;
  return words[key] ?? key;
}
