/** What is done to a whole database: `charla backup`, `charla restore`, `charla migrate-database`. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { type Config, readConfig } from "../config.ts";
import { CharlaError } from "../core/errors.ts";
import { type TextKey, t } from "../locales/index.ts";
import { examples, group } from "../terminal/help.ts";
import { interruptible } from "../terminal/interrupt.ts";
import { progressLine } from "../terminal/progress.ts";
import { log } from "./shared.ts";

interface Watch {
  readonly signal: AbortSignal;
  onProgress(done: number, total: number): void;
}

export function upkeepCommands(program: Command): void {
  const backup = program
    .command("backup")
    .helpGroup(group("upkeep"))
    .description(t("upkeep.about.backup"))
    .argument("<file>", t("upkeep.file"))
    .option("--json", t("option.json"))
    .action(async (file: string, { json }: { json?: boolean }) => {
      const { upkeep } = await import("../app/upkeep.ts");
      const path = resolve(file);
      const made = await watched((watch) => upkeep.backup(readConfig(), path, watch));
      tell(json, made, "upkeep.backedUp", made.tables, { file: path });
    });
  examples(backup, ["charla backup charla.backup"]);
  const restore = program
    .command("restore")
    .helpGroup(group("upkeep"))
    .description(t("upkeep.about.restore"))
    .argument("<file>", t("upkeep.file"))
    .option("--replace", t("upkeep.replace"))
    .option("--json", t("option.json"))
    .action(
      async (file: string, { replace = false, json }: { replace?: boolean; json?: boolean }) => {
        const { upkeep } = await import("../app/upkeep.ts");
        const restoring = (watch: Watch) =>
          upkeep.restore(readConfig(), log, resolve(file), replace, watch);
        const made = await watched(restoring);
        const date = new Date(made.createdAt).toLocaleString();
        tell(json, made, "upkeep.restored", made.tables, { date });
      },
    );
  examples(restore, ["charla restore --replace charla.backup"]);
  program
    .command("migrate-database")
    .helpGroup(group("upkeep"))
    .description(t("upkeep.about.migrate"))
    .option("--from <folder>", t("upkeep.from"))
    .option("--to <url>", t("upkeep.to"))
    .option("--json", t("option.json"))
    .action(async ({ from, to, json }: { from?: string; to?: string; json?: boolean }) => {
      const { upkeep } = await import("../app/upkeep.ts");
      const config = configOf(from, to);
      const tables = await watched((watch) => upkeep.move(config, watch));
      tell(json, { tables }, "upkeep.migrated", tables, {});
    });
}

function configOf(
  from: string | undefined,
  to: string | undefined,
): Config & { databaseUrl: string } {
  const config = readConfig(from === undefined ? {} : { home: from }, {
    ...process.env,
    ...(to !== undefined && { CHARLA_DATABASE_URL: to }),
  });
  const { databaseUrl } = config;
  if (databaseUrl !== undefined) return { ...config, databaseUrl };
  throw new CharlaError("database_url_missing", {
    status: 400,
    message: "Nothing says which PostgreSQL database to move to.",
    hint: "Set CHARLA_DATABASE_URL or --to to its address: postgres://user@host:5432/name.",
  });
}

/** Shows how far it is, and ends it in good order at a signal. */
async function watched<Result>(work: (watch: Watch) => Promise<Result>): Promise<Result> {
  using stopping = interruptible(stopped);
  const line = progressLine(process.stderr, (done, total) => t("upkeep.rows", { done, total }));
  const onProgress = (done: number, total: number) =>
    line.show(t("upkeep.copying"), done, total, null);
  try {
    return await work({ signal: stopping.signal, onProgress });
  } finally {
    line.clear();
  }
}

function stopped(): CharlaError {
  return new CharlaError("upkeep_stopped", {
    message: "Stopped: nothing was changed.",
    hint: "Do it again whenever you like.",
  });
}

function tell(
  json: boolean | undefined,
  result: object,
  key: TextKey,
  tables: Readonly<Record<string, { readonly rows: number }>>,
  params: Readonly<Record<string, string>>,
): void {
  const all = Object.values(tables);
  const rows = all.reduce((sum, { rows }) => sum + rows, 0);
  const words = t(key, { ...params, rows, tables: all.length });
  console.log(json ? JSON.stringify(result, null, 2) : words);
}
