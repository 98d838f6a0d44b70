/** A place in a queue and an estimate of the wait, as the page and the terminal say them. */
import type { Waiting } from "../core/types.ts";

const ENGLISH_ENDINGS: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd" };
const english = new Intl.PluralRules("en", { type: "ordinal" });

export interface QueueWords {
  /** "2nd", "2.º" */
  readonly place: string;
  /** "10 s", "3 min": no finer than an estimate is; absent without one. */
  readonly time: string | undefined;
}

export function queueWords(
  { place, seconds }: Pick<Waiting, "place" | "seconds">,
  language: "en" | "es",
): QueueWords {
  const ending = language === "es" ? ".º" : (ENGLISH_ENDINGS[english.select(place)] ?? "th");
  return { place: `${place}${ending}`, time: seconds === undefined ? undefined : rough(seconds) };
}

export function rough(seconds: number): string {
  if (seconds <= 10) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds <= 55) return `${Math.ceil(seconds / 5) * 5} s`;
  return `${Math.ceil(seconds / 60)} min`;
}
