/** A passage's source in the reader's language: its place is stored in English words. */
import type { Cited } from "../../../../src/features/knowledge/api.ts";
import { placeInWords } from "../../../../src/features/knowledge/places.ts";
import { language } from "../../chat/language.ts";

export function sourceInWords({ source, place }: Cited): string {
  const stored = placeInWords(place, "en");
  if (stored === "" || !source.endsWith(stored)) return source;
  return source.slice(0, -stored.length) + placeInWords(place, language());
}
