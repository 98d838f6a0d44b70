/**
 * `charla jobs list | watch | log | cancel | resume`: by the server that runs on the data folder, or on
 * what is stored while none does.
 */
import type { Command } from "commander";
import type { Ground } from "../../core/feature.ts";
import { examples, group } from "../../terminal/help.ts";
import { columnsOf } from "../../terminal/text.ts";
import { messages } from "./messages.ts";
import { tableOf } from "./table.ts";
import { PATH, type Shown, workOf } from "./work.ts";

export function jobCommands(program: Command, ground: Ground): void {
  const { language } = ground;
  const text = messages[language];
  const command = program.command("jobs").helpGroup(group("models")).description(text.about);
  examples(command, ["charla jobs", "charla jobs watch"]);
  const print = (shown: readonly Shown[], json: boolean | undefined) => {
    const lines = () => tableOf(shown, language, columnsOf(process.stdout)).join("\n");
    console.log(json ? JSON.stringify(shown, null, 2) : lines());
  };

  command
    .command("list", { isDefault: true })
    .description(text.list)
    .option("--json", text.json)
    .action(async ({ json }: { json?: boolean }) => {
      print(await (await workOf(ground)).list(), json);
    });

  command
    .command("watch")
    .description(text.watch)
    .option("--json", text.jsonLines)
    .action(async ({ json = false }: { json?: boolean }) => {
      const server = await ground.running(PATH);
      if (server) return (await import("./watch.ts")).watch(server, language, json);
      print(await (await workOf(ground)).list(), json);
      if (!json) console.error(text.noServer);
    });

  command
    .command("log")
    .description(text.log)
    .argument("<id>", text.id)
    .option("--json", text.json)
    .action(async (id: string, { json }: { json?: boolean }) => {
      const log = await (await workOf(ground)).log(id);
      if (json) console.log(JSON.stringify(log, null, 2));
      else for (const line of log) console.log(`${line.at}  ${line[language]}`);
    });

  for (const act of ["cancel", "resume"] as const) {
    command
      .command(act)
      .description(text[act])
      .argument("<id>", text.id)
      .option("--json", text.json)
      .action(async (id: string, { json }: { json?: boolean }) => {
        print([await (await workOf(ground)).act(id, act)], json);
      });
  }
}
