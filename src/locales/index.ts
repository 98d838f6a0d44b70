/**
 * What the terminal says, in English and Spanish. The page has texts of its own; errors share
 * `errors.es.json`.
 */
import { type CharlaError, fill } from "../core/errors.ts";
import en from "./cli.en.json" with { type: "json" };
import es from "./cli.es.json" with { type: "json" };
import spanishErrors from "./errors.es.json" with { type: "json" };

export type Language = "en" | "es";
export type TextKey = keyof typeof en;

/** The terminal's language, by POSIX's order of variables. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || "";
  return locale.toLowerCase().startsWith("es") ? "es" : "en";
}

export const language = languageOf(process.env);

/** A text of the terminal, in its language. */
export function t(key: TextKey, params: Readonly<Record<string, string | number>> = {}): string {
  return fill((language === "es" ? es : en)[key], params);
}

/**
 * Message and hint of an error, in the terminal's language. A bug is shown there by a variable;
 * requests and their ids belong to the server.
 */
export function describe(
  error: Pick<CharlaError, "code" | "message" | "hint" | "params">,
  into = language,
): { message: string; hint: string } {
  const spanish: Readonly<Record<string, { message: string; hint: string }>> = spanishErrors;
  const texts = into === "es" ? es : en;
  const own = into === "es" ? spanish[error.code] : undefined;
  const { message, hint } = own ?? error;
  const wayOut = error.code === "internal_error" ? texts["cli.debug"] : hint;
  return { message: fill(message, error.params), hint: fill(wayOut, error.params) };
}
