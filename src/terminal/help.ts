/**
 * How `charla --help` and the help of each command look: headings and brackets in the terminal's
 * language, commands under what they are for, and lines that fit the terminal.
 */
import type { Command, HelpConfiguration, Option } from "commander";
import { type TextKey, t } from "../locales/index.ts";
import { wrap } from "./text.ts";

/** In the order in which `charla --help` shows them. */
const GROUPS = ["chat", "models", "upkeep", "people", "proof"] as const;

/** The heading under which a command stands. */
export const group = (name: (typeof GROUPS)[number]): string => t(`cli.group.${name}`);

/** Shown under the help, one a line. */
export function examples(command: Command, lines: readonly string[]): void {
  const list = lines.map((line) => `  $ ${line}`).join("\n");
  command.addHelpText("after", `\n${t("cli.examples")}\n${list}`);
}

/** Commander's own headings and marks. */
const TITLES: Readonly<Record<string, TextKey>> = {
  "Usage:": "cli.usage",
  "Arguments:": "cli.arguments",
  "Options:": "cli.options",
  "Commands:": "cli.commands",
};

/** What stands under no heading of ours comes last. */
function order(heading: string): number {
  const at = GROUPS.findIndex((name) => group(name) === heading);
  return at < 0 ? GROUPS.length : at;
}

/** Columns that a description is worth reading at beside its term. */
const NARROWEST = 32;
const INDENT = "    ";

export const help: HelpConfiguration = {
  styleTitle: (title) => (TITLES[title] === undefined ? title : t(TITLES[title])),
  styleUsage: (usage) =>
    usage.replace("[options]", t("cli.mark.options")).replace("[command]", t("cli.mark.command")),
  // What it takes stands in its own help.
  subcommandTerm: (command) => command.name(),
  optionDescription,
  groupItems(all, shown, heading) {
    const groups = new Map<string, typeof shown>();
    // Not all that is shown is among them: the flag for help is not.
    const headings = [...new Set([...all, ...shown].map(heading))].sort(
      (one, other) => order(one) - order(other),
    );
    for (const name of headings) groups.set(name, []);
    for (const item of shown) groups.get(heading(item))?.push(item);
    return groups;
  },
  formatItem(term, width, description, { helpWidth = 80 }) {
    const beside = helpWidth - width - 4;
    if (beside < NARROWEST) {
      const below = wrap(description, helpWidth - INDENT.length);
      return [`  ${term}`, ...below.map((line) => INDENT + line)].join("\n");
    }
    const [first = "", ...more] = wrap(description, beside);
    const indent = " ".repeat(width + 4);
    return [`  ${term.padEnd(width + 2)}${first}`, ...more.map((line) => indent + line)].join("\n");
  },
};

/** With its default and its variable; what it is where it has no value is told by the text. */
function optionDescription({ description, defaultValue, envVar }: Option): string {
  const facts = [
    ...(typeof defaultValue === "string" ? [t("cli.default", { value: defaultValue })] : []),
    ...(envVar === undefined ? [] : [t("cli.variable", { name: envVar })]),
  ];
  return facts.length > 0 ? `${description} (${facts.join(", ")})` : description;
}
