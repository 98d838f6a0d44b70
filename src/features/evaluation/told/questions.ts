/** What questions have told: a column for each model, since there are many figures. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import type { Corpus, Questions, Share, Times } from "../ask/summary.ts";
import { messages } from "../messages.ts";
import type { Interval } from "../metrics/resample.ts";
import type { AskPlan, RobustPlan } from "../plan.ts";
import type { ModelReport, Report } from "../report.ts";
import { formatIn, type Told } from "./format.ts";

type Line = readonly [name: string, cell: (of: Questions) => string | null | undefined];

export function questionsTold(plan: AskPlan, { models }: Report, language: Language): Told {
  const text = messages[language];
  const lines = linesIn(language);
  const parts = [...new Set(models.flatMap(({ questions = [] }) => questions.map(({ of }) => of)))];
  const tables = parts.map((part) => {
    const columns = models.map(({ questions = [] }) => questions.find(({ of }) => of === part));
    const rows = lines
      .map(([name, cell]) => [name, ...columns.map((one) => (one && cell(one)) ?? "")])
      .filter(([, ...cells]) => cells.some((cell) => cell !== ""));
    const title = part === "all" ? text.all : part;
    return { head: [title, ...models.map(({ label }) => label)], rows };
  });
  return {
    tables,
    notes: [
      ...comparisons(models, language),
      ...askedNotes(plan, language),
      ...signatures(models),
      ...(models[0]?.facts?.machine
        ? [fill(text.machineLine, { machine: models[0].facts.machine })]
        : []),
      text.failures,
      text.contaminationSet,
    ],
  };
}

/** Which questions were asked, and how. */
export function askedNotes(
  { source, sampling, seed, version, of, system }: AskPlan | RobustPlan,
  language: Language,
): readonly string[] {
  const text = messages[language];
  const { name, digest, documents, licence = "?" } = source;
  return [
    fill(text.setLine, { name, digest, licence, documents, of, version }),
    fill(text.samplerLine, {
      ...{ temperature: sampling.temperature, tokens: sampling.maxTokens, seed },
      system: system ? JSON.stringify(system) : text.noSystem,
    }),
  ];
}

function linesIn(language: Language): readonly Line[] {
  const text = messages[language];
  const { number, percent, percentRange, range } = formatIn(language);
  const share = (one: Share | null | undefined) =>
    one ? `${percent(one.value)}${percentRange(one)}` : undefined;
  const asShare = (one: Interval | null | undefined) =>
    one ? `${percent(one.value)}${percentRange(one)}` : undefined;
  const score = (one: Corpus | null) => one && `${number(one.value, 1)}${range(one, 1)}`;
  const seconds = (ms: number) => number(ms / 1000, 2);
  const times = (one: Times | null) =>
    one ? `${seconds(one.mean)} / ${seconds(one.p50)} / ${seconds(one.p95)}` : undefined;
  return [
    [text.asked, (of) => String(of.asked)],
    [text.failedCount, (of) => String(of.failed)],
    [text.emptyCount, (of) => String(of.empty)],
    [text.cutCount, (of) => String(of.cut)],
    [text.exact, (of) => share(of.exact)],
    [text.contained, (of) => share(of.contained)],
    ["F1", (of) => asShare(of.f1)],
    ["chrF", (of) => score(of.chrf) ?? undefined],
    ["BLEU", (of) => score(of.bleu) ?? undefined],
    ["ROUGE-L", (of) => asShare(of.rouge?.rougeL)],
    [text.choiceByByte, (of) => share(of.choice?.byByte)],
    [text.choiceWhole, (of) => share(of.choice?.whole)],
    [text.chance, (of) => of.choice && percent(of.choice.chance)],
    [text.similarCentred, (of) => pairOf(of, "centred")],
    [text.similarPlain, (of) => pairOf(of, "plain")],
    [text.similarShare, (of) => share(of.similarity?.similar)],
    [text.similarShareOther, (of) => share(of.similarity?.similarOther)],
    [text.firstToken, (of) => times(of.first)],
    [text.wholeAnswer, (of) => times(of.whole)],
    [
      text.decodeSpeed,
      (of) => (of.tokensPerSecond === null ? undefined : number(of.tokensPerSecond, 1)),
    ],
  ];

  function pairOf({ similarity }: Questions, name: "plain" | "centred"): string | undefined {
    if (!similarity) return undefined;
    const other = similarity[`${name}Other`];
    return `${number(similarity[name].value, 3)} / ${number(other.value, 3)}`;
  }
}

function comparisons(models: readonly ModelReport[], language: Language): readonly string[] {
  const text = messages[language];
  const { number } = formatIn(language);
  const first = models[0]?.label ?? "";
  return models.flatMap(({ label, compared }) =>
    compared
      ? [
          fill(text.comparedLine, {
            ...{ label, first, gained: compared.gained, lost: compared.lost },
            p: number(compared.p, 3),
          }),
        ]
      : [],
  );
}

/** How the numbers were made, once each. */
function signatures(models: readonly ModelReport[]): readonly string[] {
  const all = models.flatMap(({ questions = [] }) =>
    questions.flatMap(({ chrf, bleu, rouge }) => [
      ...(chrf ? [`chrF: ${chrf.signature}`] : []),
      ...(bleu ? [`BLEU: ${bleu.signature}`] : []),
      ...(rouge ? [`ROUGE: ${rouge.signature}`] : []),
    ]),
  );
  return [...new Set(all)];
}
