/**
 * `charla train`. Results go to standard output, progress and remarks to standard error. Exit codes:
 * 0 done, 1 failed or stopped, 2 wrong use.
 */
import type { Command } from "commander";
import { fill } from "../../../core/errors.ts";
import type { Ground } from "../../../core/feature.ts";
import { ALL_RECIPES } from "../../../core/perturb.ts";
import { QUANTISED_TYPES } from "../../../core/quantising.ts";
import { examples, group } from "../../../terminal/help.ts";
import { LANGUAGES, MOST_MADE_UP } from "../defaults.ts";
import { messages } from "../messages.ts";
import type { Tools } from "../tools.ts";
import type { MergeOptions } from "./merge.ts";
import type { RunOptions } from "./run.ts";
import type { SetupOptions } from "./setup.ts";
import type { WriteOptions } from "./write.ts";

export function trainingCommands(
  program: Command,
  tools: () => Promise<Tools>,
  ground: Ground,
): void {
  const text = messages[ground.language];
  const command = program.command("train").helpGroup(group("models")).description(text.about);
  command
    .command("setup")
    .description(text.setup)
    .option("--python <path>", text.python)
    .option("--remove", text.remove)
    .option("--json", text.json)
    .action(async (options: SetupOptions) => {
      const { setupCommand } = await import("./setup.ts");
      await setupCommand(options, await tools(), ground);
    });
  command
    .command("run", { isDefault: true })
    .description(text.run)
    .argument("<files...>", text.files)
    .option("--model <model>", text.model)
    .option("--name <name>", text.name)
    .option("--look", text.look)
    .option("--unmasked", text.unmasked)
    .option("--teacher <model>", text.teacher)
    .option("--max-tokens <tokens>", text.maxTokens)
    .option("--rank <number>", text.rank)
    .option("--alpha <number>", text.alpha)
    .option("--rate <number>", text.rate)
    .option("--epochs <number>", text.epochs)
    .option("--steps <number>", text.steps)
    .option("--batch <rows>", text.batch)
    .option("--length <tokens>", text.length)
    .option("--every <steps>", text.every)
    .option("--patience <number>", text.patience)
    .option("--beta <number>", text.beta)
    .option("--folds <number>", text.folds)
    .option("--soft <share>", text.soft)
    .option("--temperature <number>", text.temperature)
    .option("--perturb [families]", fill(text.perturb, { families: ALL_RECIPES.join(",") }))
    .option("--seed <number>", text.seed)
    .option("--processes <number>", text.processes)
    .option("--threads <number>", text.threads)
    .option("--json", text.json)
    .action(async (files: string[], options: RunOptions) => {
      const { runCommand } = await import("./run.ts");
      await runCommand(files, options, await tools(), ground);
    });

  command
    .command("write")
    .description(text.write)
    .argument("[files...]", text.files)
    .requiredOption("--teacher <model>", text.teacher)
    .option("--about <text>", text.madeUp)
    .option("--number <number>", fill(text.number, { most: MOST_MADE_UP }))
    .option("--language <language>", fill(text.spoken, { languages: LANGUAGES.join(", ") }))
    .option("--tone <text>", text.tone)
    .option("--max-tokens <tokens>", text.maxTokens)
    .option("--unmasked", text.unmasked)
    .action(async (files: string[], options: WriteOptions) => {
      const { writeCommand } = await import("./write.ts");
      await writeCommand(files, options, await tools(), ground);
    });

  const stored = () => import("./stored.ts");
  command
    .command("list")
    .description(text.list)
    .option("--json", text.json)
    .action(async ({ json }: { json?: boolean }) => (await stored()).list(ground, json));
  command
    .command("show")
    .description(text.show)
    .argument("<id>", text.id)
    .option("--json", text.json)
    .action(async (id: string, { json }: { json?: boolean }) =>
      (await stored()).show(ground, id, json),
    );
  command
    .command("resume")
    .description(text.resume)
    .argument("<id>", text.id)
    .option("--json", text.json)
    .action(async (id: string, { json }: { json?: boolean }) =>
      (await stored()).resume(ground, await tools(), id, json),
    );
  command
    .command("merge")
    .description(text.merge)
    .argument("<id>", text.id)
    .option("-t, --type <type>", fill(text.type, { types: QUANTISED_TYPES.join(", ") }), "Q8_0")
    .option("--json", text.json)
    .action(async (id: string, options: MergeOptions) => {
      const { mergeCommand } = await import("./merge.ts");
      await mergeCommand(id, options, await tools(), ground);
    });
  command
    .command("report")
    .description(text.report)
    .argument("<id>", text.id)
    .option("--json", text.json)
    .action(async (id: string, { json }: { json?: boolean }) =>
      (await stored()).report(ground, await tools(), id, json),
    );
  command
    .command("test")
    .description(text.test)
    .argument("<id>", text.id)
    .action(async (id: string) => (await stored()).test(ground, id));
  command
    .command("rm")
    .description(text.rm)
    .argument("<id>", text.id)
    .action(async (id: string) => (await stored()).remove(ground, await tools(), id));
  examples(command, [
    "charla train setup",
    `charla train ${text.exampleFile} --look`,
    `charla train ${text.exampleFile}`,
    `charla train write --teacher qwen2.5-1.5b --about "${text.exampleAbout}" > made.jsonl`,
  ]);
}
