/** `charla serve`: the page and the API, until a signal stops it. */
import type { Command } from "commander";
import { readConfig } from "../config.ts";
import { t } from "../locales/index.ts";
import { examples, option } from "./options.ts";

export function serveCommand(program: Command): void {
  const command = program
    .command("serve")
    .description(t("serve.about"))
    .addOption(option("port", "<port>"))
    .addOption(option("host", "<host>"))
    .addOption(option("model", "<model>"))
    .addOption(option("home", "<folder>"))
    .option("--pull", t("option.pull"))
    .action(serve);
  examples(command, ["charla serve", "charla serve --port 3000 --model ./model.gguf"]);
}

async function serve(flags: object): Promise<void> {
  const config = readConfig(flags);
  const { startApp } = await import("../app.ts");
  const app = await startApp(config, log);
  console.log(t("serve.address", { url: app.url }));
  if (app.taken !== undefined) console.log(t("serve.taken", { port: app.taken }));

  let stopping = false;
  const stop = () => {
    // A second signal means that the reader does not want to wait.
    if (stopping) process.exit(130);
    stopping = true;
    console.log(t("serve.stopping"));
    app.stop().then(() => process.exit(0), fail);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

function log(line: string, error?: unknown): void {
  console.error(`${new Date().toISOString()} ${line}`, ...(error === undefined ? [] : [error]));
}

function fail(error: unknown): void {
  log("stop", error);
  process.exit(1);
}
