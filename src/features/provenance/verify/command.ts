/** `charla verify FILE`: exit codes 0 it holds, 1 it does not, 2 wrong use. */
import { appendFile, readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { Command } from "commander";
import { CharlaError, fill } from "../../../core/errors.ts";
import type { Ground } from "../../../core/feature.ts";
import { examples, group } from "../../../terminal/help.ts";
import type { ReadLabel } from "./label.ts";
import { messages } from "./messages.ts";
import type { State } from "./report.ts";

interface Options {
  readonly key?: readonly string[];
  readonly text?: string;
  readonly scope?: string;
  readonly challenge?: string;
  readonly seen?: string;
  readonly chain?: string;
  readonly json?: boolean;
}

const SIGNS: Readonly<Record<State, string>> = { yes: "✓", no: "✗", open: "·" };

export function verifyCommand(
  program: Command,
  { language, settings }: Pick<Ground, "language" | "settings">,
): void {
  const words = messages[language];
  const command = program
    .command("verify")
    .helpGroup(group("proof"))
    .description(words.about)
    .argument("<file>", words.file)
    .option("--key <key>", words.key, (one: string, all: readonly string[] = []) => [...all, one])
    .option("--text <file>", words.text)
    .option("--scope <name>", words.scope)
    .option("--challenge <text>", words.challenge)
    .option("--seen <file>", words.seen)
    .option("--chain <url>", words.chain)
    .option("--json", words.json)
    .action(async (file: string, options: Options) => {
      process.exitCode = (await run(file, options, language, settings.home)) ? 0 : 1;
    });
  examples(command, ["charla verify receipt.json", "charla verify receipt.json --text answer.txt"]);
}

async function run(file: string, options: Options, language: keyof typeof messages, home: string) {
  const { difference, verify } = await import("./verify.ts");
  const { tell } = await import("./tell.ts");
  const keys = await keysOf(options.key ?? []);
  const text = options.text === undefined ? undefined : await textOf(options.text);
  const given = await readGiven(file);
  const { scope, challenge } = options;
  const seen = options.seen === undefined ? undefined : await seenIn(options.seen);
  const { chain } = options;
  const onChain =
    chain === undefined ? undefined : await (await import("../anchor/ask.ts")).chainAt(home, chain);
  const expected = { scope, challenge, seen };
  const readLabel: ReadLabel = async (of) =>
    (await import("../c2pa/manifest.ts")).credentialsOf(of, []);
  const report = await verify(given, { keys, text, expected, onChain, readLabel });
  const holds = report.verdict === "holds" || report.verdict === "erased";
  if (holds && report.kind === "membership" && options.seen !== undefined) {
    await appendFile(options.seen, `${report.receipts[0]?.entry.nullifier}\n`);
  }
  if (options.json) {
    console.log(JSON.stringify({ holds, ...report }, null, 2));
    return holds;
  }
  const { title, meaning, receipts, notes } = tell(report, language);
  console.log(`${title}\n${meaning}`);
  for (const note of notes) console.log(note);
  for (const one of receipts) {
    console.log(
      ["", receipts.length > 1 && one.title, one.written].filter((of) => of !== false).join("\n"),
    );
    for (const { state, text: said } of one.lines) console.log(`  ${SIGNS[state]} ${said}`);
  }
  const own = text === undefined ? undefined : await verify(given, { keys });
  const differ =
    own?.receipts[0]?.verdict === "holds" && difference(own.receipts[0].text ?? "", text ?? "");
  if (differ) console.log(fill(messages[language].difference, differ));
  return holds;
}

/** One number a line; there is no file before the first proof is taken. */
async function seenIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return "";
    throw wrongUse("--seen", file, cause.message);
  });
  return text.split("\n").map((line) => line.trim());
}

const textOf = async (file: string) => new TextDecoder().decode(await read(file));

/** @param file "-" for what is piped in. @throws CharlaError `invalid_setting` */
export const readGiven = (file: string): Promise<Uint8Array> =>
  file === "-" ? buffer(process.stdin) : read(file);

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { message } = cause as Error;
    throw wrongUse("FILE", file, message);
  }
}

async function keysOf(texts: readonly string[]) {
  const { parseVerifier } = await import("../../../core/tlog/note.ts");
  return texts.map((text) => {
    try {
      return parseVerifier(text);
    } catch (thrown) {
      throw wrongUse("--key", text, CharlaError.from(thrown).hint);
    }
  });
}

/** Exits with 2. */
const wrongUse = (setting: string, value: string, accepts: string) =>
  new CharlaError("invalid_setting", {
    status: 400,
    message: "The setting {setting} has the value '{value}', which is not valid.",
    hint: "It takes: {accepts}.",
    params: { setting, value, accepts },
  });
