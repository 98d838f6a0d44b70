/** What the guard found, in the reader's words. */
import type { Guarded } from "../../../../src/core/provenance.ts";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { language } from "../../chat/language.ts";
import type { Fact } from "../../room.ts";
import { formatNumber } from "../../ui/format.ts";
import { type Key, t } from "./words.ts";

const SIGNS: Readonly<Record<string, Key>> = {
  addressed: "guard.sign.addressed",
  authority: "guard.sign.authority",
  dictated: "guard.sign.dictated",
  encoded: "guard.sign.encoded",
  "encoded-order": "guard.sign.encoded",
  "fake-end": "guard.sign.fake",
  "fake-turn": "guard.sign.fake",
  "gap-in-link": "guard.sign.link",
  "hidden-place": "guard.sign.hidden",
  "hidden-text": "guard.sign.hidden",
  "image-out": "guard.sign.link",
  "many-shot": "guard.sign.many",
  "new-orders": "guard.sign.override",
  override: "guard.sign.override",
  persona: "guard.sign.persona",
  reveal: "guard.sign.reveal",
  secrecy: "guard.sign.secrecy",
  "send-out": "guard.sign.send",
  split: "guard.sign.split",
  "tool-order": "guard.sign.tool",
  unbound: "guard.sign.persona",
};

const sum = (counts: Readonly<Record<string, number>> = {}) =>
  Object.values(counts).reduce((total, count) => total + count, 0);
const number = (n: number) => formatNumber(n, language());

/** "62 of 100: drops its instructions, asks for secrets" */
function scoreText({ score, signs = [] }: Guarded): string | undefined {
  if (score === undefined) return undefined;
  const named = signs.flatMap((sign) => (SIGNS[sign] ? [t(SIGNS[sign])] : []));
  const value = t("guard.score", { n: number(Math.round(score * 100)) });
  return named.length > 0 ? `${value}: ${[...new Set(named)].join(", ")}` : value;
}

/** Rows for the details of an answer. */
export function guardFacts({ details }: ChatMessage): readonly Fact[] {
  const guard: Guarded = details?.guard ?? {};
  const sources = guard.sources?.map(({ kind, name }) => `${t(`guard.source.${kind}`)} ${name}`);
  return [
    [t("guard.title"), scoreText(guard)],
    [t("guard.sources"), sources?.join(", ")],
  ];
}

/** What a reader should know without asking, worst first. */
export function guardNotices({ removed, withheld, suspicious }: Guarded): string[] {
  const { tool = 0, ...texts } = withheld ?? {};
  return [
    sum(texts) > 0 && t("guard.withheld"),
    tool > 0 && t("guard.withheldTool"),
    suspicious === true && t("guard.suspicious"),
    sum(removed) > 0 && t("guard.removed", { n: number(sum(removed)) }),
  ].filter((text) => text !== false);
}
