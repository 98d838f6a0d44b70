/** Jobs as a table of the terminal. */
import type { Language } from "../../locales/index.ts";
import { sizeIn } from "../../terminal/amounts.ts";
import { table } from "../../terminal/text.ts";
import { messages } from "./messages.ts";
import type { Shown } from "./work.ts";

/** @param columns of the terminal. @returns its lines, or one that says that there is nothing */
export function tableOf(shown: readonly Shown[], language: Language, columns: number): string[] {
  const text = messages[language];
  if (shown.length === 0) return [text.none];
  const rows = shown.map((job) => [
    job.id,
    text[job.state],
    farOf(job, language),
    whatOf(job, language),
  ]);
  return table([text.columns, ...rows], columns);
}

export const whatOf = ({ label, title }: Shown, language: Language): string =>
  [label[language], title].filter(Boolean).join(": ");

/** "25 %" where the whole is known, else what has been done. */
export function farOf({ done, total, unit }: Shown, language: Language): string {
  if (total) return `${Math.floor((100 * done) / total)} %`;
  return unit === "bytes" ? sizeIn(language, done) : String(done);
}
