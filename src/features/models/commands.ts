/**
 * `charla models list | pull | verify | rm`. Results go to standard output, progress and remarks
 * to standard error, so that pipes carry results only.
 */
import type { Command } from "commander";
import { CharlaError, fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";
import { progressLine } from "../../terminal/progress.ts";
import { pull } from "../../terminal/pull.ts";
import type { Adapter, Model, Models } from "./api.ts";
import type { Library } from "./library.ts";
import { messages } from "./messages.ts";

export function modelCommands(program: Command, library: Library, language: Language): void {
  const text = messages[language];
  const command = program.command("models").description(text.about).helpCommand(false);

  command
    .command("list", { isDefault: true })
    .description(text.list)
    .option("--json", text.json)
    .action(async ({ json }: { json?: boolean }) => {
      const all = await library.models();
      console.log(json ? JSON.stringify(all, null, 2) : table(all, language));
    });

  command
    .command("pull")
    .description(text.pull)
    .argument("[id]", text.id)
    .option("--json", text.json)
    .action(async (id = library.starter, { json }: { json?: boolean }) => {
      const before = await library.model(id);
      const there = before.state === "ready";
      if (!there) await pull(library, id, language);
      if (json) console.log(JSON.stringify(await library.model(id), null, 2));
      else console.log(fill(there ? text.present : text.pulled, { id }));
    });

  command
    .command("verify")
    .description(text.verify)
    .argument("[id]", text.id)
    .option("--json", text.json)
    .action(async (id: string | undefined, { json }: { json?: boolean }) => {
      const reports = await verify(library, id, language, json ?? false);
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
      await library.remove(id);
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

function table({ models, adapters, current, recommended }: Models, language: Language): string {
  const text = messages[language];
  const rows = models.map((model) => [
    `${model.id === current ? "*" : " "} ${model.id}`,
    stateOf(model, language),
    size(model.fileBytes),
    size(model.memoryBytes),
    model.languages.slice(0, 3).join(" ") + (model.languages.length > 3 ? " ..." : ""),
    model.licence,
  ]);
  const [first = "", ...others] = text.columns;
  const body = columns([[`  ${first}`, ...others], ...rows]);
  const advice = recommended ? [fill(text.recommended, { id: recommended })] : [];
  return [...body, "", text.current, ...advice, ...adapterTable(adapters, language)].join("\n");
}

function adapterTable(adapters: readonly Adapter[], language: Language): readonly string[] {
  if (adapters.length === 0) return [];
  const { adapterColumns, broken, none } = messages[language];
  const rows = adapters.map(({ id, architecture, rank, alpha, models, digest, error }) => [
    id,
    architecture,
    String(rank),
    String(alpha),
    error ? broken : models.join(", ") || none,
    digest?.slice(0, 16) ?? "-",
  ]);
  return ["", ...columns([adapterColumns, ...rows])];
}

function columns(lines: readonly (readonly string[])[]): readonly string[] {
  const [head = []] = lines;
  const widths = head.map((_, column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)));
  return lines.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function stateOf({ state, received, fileBytes }: Model, language: Language): string {
  const percent = Math.floor((100 * received) / Math.max(1, fileBytes));
  return fill(messages[language][state], { percent });
}

function size(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
