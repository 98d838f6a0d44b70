/**
 * `charla quantize IN OUT`. The result goes to standard output, progress and remarks to standard
 * error.
 */
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { Command } from "commander";
import { fill } from "../../core/errors.ts";
import { QUANTISED_TYPES } from "../../core/quantising.ts";
import type { Language } from "../../locales/index.ts";
import { examples, group } from "../../terminal/help.ts";
import { interruptible } from "../../terminal/interrupt.ts";
import { progressLine } from "../../terminal/progress.ts";
import { checkInput, checkOutput, knownType, readText } from "./checks.ts";
import { reportStopped, stopped } from "./errors.ts";
import { messages } from "./messages.ts";
import { type Report, report } from "./report.ts";
import { type Result, told } from "./result.ts";
import type { Tools } from "./tools.ts";
import { partOf, write } from "./write.ts";

interface Options {
  readonly type: string;
  readonly report?: string;
  readonly allowRequantize?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function quantizeCommand(
  program: Command,
  open: () => Promise<Tools>,
  language: Language,
): void {
  const text = messages[language];
  const command = program
    .command("quantize")
    .helpGroup(group("models"))
    .description(text.about)
    .argument("<in>", text.in)
    .argument("<out>", text.out)
    .option("-t, --type <type>", fill(text.type, { types: QUANTISED_TYPES.join(", ") }), "Q4_K_M")
    .option("--report <file>", text.report)
    .option("--allow-requantize", text.allowRequantize)
    .option("--force", text.force)
    .option("--json", text.json)
    .action(async (input: string, output: string, options: Options) => {
      const result = await run(await open(), resolve(input), resolve(output), options, language);
      console.log(options.json ? JSON.stringify(result, null, 2) : told(result, language));
    });
  examples(command, [
    `charla quantize ${text.exampleIn} ${text.exampleOut}`,
    `charla quantize ${text.exampleIn} ${text.exampleOut} --type Q8_0 --report ${text.exampleText}`,
  ]);
}

async function run(
  tools: Tools,
  input: string,
  output: string,
  options: Options,
  language: Language,
): Promise<Result> {
  const text = messages[language];
  const { allowRequantize = false, force = false, report: textFile } = options;
  const type = knownType(options.type);
  await checkInput(tools, input, allowRequantize);
  await checkOutput({ input, output, part: partOf(output) }, force);
  const content = textFile === undefined ? undefined : await readText(textFile);

  let whole = false;
  using stopping = interruptible(() => (whole ? reportStopped(output) : stopped(output)));
  const { signal } = stopping;
  const line = progressLine(process.stderr);
  const label = `${basename(output)} ${text.quantising}`;
  try {
    const tally = await write(
      tools,
      { input, output, type, allowRequantize, force, signal },
      (done, total) => line.show(label, done, total, null),
    );
    whole = true;
    line.clear();
    let measured: Report | null = null;
    if (content !== undefined && textFile !== undefined) {
      console.error(text.measuring);
      const files = { before: input, after: output, text: textFile };
      measured = await report(files, content, (path) => tools.open(path, signal), signal);
    }
    const { tensors, converted, fallbacks } = tally;
    return {
      ...{ input, output, type },
      bytesBefore: (await stat(input)).size,
      bytesAfter: (await stat(output)).size,
      ...{ tensors, converted, fallbacks },
      report: measured,
    };
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  } finally {
    line.clear();
  }
}
