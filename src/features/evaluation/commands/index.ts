/**
 * `charla eval`: in the server that has the data folder, or on what is stored while none has it. Results go
 * to standard output, progress and remarks to standard error. Exit codes: 0 done, 1 failed or cut, 2 wrong use.
 */
import type { Command } from "commander";
import type { Ground } from "../../../core/feature.ts";
import { group } from "../../../terminal/help.ts";
import { RUBRIC_NAMES } from "../judge/names.ts";
import { messages } from "../messages.ts";
import { PROTOCOLS } from "../protocols.ts";
import { BUILT_IN } from "../sets/names.ts";
import type { Tools } from "../tools.ts";
import type { AskOptions } from "./ask.ts";
import type { BiasOptions } from "./bias.ts";
import type { JudgeOptions } from "./judge.ts";
import type { LengthOptions } from "./length.ts";
import type { MeasureOptions } from "./measure.ts";
import type { PerplexityOptions } from "./perplexity.ts";
import type { TableOptions } from "./table.ts";

/** Those of `texts/built-in.ts` and `texts/fetched.ts`. */
const TEXTS = "own-texts, wikitext-2";

export function evaluationCommands(
  program: Command,
  tools: () => Promise<Tools>,
  ground: Ground,
): void {
  const text = messages[ground.language];
  const command = program.command("eval").helpGroup(group("models")).description(text.about);
  const several = (value: string, before: readonly string[] = []) => [...before, value];

  command
    .command("perplexity")
    .description(text.perplexity)
    .requiredOption("--text <file>", `${TEXTS}; ${text.text}`)
    .option("--model <model>", text.model, several)
    .option("--protocol <name>", `${PROTOCOLS.join(", ")}: ${text.protocol}`, "llama")
    .option("--context <tokens>", text.context)
    .option("--stride <tokens>", text.stride)
    .option("--windows <number>", text.windows)
    .option("--lang <code>", text.lang)
    .option("--seed <number>", text.seed)
    .option("--json", text.json)
    .action(async (options: PerplexityOptions) => {
      const { perplexityCommand } = await import("./perplexity.ts");
      await perplexityCommand(options, tools, ground);
    });

  command
    .command("ask")
    .description(text.ask)
    .requiredOption("--set <set>", `${BUILT_IN.join(", ")}; ${text.set}`)
    .option("--model <model>", text.model, several)
    .option("--system <text>", text.system)
    .option("--temperature <number>", text.temperature)
    .option("--max-tokens <number>", text.maxTokens)
    .option("--threshold <number>", text.threshold)
    .option("--sample <number>", text.sample)
    .option("--lang <code>", text.setLang)
    .option("--seed <number>", text.askSeed)
    .option("--json", text.json)
    .action(async (options: AskOptions) => {
      const { askCommand } = await import("./ask.ts");
      await askCommand(options, tools, ground);
    });

  command
    .command("robust")
    .description(text.robust)
    .requiredOption("--set <set>", `${BUILT_IN.join(", ")}; ${text.set}`)
    .option("--model <model>", text.model, several)
    .option("--system <text>", text.system)
    .option("--temperature <number>", text.temperature)
    .option("--max-tokens <number>", text.maxTokens)
    .option("--sample <number>", text.sample)
    .option("--lang <code>", text.setLang)
    .option("--seed <number>", text.askSeed)
    .option("--json", text.json)
    .action(async (options: AskOptions) => {
      const { robustCommand } = await import("./robust.ts");
      await robustCommand(options, tools, ground);
    });

  command
    .command("judge")
    .description(text.judge)
    .requiredOption("--judge <model>", text.judgeModel, several)
    .option("--run <id>", text.judgeRun)
    .option("--study <id>", text.judgeStudy)
    .option("--models <places>", text.judgePlaces, "1,2")
    .option("--rubric <rubric>", `${RUBRIC_NAMES.join(", ")}; ${text.rubric}`, RUBRIC_NAMES[0])
    .option("--seed <number>", text.seed)
    .option("--json", text.json)
    .action(async (options: JudgeOptions) => {
      const { judgeCommand } = await import("./judge.ts");
      await judgeCommand(options, tools, ground);
    });

  command
    .command("bias")
    .description(text.bias)
    .option("--model <model>", text.model, several)
    .option("--lang <code>", text.biasLang)
    .option("--seed <number>", text.seed)
    .option("--json", text.json)
    .action(async (options: BiasOptions) => {
      const { biasCommand } = await import("./bias.ts");
      await biasCommand(options, tools, ground);
    });

  command
    .command("length")
    .description(text.length)
    .option("--text <file>", `${TEXTS}; ${text.text}`, "own-texts")
    .option("--model <model>", text.model, several)
    .option("--lengths <tokens>", text.lengths)
    .option("--needles <number>", text.needles)
    .option("--lang <code>", text.lang)
    .option("--seed <number>", text.seed)
    .option("--json", text.json)
    .action(async (options: LengthOptions) => {
      const { lengthCommand } = await import("./length.ts");
      await lengthCommand(options, tools, ground);
    });

  for (const { name, about } of ground.measures()) {
    command
      .command(name)
      .description(about[ground.language])
      .option("--seed <number>", text.measureSeed)
      .option("--json", text.json)
      .action(async (options: MeasureOptions) => {
        const { measureCommand } = await import("./measure.ts");
        await measureCommand(name, options, tools, ground);
      });
  }

  command
    .command("table")
    .description(text.tableAbout)
    .option("--base <model>", text.base)
    .option("--types <types>", text.types, "F16,Q8_0,Q4_1,Q4_K_M")
    .option("--model <model>", text.more, several)
    .option("--text <file>", `${TEXTS}; ${text.text}`, "own-texts")
    .option("--windows <number>", text.windows)
    .option("--set <set>", `${BUILT_IN.join(", ")}; ${text.set}`, "own-questions")
    .option("--sample <number>", text.sample)
    .option("--max-tokens <number>", text.maxTokens)
    .option("--no-questions", text.noQuestions)
    .option("--runs <ids>", text.runs)
    .option("--format <format>", "md, csv, json", "md")
    .option("--out <folder>", text.outFolder)
    .action(async (options: TableOptions) => {
      const { tableCommand } = await import("./table.ts");
      await tableCommand(options, await tools(), ground);
    });

  const stored = () => import("./stored.ts");
  command
    .command("list", { isDefault: true })
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
      (await stored()).resume(ground, tools, id, json),
    );
  command
    .command("rm")
    .description(text.rm)
    .argument("<id>", text.id)
    .action(async (id: string) => (await stored()).remove(ground, id));
}
