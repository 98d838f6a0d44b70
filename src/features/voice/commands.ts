/** `charla voice status | setup | remove`: what hears and speaks, as files. */
import type { Command } from "commander";
import { fill } from "../../core/errors.ts";
import type { Ground } from "../../core/feature.ts";
import { examples, group } from "../../terminal/help.ts";
import { messages } from "./messages.ts";
import type { MakeTools } from "./shelf/tools.ts";

/** Megabytes of the usual parts, for a sentence of the help, which loads nothing. */
const SIZE = 295;
const MB = 1e6;

export function voiceCommands(program: Command, tools: MakeTools, ground: Ground): void {
  const { language, log, settings } = ground;
  const text = messages[language];
  const command = program.command("voice").helpGroup(group("models")).description(text.about);
  examples(command, ["charla voice", "charla voice setup", "charla voice setup moonshine-tiny"]);
  const open = async () => {
    const { PARTS, withNeeds } = await import("./shelf/parts.ts");
    const { Shelf } = await import("./shelf/store.ts");
    const { fetchAll, idsOf } = await import("./setup.ts");
    return { PARTS, withNeeds, fetchAll, idsOf, shelf: new Shelf(settings.home, tools, log) };
  };
  const say = async (json: boolean | undefined) => {
    const { PARTS, shelf } = await open();
    const present = await shelf.present();
    const parts = PARTS.map((part) => ({
      ...{ id: part.id, name: part.name, kind: part.kind, languages: part.languages },
      ...{ licence: part.licence, bytes: part.bytes },
      state: present.includes(part) ? ("ready" as const) : ("absent" as const),
    }));
    if (json) return console.log(JSON.stringify(parts, null, 2));
    for (const { id, name, licence, bytes, state } of parts) {
      const size = `${Math.round(bytes / MB)} MB`;
      console.log(`${id.padEnd(16)} ${size.padStart(7)}  ${text[state]}  (${name}; ${licence})`);
    }
    for (const kind of ["hears", "speaks"] as const) {
      const able = parts.filter((one) => one.kind === kind && one.state === "ready");
      const languages = [...new Set(able.flatMap((one) => one.languages))];
      console.log(fill(text[kind], { languages: languages.join(", ") || text.none }));
    }
  };

  command
    .command("status", { isDefault: true })
    .description(text.status)
    .option("--json", text.json)
    .action(({ json }: { json?: boolean }) => say(json));

  command
    .command("setup")
    .argument("[parts...]")
    .description(fill(text.setup, { size: SIZE }))
    .option("--json", text.json)
    .action(async (names: string[], { json }: { json?: boolean }) => {
      const { progressLine } = await import("../../terminal/progress.ts");
      const { PARTS, shelf, withNeeds, idsOf, fetchAll } = await open();
      const wanted = withNeeds(idsOf(names.length > 0 ? names : undefined));
      const present = await shelf.present();
      const missing = PARTS.filter((one) => wanted.includes(one.id) && !present.includes(one));
      const bytes = missing.reduce((sum, one) => sum + one.bytes, 0);
      if (missing.length === 0) console.log(text.nothing);
      else console.error(fill(text.total, { size: Math.ceil(bytes / MB) }));
      const abort = new AbortController();
      process.once("SIGINT", () => abort.abort(new Error("interrupted")));
      const line = progressLine(process.stderr);
      const label = missing.map(({ id }) => id).join(", ");
      try {
        const show = (done: number, total: number) => line.show(label, done, total, null);
        await fetchAll(shelf, missing, abort.signal, show);
      } finally {
        line.clear();
      }
      await say(json);
    });

  command
    .command("remove")
    .argument("[parts...]")
    .description(text.remove)
    .action(async (names: string[]) => {
      const { PARTS, shelf, idsOf } = await open();
      const ids = names.length > 0 ? idsOf(names) : PARTS.map(({ id }) => id);
      const parts = PARTS.filter(({ id }) => ids.includes(id));
      for (const part of parts) await shelf.remove(part);
      console.log(fill(text.removed, { names: parts.map(({ id }) => id).join(", ") }));
    });
}
