/** `charla files status | fetch | remove`: the model that finds by meaning, as a file. */
import type { Command } from "commander";
import { fill } from "../../core/errors.ts";
import type { Ground } from "../../core/feature.ts";
import { examples, group } from "../../terminal/help.ts";
import type { MakeTools } from "./meaning/tools.ts";
import { messages } from "./messages.ts";

/** Megabytes, for a sentence of the help, which loads nothing. */
const SIZE = 74;

export function fileCommands(program: Command, tools: MakeTools, ground: Ground): void {
  const { language, log, settings } = ground;
  const text = messages[language];
  const command = program.command("files").helpGroup(group("models")).description(text.about);
  examples(command, ["charla files", "charla files fetch"]);
  const load = async () => {
    const { MEANING, MeaningModel } = await import("./meaning/model.ts");
    return { MEANING, model: new MeaningModel(settings.home, tools, log) };
  };
  const say = async (json: boolean | undefined) => {
    const { MEANING, model } = await load();
    const state = await model.state();
    const { name, bytes, digest, licence } = MEANING;
    if (json) console.log(JSON.stringify({ name, state, bytes, digest, licence }, null, 2));
    else console.log(fill(text[state], { name }));
  };

  command
    .command("status", { isDefault: true })
    .description(text.status)
    .option("--json", text.json)
    .action(({ json }: { json?: boolean }) => say(json));

  command
    .command("fetch")
    .description(fill(text.fetch, { size: SIZE }))
    .option("--json", text.json)
    .action(async ({ json }: { json?: boolean }) => {
      const { progressLine } = await import("../../terminal/progress.ts");
      const { MEANING, model } = await load();
      const line = progressLine(process.stderr);
      const label = fill(text.fetching, { name: MEANING.name });
      try {
        const show = (done: number, total: number) => line.show(label, done, total, null);
        await model.fetch(new AbortController().signal, show);
      } finally {
        line.clear();
      }
      await say(json);
    });

  command
    .command("remove")
    .description(text.remove)
    .action(async () => {
      const { MEANING, model } = await load();
      await model.remove();
      console.log(fill(text.removed, { name: MEANING.name }));
    });
}
