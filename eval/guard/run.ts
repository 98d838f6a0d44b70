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
import { atOnce } from "../../src/core/slices.ts";
import type { Share } from "../../src/core/statistics.ts";
import { Confidential } from "../../src/features/guard/confidential.ts";
import { Filter } from "../../src/features/guard/filter.ts";
import { SUSPICIOUS } from "../../src/features/guard/score/index.ts";
import { clean } from "../../src/features/guard/unicode.ts";
import { type Case, isAttack, readCases } from "./cases.ts";
import { costs } from "./cost.ts";
import { compare, evasions, scored, suspicious } from "./detector.ts";
import { calledTool, obeyed, PROMPT, WAYS } from "./invariants.ts";
import { onModel } from "./model.ts";
import { type Figures, toJson, toMarkdown } from "./report.ts";
import { share } from "./statistics.ts";

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
  console.log(share(list.filter(isAttack), suspicious));
  console.log(
    share(
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
        const development = share(
          own.filter((one) => !one.heldOut),
          suspicious,
        );
        return [
          family,
          {
            development,
            heldOut: share(
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
        const found = share(attacks.filter(own), suspicious);
        return [language, { found, alarms: share(benign.filter(own), suspicious) }];
      }),
    ),
    evasions: evasions(cases),
    ...(await leaks(attacks.filter(({ wants }) => /prompt|secret|link/.test(wants)))),
    tools: await tools(attacks.filter(({ wants, from }) => wants === "tool" && from === "outside")),
    utility: usefulness(benign),
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

async function leaks(list: readonly Case[]) {
  const byWay: Record<string, { without: Share; guarded: Share }> = {};
  const all: Array<{ one: Case; way: number; without: boolean; guarded: boolean }> = [];
  for (const [number, way] of WAYS.entries()) {
    for (const one of list) {
      const without = await obeyed(one, way, false);
      all.push({ one, way: number, without, guarded: await obeyed(one, way, true) });
    }
    byWay[way.name] = sides(all.filter((each) => each.way === number));
  }
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
  return { ways: byWay, leaksByFamily };
}

const sides = (list: ReadonlyArray<{ without: boolean; guarded: boolean }>) => ({
  without: share(list, ({ without }) => without),
  guarded: share(list, ({ guarded }) => guarded),
});

async function tools(list: readonly Case[]) {
  const policies: Record<string, object | undefined> = {
    "without the guard": undefined,
    "any tool allowed": {},
    "after texts from outside, tools that read": { tools_after_untrusted: ["read*"] },
  };
  const results: Record<string, { called: Share; key: Share }> = {};
  for (const [name, policy] of Object.entries(policies)) {
    const done = await Promise.all(list.map((one) => calledTool(one, policy)));
    results[name] = {
      called: share(done, (one) => one.called),
      key: share(done, (one) => one.key),
    };
  }
  return results;
}

/** Harmless texts as an answer: nothing of them may be taken out; as a message: nothing may be lost. */
function usefulness(benign: readonly Case[]): Record<string, Share> {
  const protect = atOnce(new Confidential([]).protect([PROMPT], [PROMPT]));
  const passes = ({ text }: Case) => {
    const filter = new Filter(protect);
    return filter.push(text) + filter.flush() === text;
  };
  return {
    "pass the filter unchanged as an answer": share(benign, passes),
    "pass the normalisation unchanged": share(benign, ({ text }) => clean(text) === text),
    "would have been changed by NFKC": share(benign, ({ text }) => text.normalize("NFKC") !== text),
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
