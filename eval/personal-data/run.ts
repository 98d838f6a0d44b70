/**
 * `npm run eval:personal-data`: what is found, by kind, in generated texts and in those written by
 * hand; in a stream; and how fast.
 *
 * - `--develop`: without the sentences that are held out, and with every mistake
 * - `--model FILE`: names and addresses by this model, too; takes some minutes
 * - `--write`: puts the figures into docs/evaluations/
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { generate, SEED } from "../../src/features/personal-data/measure/generate.ts";
import { handwritten, withoutNames } from "../../src/features/personal-data/measure/handwritten.ts";
import { judge } from "../../src/features/personal-data/measure/judge.ts";
import { stream } from "../../src/features/personal-data/measure/stream.ts";
import { byModel } from "./names.ts";
import { type Figures, toMarkdown } from "./report.ts";
import { speeds } from "./speed.ts";

const DEVELOP_SEED = 5;
const FOLDER = fileURLToPath(new URL("../../docs/evaluations/", import.meta.url));

const { values } = parseArgs({
  options: {
    develop: { type: "boolean", default: false },
    model: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

if (values.develop) {
  const { mistakes } = judge(generate(DEVELOP_SEED).filter(({ heldOut }) => !heldOut));
  for (const { what, text } of mistakes) console.log(`${what} | ${text.slice(0, 150)}`);
  console.log(`${mistakes.length} mistakes`);
} else {
  await evaluate();
}

async function evaluate(): Promise<void> {
  const samples = generate(SEED);
  const byHand = handwritten();
  const figures: Figures = {
    seed: SEED,
    machine: `${cpus()[0]?.model ?? "an unknown processor"}, Node ${process.versions.node}`,
    texts: samples.length,
    spans: samples.reduce((sum, { labels }) => sum + labels.length, 0),
    developed: judge(samples.filter(({ heldOut }) => !heldOut)),
    heldOut: judge(samples.filter(({ heldOut }) => heldOut)),
    byHand: judge(withoutNames(byHand)),
    byHandTexts: byHand.length,
    streamed: await stream([...samples, ...byHand], SEED, new AbortController().signal),
    speeds: speeds(samples),
    model: values.model === undefined ? null : await byModel(values.model, byHand),
  };
  const page = toMarkdown(figures);
  console.log(page);
  if (!values.write) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}personal-data.md`, page);
  writeFileSync(`${FOLDER}personal-data.json`, `${JSON.stringify(figures, asPlain, 2)}\n`);
}

/** Maps become objects. */
function asPlain(_key: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
