/**
 * The page's language: the browser's, until the reader chooses. Components that show text call
 * `useLanguage()` so that a switch renders them again.
 */
import { useSyncExternalStore } from "react";
import { fill } from "../../../src/core/errors.ts";
import en from "../locales/en.json" with { type: "json" };
import es from "../locales/es.json" with { type: "json" };

export type Key = keyof typeof en;
export type Language = "en" | "es";
type Params = Readonly<Record<string, string | number>>;

const tables: Record<Language, Record<string, string>> = { en, es };
const listeners = new Set<() => void>();
let current: Language = navigator.language.startsWith("es") ? "es" : "en";
document.documentElement.lang = current;

export function setLanguage(next: Language): void {
  current = document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

export const language = () => current;

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useLanguage = () => useSyncExternalStore(subscribe, language);

/** The text for a key; `{name}` is replaced by its parameter. */
export const t = (key: Key, params: Params = {}) => fill(tables[current][key] ?? key, params);
