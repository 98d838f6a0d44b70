/**
 * `charla chat`: a chat in the terminal, or one question from the command line, a pipe or both; only
 * the answer goes to standard output then.
 */
import type { Command } from "commander";
import { t } from "../locales/index.ts";
import { examples, group } from "../terminal/help.ts";
import { option } from "./shared.ts";

export function chatCommand(program: Command): void {
  const command = program
    .command("chat")
    .helpGroup(group("chat"))
    .description(t("chat.about"))
    .argument("[question...]", t("chat.question"))
    .addOption(option("model", "<model>"))
    .addOption(option("system", "<text>"))
    .addOption(option("temperature", "<number>"))
    .addOption(option("topP", "<number>"))
    .addOption(option("maxTokens", "<count>"))
    .addOption(option("seed", "<number>"))
    .option("--json", t("option.json"))
    .action(async (words: string[], { json = false, ...flags }: { json?: boolean }) => {
      const { chat } = await import("./chat/index.ts");
      await chat(words.join(" "), flags, json);
    });
  examples(command, [
    "charla chat",
    `charla chat "${t("chat.example.question")}"`,
    `ls | charla chat "${t("chat.example.pipe")}"`,
    `echo "${t("chat.example.short")}" | charla chat --temperature 0 --max-tokens 20 --json`,
  ]);
}
