/**
 * `charla`: reads the command line, runs a command, and says what went wrong and what to do.
 * Exit codes: 0 done, 1 failed, 2 wrong use. Heavy modules are imported inside the commands.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { chatCommand } from "./commands/chat.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { rotateCommand } from "./commands/rotate.ts";
import { serveCommand } from "./commands/serve.ts";
import { complain, log } from "./commands/shared.ts";
import { upkeepCommands } from "./commands/upkeep.ts";
import { readConfig, unknownVariables } from "./config.ts";
import { CharlaError } from "./core/errors.ts";
import { type TextKey, t } from "./locales/index.ts";
import { help } from "./terminal/help.ts";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

const program = new Command("charla")
  .description(t("cli.about"))
  .version(manifest.version, "-V, --version", t("cli.version"))
  .helpOption("-h, --help", t("cli.help"))
  .exitOverride()
  .configureHelp(help)
  .configureOutput({ outputError: (message, write) => write(usageError(message)) })
  .helpCommand(false);

// A reader such as `head` may leave before everything is printed.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  complain(
    new CharlaError("output_failed", {
      message: "What was to be printed could not be written: {reason}.",
      hint: "See where the output goes; its disk may be full.",
      params: { reason: error.code ?? error.message },
      cause: error,
    }),
  );
  process.exit(1);
});

// What is made is for who has made it: databases, keys, states, logs, backups.
process.umask(0o077);
try {
  for (const name of unknownVariables(process.env)) {
    console.error(t("cli.unknownVariable", { name }));
  }
  serveCommand(program);
  chatCommand(program);
  doctorCommand(program);
  rotateCommand(program);
  upkeepCommands(program);
  await addFeatureCommands();
  hintAt(program, "charla");
  await program.parseAsync();
} catch (thrown) {
  process.exitCode = report(thrown);
}

/** What each command says where it is used wrongly: where its own help is, which is no command. */
function hintAt(command: Command, path: string): void {
  command.helpCommand(false).showHelpAfterError(t("cli.usageHint", { command: path }));
  for (const one of command.commands) hintAt(one, `${path} ${one.name()}`);
}

/** Commander's own message, or its meaning in the terminal's language. */
function usageError(message: string): string {
  const [, what = ""] = /'([^']*)'/.exec(message) ?? [];
  const [, near] = /Did you mean (.+)\?/.exec(message) ?? [];
  const kinds: ReadonlyArray<readonly [pattern: RegExp, key: TextKey]> = [
    [/unknown command/, "cli.unknownCommand"],
    [/unknown option/, "cli.unknownOption"],
    [/argument missing/, "cli.valueMissing"],
    [/missing required argument/, "cli.argumentMissing"],
    [/too many arguments/, "cli.tooMany"],
  ];
  const known = kinds.find(([pattern]) => pattern.test(message));
  if (!known) return message;
  return `${t(known[1], { what })}\n${near ? `${t("cli.meant", { near })}\n` : ""}`;
}

/** Features are loaded only when one of their commands, or the list of all, may be meant. */
async function addFeatureCommands(): Promise<void> {
  const [first = "serve"] = process.argv.slice(2);
  const own = program.commands.some((command) => command.name() === first);
  if (own || first === "--version" || first === "-V") return;
  const { addCommands } = await import("./app/rest.ts");
  addCommands(program, readConfig(), log);
}

function report(thrown: unknown): number {
  // Commander has printed its own message by then; help and version end with code 0.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  return complain(thrown).code === "invalid_setting" ? 2 : 1;
}
