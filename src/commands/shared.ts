/** What the commands share: flags that are settings, examples under the help, and the log. */
import { type Command, Option } from "commander";
import { flag, variable } from "../config.ts";
import { CharlaError } from "../core/errors.ts";
import { describe, type TextKey, t } from "../locales/index.ts";

type Described = TextKey extends infer Key
  ? Key extends `option.${infer Name}`
    ? Name
    : never
  : never;

/** A flag of the same name as a setting; the help shows its variable beside it. */
export function option(setting: Exclude<Described, "pull" | "json">, value: string): Option {
  return new Option(`${flag(setting)} ${value}`, t(`option.${setting}`)).env(variable(setting));
}

/** Shown under the help, one a line; the tests run each of them. */
export function examples(command: Command, lines: readonly string[]): void {
  const list = lines.map((line) => `  $ ${line}`).join("\n");
  command.addHelpText("after", `\n${t("cli.examples")}\n${list}`);
}

/** Says what went wrong and what to do; the whole of it to who sets CHARLA_DEBUG. */
export function complain(thrown: unknown): CharlaError {
  const error = CharlaError.from(thrown);
  const { message, hint } = describe(error);
  console.error(`${message}\n${t("cli.hint", { hint })}`);
  if (process.env.CHARLA_DEBUG) console.error(thrown);
  return error;
}

export { textLog as log } from "../log.ts";
