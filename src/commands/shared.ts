/** What the commands share: flags that are settings, and the log. */
import { Option } from "commander";
import { explain } from "../app/explain.ts";
import { flag, variable } from "../config.ts";
import { CharlaError } from "../core/errors.ts";
import { type TextKey, t } from "../locales/index.ts";
import { type Format, paintFor } from "../terminal/colours.ts";
import { columnsOf, wrap } from "../terminal/text.ts";

type Described = TextKey extends infer Key
  ? Key extends `option.${infer Name}`
    ? Name
    : never
  : never;

/** A flag of the same name as a setting; the help shows its variable beside it. */
export function option(setting: Exclude<Described, "pull" | "json">, value: string): Option {
  return new Option(`${flag(setting)} ${value}`, t(`option.${setting}`)).env(variable(setting));
}

/** Says something to whoever sits at the terminal, in lines that break between words. */
export function tell(text: string, format?: Format): void {
  const { stderr } = process;
  for (const line of text.split("\n").flatMap((line) => wrap(line, columnsOf(stderr)))) {
    console.error(format ? paintFor(stderr)(format, line) : line);
  }
}

/** Says what went wrong and what to do; the whole of it to who sets CHARLA_DEBUG. */
export function complain(thrown: unknown): CharlaError {
  const error = CharlaError.from(thrown);
  const { message, hint } = explain(error);
  tell(message);
  tell(t("cli.hint", { hint }));
  if (process.env.CHARLA_DEBUG) console.error(thrown);
  return error;
}

export { textLog as log } from "../server/log.ts";
