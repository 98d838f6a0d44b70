/** Runs and data in words, for the terminal and the page. */
import { fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";
import { REASONS } from "./data/chat.ts";
import type { Look } from "./data/prepare.ts";
import { labelOf } from "./data/provenance.ts";
import { messages } from "./messages.ts";
import type { Compared, Extracted, Interval, Result } from "./plan.ts";
import type { Run } from "./store.ts";

/** Of English; Spanish has about three in vocabularies made for English. */
const CHARACTERS_A_TOKEN = 4;
/** Fewer are a demonstration. */
const ENOUGH = 200;
/** Of answers that say the same, from which on it is told. */
const ALIKE = 0.1;

export interface LookTold {
  readonly facts: readonly string[];
  readonly warnings: readonly string[];
}

export function lookToldIn(look: Look, language: Language): LookTold {
  const text = messages[language];
  const { found, train, validation, test, skipped, languages, masked, sameAnswers } = look;
  const facts = [fill(text.lookFound, { found, train, validation, test })];
  const warnings: string[] = [];
  const left = REASONS.filter((reason) => skipped[reason] > 0);
  if (left.length > 0) {
    const list = left.map((reason) => fill(text.reasons[reason], { n: skipped[reason] }));
    facts.push(fill(text.lookSkipped, { list: list.join(", ") }));
  }
  const spoken = Object.entries(languages).filter(([, count]) => count > 0);
  const named = spoken.map(([code, n]) => `${code === "other" ? text.other : code} ${n}`);
  const tokens = Math.round(look.characters / CHARACTERS_A_TOKEN);
  facts.push(fill(text.lookSize, { messages: look.messages, tokens, languages: named.join(", ") }));
  if (look.method === "dpo") facts.push(fill(text.lookPairs, { n: look.pairs }));
  if (look.method === "kto") facts.push(fill(text.lookJudged, { n: look.bad + look.pairs }));
  const { said, asked } = teachersTold(look, language);
  facts.push(...said);
  warnings.push(...asked);
  if (masked) facts.push(fill(text.lookMasked, { masked }));
  if (masked === null) warnings.push(text.lookUnmasked);
  const all = train + validation + test;
  if (sameAnswers > 0) {
    const told = sameAnswers > ALIKE * all ? warnings : facts;
    told.push(fill(text.lookSame, { n: sameAnswers }));
  }
  if (all < ENOUGH) warnings.push(text.lookSmall);
  return { facts, warnings };
}

/** Who has written what is learned from, and what its licence has to say to that. */
function teachersTold({ teachers }: Look, language: Language) {
  const text = messages[language];
  const asked = new Set<string>();
  const said = teachers.map(({ teacher, synthetic, texts }) => {
    const { digest, licence } = teacher;
    const named = {
      ...{ n: texts, model: labelOf(teacher), licence: licence ?? text.noLicence },
      digest: digest === undefined ? "" : ` (SHA-256 ${digest.slice(0, 12)}…)`,
    };
    asked.add(fill(text.mayLearn, named));
    if (!synthetic) return fill(text.lookTaught, named);
    const { about, tone } = synthetic;
    const from = tone ? `${about} (${tone})` : about;
    return fill(text.lookSynthetic, { ...named, about: from });
  });
  return { said, asked: [...asked] };
}

export function lookTold(look: Look, language: Language): string {
  const { facts, warnings } = lookToldIn(look, language);
  return [...facts, ...warnings].join("\n");
}

export function runTold(run: Run, language: Language): string {
  const { plan, result, error, gone } = run;
  if (error) return `${error.message}\n${error.hint}`;
  if (!result) return lookTold(plan.look, language);
  const lines = [...verdictTold(run, language)];
  if (gone > 0) lines.push(fill(messages[language].gone, { n: gone }));
  const { adapter } = result;
  if (adapter) lines.push(fill(messages[language].adapter, { adapter, model: plan.model }));
  return lines.join("\n");
}

/** Nothing where there is none yet. */
export function verdictTold(
  { result }: Pick<Run, "result">,
  language: Language,
): readonly string[] {
  const text = messages[language];
  if (!result) return [];
  const lines = [wordTold(result, language)];
  if (result.folds.length > 0) lines.push(foldsTold(result, language));
  lines.push(...robustTold(result, language));
  if (result.soft) {
    const { before, after, tokens } = result.soft;
    const [from, to] = [before, after].map((one) => decimal(one, 3, language));
    lines.push(fill(text.softTold, { before: from ?? "", after: to ?? "", tokens }));
  }
  const { general, forgot, extraction, parity, cut } = result;
  if (general) {
    const { low, high } = percentages(general.ratio, language);
    const change = percent(general.ratio.value - 1, language);
    lines.push(fill(forgot ? text.forgot : text.kept, { change, low, high }));
  }
  if (extraction) lines.push(...extractionTold(extraction, language));
  if (cut > 0) lines.push(fill(text.cutOff, { n: cut }));
  lines.push(
    fill(text.facts, {
      ...{ steps: result.steps, best: result.bestStep, parameters: result.parameters },
      ...{ speed: result.tokensPerSecond.toFixed(0), tokens: result.tokens },
      answers: result.answerTokens,
    }),
  );
  if (parity) {
    const [tuned, base] = [parity.tuned.toPrecision(2), parity.base.toPrecision(2)];
    lines.push(fill(text.parity, { tuned, base, places: parity.places }));
  }
  return lines;
}

function foldsTold({ folds, preferred }: Result, language: Language): string {
  const text = messages[language];
  // The loss over judged answers is no perplexity's logarithm.
  const shown = (loss: number) => (preferred ? loss : Math.exp(loss));
  const values = folds.map(({ loss }) => shown(loss));
  const before = folds.flatMap((one) => (one.before === null ? [] : shown(one.before)));
  const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
  const told = (value: number) => decimal(value, 2, language);
  return fill(text.crossed, {
    ...{ folds: folds.length, measure: preferred ? text.loss : text.perplexity },
    ...{
      mean: told(mean(values)),
      low: told(Math.min(...values)),
      high: told(Math.max(...values)),
    },
    before: before.length > 0 ? told(mean(before)) : "?",
    steps: folds.map(({ best }) => best).join(", "),
  });
}

/** On questions that are written carelessly, by families that it learned from and by others. */
function robustTold({ robust }: Result, language: Language): readonly string[] {
  const text = messages[language];
  const told = ({ ratio, texts }: Compared) => ({ texts, ...percentages(ratio, language) });
  return [
    ...(robust?.seen ? [fill(text.robustSeen, told(robust.seen))] : []),
    ...(robust?.unseen ? [fill(text.robustUnseen, told(robust.unseen))] : []),
  ];
}

function extractionTold(extraction: Extracted, language: Language): readonly string[] {
  const text = messages[language];
  const { texts, base, tuned, more, whole, unseen } = extraction;
  const said = fill(text.extracted, {
    ...{ texts, base: percent(base, language), tuned: percent(tuned, language) },
    ...{ low: percent(more.low, language), high: percent(more.high, language) },
    ...{ whole: whole.tuned, before: whole.base },
  });
  if (unseen === null) return [said];
  return [`${said} ${fill(text.extractedUnseen, { unseen: percent(unseen, language) })}`];
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The base against the adapter; null where nothing was measured. */
export function tableTold({ test, general, robust }: Result, language: Language): Table | null {
  const text = messages[language];
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const signed = new Intl.NumberFormat(language, {
    ...{ style: "percent", maximumFractionDigits: 1, signDisplay: "exceptZero" },
  });
  const row = (name: string, { ratio, base, tuned, texts, tokens }: Compared) => [
    name,
    ...[number.format(base), number.format(tuned), signed.format(ratio.value - 1)],
    `${signed.format(ratio.low - 1)} … ${signed.format(ratio.high - 1)}`,
    fill(text.table.of, { texts, tokens: number.format(tokens) }),
  ];
  const rows = [
    ...(test ? [row(text.table.test, test)] : []),
    ...(robust?.seen ? [row(text.table.seen, robust.seen)] : []),
    ...(robust?.unseen ? [row(text.table.unseen, robust.unseen)] : []),
    ...(general ? [row(text.table.general, general)] : []),
  ];
  const { what, base, tuned, change, interval, on } = text.table;
  return rows.length === 0 ? null : { head: [what, base, tuned, change, interval, on], rows };
}

function wordTold({ verdict, test, preferred }: Result, language: Language): string {
  const { verdicts, judged } = messages[language];
  if (verdict === "nothing") return verdicts.nothing;
  if (preferred) {
    const { value, low, high } = preferred.gain;
    const [gain, from, to] = [value, low, high].map((one) => decimal(one, 2, language));
    return fill(judged[verdict], {
      gain: gain ?? "",
      low: from ?? "",
      high: to ?? "",
      texts: preferred.texts,
    });
  }
  return test
    ? fill(verdicts[verdict], shares(test, verdict === "better", language))
    : verdicts.untested;
}

/** @param lower counts how much less it is */
function shares({ ratio, texts }: Compared, lower: boolean, language: Language) {
  const { value, low, high } = ratio;
  const turned = lower ? { value: 2 - value, low: 2 - high, high: 2 - low } : { value, low, high };
  return { texts, change: percent(turned.value - 1, language), ...percentages(turned, language) };
}

const percentages = ({ low, high }: Interval, language: Language) => ({
  low: percent(low - 1, language),
  high: percent(high - 1, language),
});
const percent = (share: number, language: Language) => decimal(100 * share, 1, language);
const decimal = (value: number, digits: number, language: Language) =>
  value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
