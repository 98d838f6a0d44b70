/** What the commands share: flags that are settings, examples under the help, and the log. */
import { type Command, Option } from "commander";
import { flag, variable } from "../config.ts";
import { type TextKey, t } from "../locales/index.ts";

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

export function log(line: string, error?: unknown): void {
  console.error(`${new Date().toISOString()} ${line}`, ...(error === undefined ? [] : [error]));
}
