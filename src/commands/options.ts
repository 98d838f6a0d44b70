/** What the commands share: flags that are settings, and examples under the help. */
import { type Command, Option } from "commander";
import { flag, variable } from "../config.ts";
import { type TextKey, t } from "../locales/index.ts";

type SharedSetting =
  Extract<TextKey, `option.${string}`> extends `option.${infer Name}` ? Name : never;

/** A flag of the same name as a setting; the help shows its variable beside it. */
export function option(setting: SharedSetting, value: string): Option {
  return new Option(`${flag(setting)} ${value}`, t(`option.${setting}`)).env(variable(setting));
}

/** Shown under the help, one a line; the tests run each of them. */
export function examples(command: Command, lines: readonly string[]): void {
  const list = lines.map((line) => `  $ ${line}`).join("\n");
  command.addHelpText("after", `\n${t("cli.examples")}\n${list}`);
}
