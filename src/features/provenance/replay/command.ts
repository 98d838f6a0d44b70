/** `charla replay RECEIPT`: exit codes 0 it comes out, 1 it does not, 2 wrong use, 3 it cannot be told. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { CharlaError, fill } from "../../../core/errors.ts";
import type { Ground, House } from "../../../core/feature.ts";
import type { ReceiptFile } from "../../../core/receipts.ts";
import { type Json, parseStrict } from "../../../core/tlog/canonical.ts";
import { examples, group } from "../../../terminal/help.ts";
import { interruptible } from "../../../terminal/interrupt.ts";
import type { ProvenancePolicy } from "../policy.ts";
import { isReceipt } from "../verify/shape.ts";
import type { ReplayReply } from "./api.ts";
import { messages } from "./messages.ts";

interface Options {
  readonly model?: string;
  readonly json?: boolean;
}
/** Places that are shown; `--json` has all. */
const SHOWN = 10;
const EXIT = { same: 0, edited: 1, different: 1, inconclusive: 3 } as const;

export function replayCommand(program: Command, ground: Ground): void {
  const { atRest, language } = ground as Ground<ProvenancePolicy>;
  const words = messages[language];
  const command = program
    .command("replay")
    .helpGroup(group("proof"))
    .description(words.about)
    .argument("<receipt>", words.file)
    .option("--model <model>", words.model)
    .option("--json", words.json)
    .action(async (path: string, { model, json }: Options) => {
      const file = await receiptIn(path);
      using stopping = interruptible();
      const reply = await atRest((house) => compute(house, file, model, stopping.signal));
      console.log(json ? JSON.stringify(reply, null, 2) : told(reply, language));
      process.exitCode = EXIT[reply.verdict];
    });
  examples(command, ["charla replay receipt.json"]);
}

async function compute(
  house: House<ProvenancePolicy>,
  { index, salts, text, prompt }: ReturnType<typeof whole>,
  model: string | undefined,
  signal: AbortSignal,
): Promise<ReplayReply> {
  const { Keeper } = await import("../receipts/keeper.ts");
  const { replay } = await import("./open.ts");
  // The log's own entry, whatever the file says.
  const { entry } = await new Keeper(house).proved(index);
  return replay(house, { entry, salts, text, prompt, model }, signal);
}

function told(reply: ReplayReply, language: keyof typeof messages): string {
  const words = messages[language];
  const { verdict, tokens, agree, model, file, changed, places } = reply;
  const [mean, p99] = [reply.mean, reply.p99].map((one) => one.toFixed(3)) as [string, string];
  const shown = places.filter(({ edited }) => edited || verdict !== "edited").slice(0, SHOWN);
  return [
    words.verdict[verdict],
    fill(words.agree, { agree, tokens, model }),
    fill(words.off, { mean, p99 }),
    fill(words.chance, { chance: percent(reply.chance) }),
    file === false && words.otherFile,
    changed.text && words.changedText,
    changed.prompt && words.changedPrompt,
    verdict === "different" && file && !changed.text && !changed.prompt && words.unexplained,
    ...shown.map(({ token, text, instead }) => `  ${fill(words.place, { token, text, instead })}`),
  ]
    .filter((line) => typeof line === "string")
    .join("\n");
}

/** Of less than a hundredth nobody needs the digits. */
const percent = (share: number) => (share < 1e-4 ? "< 0.01" : (100 * share).toFixed(2));

async function receiptIn(path: string) {
  try {
    const value: Json = parseStrict(await readFile(path, "utf8"));
    if (isReceipt(value)) return whole(value);
  } catch (thrown) {
    if (!(thrown instanceof CharlaError) && !(thrown as NodeJS.ErrnoException).code) throw thrown;
  }
  throw wrongUse(path);
}

/** @throws CharlaError `invalid_setting` without a text and a question, of which nothing can be computed */
function whole({ index, salts, text, prompt }: ReceiptFile) {
  if (text === null || prompt === null) throw wrongUse("text, prompt: null");
  return { index, salts, text, prompt };
}

/** Exits with 2. */
const wrongUse = (value: string) =>
  new CharlaError("invalid_setting", {
    status: 400,
    message: "The setting {setting} has the value '{value}', which is not valid.",
    hint: "It takes: {accepts}.",
    params: {
      setting: "RECEIPT",
      value,
      accepts: "a receipt (JSON) with its text and its question",
    },
  });
