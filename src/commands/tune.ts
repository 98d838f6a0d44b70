/** `charla doctor --tune`: measures what is best for the model on this machine, and saves it. */
import { loadavg } from "node:os";
import type { Config } from "../config.ts";
import { CharlaError } from "../core/errors.ts";
import { type Contest, type Tuning, tuneModel } from "../engines.ts";
import { type TextKey, t } from "../locales/index.ts";
import { interruptible } from "../terminal/interrupt.ts";
import { log } from "./shared.ts";

export async function tune(config: Config, json: boolean): Promise<void> {
  using stopping = interruptible(stopped);
  // Always 0 on Windows, which does not measure it.
  const [load = 0] = loadavg();
  if (load >= 1) console.error(t("tune.busy", { load: load.toFixed(1) }));
  console.error(t("tune.begin"));
  const onStage = (stage: Contest) => console.error(`· ${nameOf(stage)}`);
  const { path, model, tuning } = await tuneModel(config, log, stopping.signal, onStage);
  if (json) console.log(JSON.stringify(tuning, null, 2));
  else console.log([...table(tuning), "", t("tune.saved", { path, model })].join("\n"));
}

/** A line for each contest: tokens a second of each candidate, and which value was chosen. */
function table({ measured, chosen }: Tuning): string[] {
  const choices: Readonly<Record<Contest, unknown>> = {
    decode1: chosen.threads,
    decode2: chosen.batchThreads,
    decode4: chosen.batchThreads,
    prefill: chosen.batchThreads,
    batch: chosen.batchTokens,
    draft: chosen.draftTokens,
    attentionPrefill: labelOf(chosen),
    attentionDecode: labelOf(chosen),
  };
  const contests = Object.entries(measured) as [Contest, Tuning["measured"][Contest]][];
  const run = contests.filter(([, scores]) => scores.length > 0);
  return run.map(([contest, scores]) => {
    const cells = scores.map(({ value, median }) => {
      const label = labelOf(value);
      const mark = label === String(choices[contest]) ? " ✓" : "";
      return `${label}: ${median.toFixed(1)}${mark}`;
    });
    return `${nameOf(contest)}: ${cells.join("   ")}`;
  });
}

interface Attention {
  readonly flashAttention?: boolean | undefined;
  readonly kvType?: string | undefined;
}

function labelOf(value: number | Attention): string {
  if (typeof value === "number") return String(value);
  return `${value.flashAttention ? "flash" : "plain"} ${value.kvType}`;
}

const NAMES: Readonly<Record<Contest, TextKey>> = {
  decode1: "tune.decode1",
  decode2: "tune.decode2",
  decode4: "tune.decode4",
  prefill: "tune.prefill",
  batch: "tune.batch",
  draft: "tune.draft",
  attentionPrefill: "tune.attentionPrefill",
  attentionDecode: "tune.attentionDecode",
};

function nameOf(contest: Contest): string {
  return t(NAMES[contest]);
}

function stopped(): CharlaError {
  return new CharlaError("tuning_stopped", {
    status: 499,
    message: "The measurement was stopped, and nothing was saved.",
    hint: "Run it again when the machine is quiet.",
  });
}
