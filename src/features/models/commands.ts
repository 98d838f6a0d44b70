/**
 * `charla models list | pull | verify | rm`, by the server that runs on the data folder if one does.
 * Results go to standard output, progress and remarks to standard error, so that pipes carry results
 * only.
 */
import type { Command } from "commander";
import { CharlaError, fill } from "../../core/errors.ts";
import type { Ground } from "../../core/feature.ts";
import type { Language } from "../../locales/index.ts";
import { examples, group } from "../../terminal/help.ts";
import { progressLine } from "../../terminal/progress.ts";
import { pull } from "../../terminal/pull.ts";
import { columnsOf } from "../../terminal/text.ts";
import { type Commanded, libraryBeside, PATH } from "./beside.ts";
import type { Library } from "./library.ts";
import { messages } from "./messages.ts";
import { listOf } from "./table.ts";

/** @param running finds the server that has the data folder, if one lets itself be asked */
export function modelCommands(
  program: Command,
  open: () => Promise<Library>,
  { language, running }: Pick<Ground, "language" | "running">,
): void {
  const library = async (): Promise<Commanded> => {
    const own = await open();
    const server = await running(PATH);
    return server ? libraryBeside(server, own) : own;
  };
  const text = messages[language];
  const command = program.command("models").helpGroup(group("models")).description(text.about);
  examples(command, ["charla models", "charla models pull qwen2.5-1.5b", "charla models verify"]);

  command
    .command("list", { isDefault: true })
    .description(text.list)
    .option("--json", text.json)
    .action(async ({ json }: { json?: boolean }) => {
      const all = await (await library()).models();
      const shown = () => listOf(all, language, columnsOf(process.stdout));
      console.log(json ? JSON.stringify(all, null, 2) : shown());
    });

  command
    .command("pull")
    .description(text.pull)
    .argument("[id]", text.id)
    .option("--json", text.json)
    .action(async (wanted: string | undefined, { json }: { json?: boolean }) => {
      const models = await library();
      const id = wanted ?? models.starter;
      const there = ["ready", "loading", "loaded"].includes((await models.model(id)).state);
      if (!there) await pull(models, id, language);
      if (json) console.log(JSON.stringify(await models.model(id), null, 2));
      else console.log(fill(there ? text.present : text.pulled, { id }));
      if (process.stderr.isTTY) console.error(fill(text.use, { id }));
    });

  command
    .command("verify")
    .description(text.verify)
    .argument("[id]", text.id)
    .option("--json", text.json)
    .action(async (id: string | undefined, { json }: { json?: boolean }) => {
      const reports = await verify(await open(), id, language, json ?? false);
      if (json) console.log(JSON.stringify(reports, null, 2));
      else if (reports.length === 0) console.log(text.nothing);
      const bad = reports.find((report) => report.error !== null);
      if (bad?.error) throw bad.error;
    });

  command
    .command("rm")
    .description(text.rm)
    .argument("<id>", text.id)
    .action(async (id: string) => {
      await (await library()).remove(id);
      console.log(fill(text.removed, { id }));
    });
}

interface Report {
  readonly id: string;
  readonly digest: string | null;
  readonly error: CharlaError | null;
}

async function verify(
  library: Library,
  id: string | undefined,
  language: Language,
  quiet: boolean,
): Promise<readonly Report[]> {
  const text = messages[language];
  const all = (await library.models()).models;
  const chosen = all.filter((model) => !["absent", "partial"].includes(model.state));
  const reports: Report[] = [];
  for (const one of id === undefined ? chosen.map((model) => model.id) : [id]) {
    const line = progressLine(process.stderr);
    const show = (read: number, of: number) =>
      line.show(`${one} ${text.verifying}`, read, of, null);
    try {
      const digest = await library.verify(one, new AbortController().signal, show);
      reports.push({ id: one, digest, error: null });
      line.clear();
      if (!quiet) console.log(fill(text.intact, { id: one, digest }));
    } catch (thrown) {
      reports.push({ id: one, digest: null, error: CharlaError.from(thrown) });
      line.clear();
      if (!quiet) console.log(`${one}: ${text.broken}`);
    }
  }
  return reports;
}
