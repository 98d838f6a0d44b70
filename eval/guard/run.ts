/**
 * `npm run eval:guard`: what the guard stops, what the score finds, and what both cost.
 *
 * - `--develop`: the development part alone, with the cases that are missed; for work on the rules
 * - `--no-model`: without the starter model, which takes some minutes
 * - `--write`: puts the figures into docs/evaluations/
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Share, shareOf } from "../../src/core/statistics.ts";
import { type Case, isAttack, readCases } from "../../src/features/guard/measure/cases.ts";
import {
  sides,
  TOOL_POLICIES,
  tryAll,
  tryTools,
  usefulness,
} from "../../src/features/guard/measure/held.ts";
import { WAYS } from "../../src/features/guard/measure/invariants.ts";
import { evasions, scored, suspicious } from "../../src/features/guard/measure/score.ts";
import { SUSPICIOUS } from "../../src/features/guard/score/index.ts";
import { costs } from "./cost.ts";
import { compare } from "./detector.ts";
import { onModel } from "./model.ts";
import { type Figures, toJson, toMarkdown } from "./report.ts";

const flags = new Set(process.argv.slice(2));
const FOLDER = fileURLToPath(new URL("../../docs/evaluations/", import.meta.url));
/** The ways that comparing characters can undo; the last three are there to be honest about. */
const UNDONE = WAYS.length - 3;

const cases = readCases();

function develop(list: readonly Case[]): void {
  for (const one of list) {
    const value = scored(one);
    if (value >= SUSPICIOUS === isAttack(one)) continue;
    const start = one.text.slice(0, 100).replaceAll("\n", " / ");
    console.log(`${one.family} ${one.language} ${value} ${start}`);
  }
  console.log(shareOf(list.filter(isAttack), suspicious));
  console.log(
    shareOf(
      list.filter((one) => !isAttack(one)),
      suspicious,
    ),
  );
}

async function evaluate(): Promise<void> {
  const attacks = cases.filter(isAttack);
  const benign = cases.filter((one) => !isAttack(one));
  const families = [...new Set(attacks.map(({ family }) => family))];
  const figures: Figures = {
    cases: {
      attacks: attacks.length,
      "harmless texts": benign.length,
      "of both held out": cases.filter(({ heldOut }) => heldOut).length,
    },
    detectors: compare(cases),
    byFamily: Object.fromEntries(
      families.map((family) => {
        const own = attacks.filter((one) => one.family === family);
        const development = shareOf(
          own.filter((one) => !one.heldOut),
          suspicious,
        );
        return [
          family,
          {
            development,
            heldOut: shareOf(
              own.filter((one) => one.heldOut),
              suspicious,
            ),
          },
        ];
      }),
    ),
    byLanguage: Object.fromEntries(
      ["en", "es"].map((language) => {
        const own = (one: Case) => one.heldOut && one.language === language;
        const found = shareOf(attacks.filter(own), suspicious);
        return [language, { found, alarms: shareOf(benign.filter(own), suspicious) }];
      }),
    ),
    evasions: await evasions(cases, 0, new AbortController().signal),
    ...(await leaks()),
    tools: await tools(),
    utility: utility(benign),
    model: flags.has("--no-model")
      ? null
      : await onModel(
          modelPath(),
          cases.filter(({ heldOut }) => heldOut),
        ),
    costs: costs(),
  };
  const markdown = toMarkdown(figures);
  console.log(markdown);
  if (flags.has("--write")) write(markdown, figures);
}

async function leaks() {
  const all = await tryAll(cases, new AbortController().signal);
  const ways = Object.fromEntries(
    WAYS.map(({ name }, at) => [name.en, sides(all.filter(({ way }) => way === at))]),
  );
  const groups = (key: (one: Case) => string) =>
    Object.entries(
      Object.groupBy(
        all.filter(({ way }) => way < UNDONE),
        ({ one }) => key(one),
      ),
    ).map(([name, group = []]) => [name, sides(group)] as const);
  const leaksByFamily = Object.fromEntries([
    ...groups(({ family }) => family),
    ...groups(({ language }) => language),
  ]);
  return { ways, leaksByFamily };
}

async function tools() {
  const results: Record<string, { called: Share; key: Share }> = {};
  for (const { name, policy } of TOOL_POLICIES) results[name.en] = await tryTools(cases, policy);
  return results;
}

function utility(benign: readonly Case[]): Record<string, Share> {
  const { answers, messages } = usefulness(cases);
  return {
    "pass the filter unchanged as an answer": answers,
    "pass the normalisation unchanged": messages,
    "would have been changed by NFKC": shareOf(
      benign,
      ({ text }) => text.normalize("NFKC") !== text,
    ),
  };
}

function modelPath(): string {
  const known = process.env.CHARLA_TEST_MODEL;
  const script = fileURLToPath(new URL("../../scripts/model.ts", import.meta.url));
  return known ?? execFileSync(process.execPath, [script], { encoding: "utf8" }).trim();
}

/** The text around the figures is written by hand and stays. */
function write(markdown: string, figures: Figures): void {
  mkdirSync(FOLDER, { recursive: true });
  const path = `${FOLDER}guard.md`;
  const [before = ""] = readFileSync(path, "utf8").split("<!-- figures -->");
  writeFileSync(path, `${before}<!-- figures -->\n\n${markdown}`);
  writeFileSync(`${FOLDER}guard.json`, toJson(figures));
}

if (flags.has("--develop")) develop(cases.filter(({ heldOut }) => !heldOut));
else await evaluate();
