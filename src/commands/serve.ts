/** `charla serve`, or `charla` alone: the page and the API, until a signal stops it. */
import type { Command } from "commander";
import type { App } from "../app.ts";
import { type Config, readConfig } from "../config.ts";
import { tidyLater } from "../core/tidy.ts";
import { t } from "../locales/index.ts";
import { jsonLog, type Log, textLog } from "../server/log.ts";
import { examples, group } from "../terminal/help.ts";
import { complain, option } from "./shared.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

export function serveCommand(program: Command): void {
  const command = program
    // Not the default for every word, so that a misspelt command is told as one.
    .command("serve", { isDefault: process.argv[2]?.startsWith("-") ?? true })
    .helpGroup(group("chat"))
    .description(t("serve.about"))
    .addOption(option("port", "<port>"))
    .addOption(option("host", "<host>"))
    .addOption(option("accounts", "[on|off]").preset("on"))
    .addOption(option("model", "<model>"))
    .option("--pull", t("option.pull"))
    .action(serve);
  examples(command, ["charla serve", "charla serve --port 3000", "charla serve --pull"]);
}

async function serve({ pull, ...flags }: { pull?: boolean }): Promise<void> {
  const config = readConfig(flags);
  const log = config.log === "json" ? jsonLog : textLog;
  const { fetchModel } = await import("../engines.ts");
  if (pull && !(await fetched(() => fetchModel(config, log)))) return;

  const app = await started(config, log);
  tidyLater();
  console.log(t("serve.address", { url: addressOf(config, app.url) }));
  if (config.publicUrl !== undefined) console.log(t("serve.behind", { url: app.url }));
  if (app.taken !== undefined) console.log(t("serve.taken", { port: app.taken }));
  const behindProxy = config.publicUrl !== undefined;
  if (behindProxy && config.trustedProxies.length === 0) console.log(t("serve.noProxies"));

  let stopping = false;
  const stop = () => {
    // A second signal means that the reader does not want to wait.
    if (stopping) process.exit(130);
    stopping = true;
    console.log(t("serve.stopping"));
    app.stop().then(
      () => process.exit(0),
      (thrown) => {
        log("stop", thrown);
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, stop);
}

/** Alone, or as one of several, which ends by itself where it cannot go on. */
async function started(config: Config, log: Log): Promise<App> {
  const { replica } = config;
  if (replica === undefined) return (await import("../app.ts")).startApp(config, log);
  const { startReplica } = await import("../app/replicated.ts");
  const app = await startReplica({ ...config, replica }, log);
  app.over.catch((thrown) => {
    complain(thrown);
    process.exit(1);
  });
  return app;
}

/** What people open. Passkeys are for a name, and not for a number. */
function addressOf({ publicUrl, accounts }: Config, url: string): string {
  return publicUrl ?? (accounts ? url.replace("//127.0.0.1:", "//localhost:") : url);
}

/**
 * Fetches the model, and says why when it cannot be had.
 *
 * @returns false when the reader stopped it, and so wants no server either
 */
async function fetched(fetchModel: () => Promise<void>): Promise<boolean> {
  let stopped = false;
  const stop = () => {
    stopped = true;
    process.exitCode = 130; // 128 + SIGINT, as shells have it
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    await fetchModel();
  } catch (thrown) {
    // The page still helps: it shows what is missing and how to get it.
    complain(thrown);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
  return !stopped;
}
