/** Runs and data in words, for the terminal. */
import { fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";
import { REASONS } from "./data/chat.ts";
import type { Look } from "./data/prepare.ts";
import { messages } from "./messages.ts";
import type { Compared, Interval, Result } from "./plan.ts";
import type { Run } from "./store.ts";

/** Of English; Spanish has about three in vocabularies made for English. */
const CHARACTERS_A_TOKEN = 4;
/** Fewer are a demonstration. */
const ENOUGH = 200;

export function lookTold(look: Look, language: Language): string {
  const text = messages[language];
  const { found, train, validation, test, skipped, languages, masked, sameAnswers } = look;
  const lines = [fill(text.lookFound, { found, train, validation, test })];
  const left = REASONS.filter((reason) => skipped[reason] > 0);
  if (left.length > 0) {
    const list = left.map((reason) => fill(text.reasons[reason], { n: skipped[reason] }));
    lines.push(fill(text.lookSkipped, { list: list.join(", ") }));
  }
  const spoken = Object.entries(languages).filter(([, count]) => count > 0);
  const named = spoken.map(([code, n]) => `${code === "other" ? text.other : code} ${n}`);
  const tokens = Math.round(look.characters / CHARACTERS_A_TOKEN);
  lines.push(fill(text.lookSize, { messages: look.messages, tokens, languages: named.join(", ") }));
  if (masked) lines.push(fill(text.lookMasked, { masked }));
  if (sameAnswers > 0) lines.push(fill(text.lookSame, { n: sameAnswers }));
  if (train + validation + test < ENOUGH) lines.push(text.lookSmall);
  return lines.join("\n");
}

export function runTold({ plan, result, error }: Run, language: Language): string {
  const text = messages[language];
  if (error) return `${error.message}\n${error.hint}`;
  if (!result) return lookTold(plan.look, language);
  const lines = [verdictTold(result, language)];
  const { general, forgot, parity, adapter } = result;
  if (general) {
    const { low, high } = percentages(general.ratio);
    const change = percent(general.ratio.value - 1);
    lines.push(fill(forgot ? text.forgot : text.kept, { change, low, high }));
  }
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
  if (adapter) lines.push(fill(text.adapter, { adapter, model: plan.model }));
  return lines.join("\n");
}

function verdictTold({ verdict, test }: Result, language: Language): string {
  const { verdicts } = messages[language];
  if (verdict === "nothing") return verdicts.nothing;
  return test ? fill(verdicts[verdict], shares(test, verdict === "better")) : verdicts.untested;
}

/** @param lower counts how much less it is */
function shares({ ratio, texts }: Compared, lower: boolean) {
  const { value, low, high } = ratio;
  const turned = lower ? { value: 2 - value, low: 2 - high, high: 2 - low } : { value, low, high };
  return { texts, change: percent(turned.value - 1), ...percentages(turned) };
}

const percentages = ({ low, high }: Interval) => ({
  low: percent(low - 1),
  high: percent(high - 1),
});
const percent = (share: number) => (100 * share).toFixed(1);
