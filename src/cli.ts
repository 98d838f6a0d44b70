/**
 * `charla`: reads the command line, runs a command, and says what went wrong and what to do.
 * Exit codes: 0 done, 1 failed, 2 wrong use. Heavy modules are imported inside the commands.
 */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { serveCommand } from "./commands/serve.ts";
import { unknownVariables } from "./config.ts";
import { CharlaError } from "./core/errors.ts";
import { describe, t } from "./locales/index.ts";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

const program = new Command("charla")
  .description(t("cli.about"))
  .version(manifest.version, "-V, --version", t("cli.version"))
  .helpOption("-h, --help", t("cli.help"))
  .helpCommand(false)
  .exitOverride()
  .showHelpAfterError(t("cli.usageHint", { command: "charla" }));

serveCommand(program);

try {
  for (const name of unknownVariables(process.env)) {
    console.error(t("cli.unknownVariable", { name }));
  }
  await program.parseAsync();
} catch (thrown) {
  process.exitCode = report(thrown);
}

function report(thrown: unknown): number {
  // Commander has printed its own message by then; help and version end with code 0.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  const error = CharlaError.from(thrown);
  const { message, hint } = describe(error);
  console.error(message);
  console.error(t("cli.hint", { hint }));
  if (process.env.CHARLA_DEBUG) console.error(thrown);
  else if (error.code === "internal_error") console.error(t("cli.debug"));
  return error.code === "invalid_setting" ? 2 : 1;
}
