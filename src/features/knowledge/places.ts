/** A place in a file in words, for prompts, exports and the page. */
import type { Place } from "./api.ts";

const WORDS = {
  en: { page: "page", slide: "slide", sheet: "sheet" },
  es: { page: "página", slide: "diapositiva", sheet: "hoja" },
} as const;

/** "page 3", "sheet Sales, A2:F40", "Chapter 2 › Costs" */
export function placeInWords(
  { page, slide, sheet, cells, headings }: Place,
  language: "en" | "es",
): string {
  const words = WORDS[language];
  return [
    page === undefined ? "" : `${words.page} ${page}`,
    slide === undefined ? "" : `${words.slide} ${slide}`,
    sheet === undefined ? "" : `${words.sheet} ${sheet}`,
    cells ?? "",
    headings?.join(" › ") ?? "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** "contract.pdf, page 3" */
export const sourceOf = (name: string, place: Place, language: "en" | "es"): string =>
  [name, placeInWords(place, language)].filter(Boolean).join(", ");
