/** The table of all: a row for each model, from the reports of runs on the same models. Pure. */
import type { Questions } from "../ask/summary.ts";
import type { Kept } from "../measures/measured.ts";
import type { Figure } from "../perplexity/summary.ts";
import { type ByKind, by } from "../plan.ts";
import type { ModelReport, Report } from "../report.ts";
import type { BiasResult } from "../safety/bias.ts";
import type { Robustness } from "../safety/robust.ts";
import { type Unlike, unlikeOf } from "./unlike.ts";

export interface TableRow {
  readonly label: string;
  readonly architecture: string | null;
  readonly parameters: number | null;
  readonly quantisation: string | null;
  readonly fileBytes: number | null;
  readonly digest: string | null;
  /** Tokens a second. */
  readonly prefill: number | null;
  readonly decode: number | null;
  readonly memoryBytes: number | null;
  /** Tokens up to which it finds again what stands in its window. */
  readonly length: number | null;
  /** By language of the text, of tokens; and bits a byte, which other tokens do not change. */
  readonly perplexity: Readonly<Record<string, Figure>>;
  readonly bitsPerByte: Readonly<Record<string, Figure>>;
  /** Perplexity by that of the first model, on the same windows. */
  readonly ratio: Figure | null;
  readonly questions: Questions | null;
  readonly bias: readonly BiasResult[] | null;
  /** Of questions that are written carelessly. */
  readonly robust: Robustness | null;
}

export interface Table {
  readonly rows: readonly TableRow[];
  /** What features have measured of themselves. */
  readonly measured: readonly (Kept & { readonly of: string })[];
  readonly cited: readonly Cited[];
  /** What the figures hang on. */
  readonly runs: readonly Made[];
  readonly machine: string | null;
  /** Kinds of which there are runs that are not alike in several things. */
  readonly unlike: readonly Unlike[];
}

/** How the figures of one run were made. */
export interface Made {
  readonly id: string;
  readonly kind: Report["plan"]["kind"];
  readonly state: Report["state"];
  readonly done: number;
  readonly total: number | null;
  readonly source: string;
  readonly digest: string;
  readonly how: string;
}

/** A figure of somebody else's, which nobody has measured here. */
export interface Cited {
  readonly label: string;
  readonly says: string;
  readonly source: string;
}

export const CITED: readonly Cited[] = [
  {
    label: "The article's clone",
    says: "80 % similarity to ChatGPT in questions and answers, 2 s mean latency",
    source: "the article that this project goes back to; method and data not given",
  },
  {
    label: "GPT-2 large, 774 M",
    says: "perplexity 19.44 (stride 1,024) and 16.44 (stride 512) on WikiText-2",
    source: "huggingface.co/docs/transformers/perplexity",
  },
];

export function tableOf(reports: readonly Report[]): Table {
  const labels = [...new Set(reports.flatMap(({ models }) => models.map(({ label }) => label)))];
  const all = (label: string) =>
    reports.flatMap(({ models }) => models.filter((one) => one.label === label));
  const facts = reports.flatMap(({ models }) => models.map((one) => one.facts));
  return {
    rows: labels.map((label) => rowOf(label, all(label))),
    measured: reports.flatMap(({ plan, measured = [] }) =>
      measured.map((one) => ({ of: plan.source.name, ...one })),
    ),
    cited: CITED,
    runs: reports.map(madeOf),
    machine: facts.find((one) => one?.machine)?.machine ?? null,
    unlike: unlikeOf(reports),
  };
}

function rowOf(label: string, found: readonly ModelReport[]): TableRow {
  const facts = found.map((one) => one.facts).find((one) => one !== null);
  const perplexity = found.flatMap((one) => one.perplexity ?? []);
  // "all" stands for the one language where there is no other.
  const by = (name: "token" | "bitsPerByte") =>
    Object.fromEntries(perplexity.map((one) => [one.of, one[name]]));
  const speed = found.map((one) => one.speed).find(Boolean);
  return {
    label,
    architecture: facts?.architecture ?? null,
    parameters: facts?.parameters ?? null,
    quantisation: facts?.quantisation ?? null,
    fileBytes: facts?.fileBytes ?? null,
    digest: facts?.digest ?? null,
    prefill: speed?.prefill ?? null,
    decode: speed?.decode ?? null,
    memoryBytes: speed?.memoryBytes ?? null,
    length: found.map((one) => one.length).find(Boolean)?.measured ?? null,
    ...{ perplexity: by("token"), bitsPerByte: by("bitsPerByte") },
    ratio: found.map((one) => one.ratio).find(Boolean) ?? null,
    questions: found.flatMap((one) => one.questions ?? []).find(({ of }) => of === "all") ?? null,
    robust: found.flatMap((one) => one.robust ?? [])[0] ?? null,
    bias: found.map((one) => one.bias).find(Boolean) ?? null,
  };
}

function madeOf({ id, state, done, total, plan }: Report): Made {
  const { name: source, digest } = plan.source;
  return {
    id,
    kind: plan.kind,
    state,
    done,
    total,
    source,
    digest,
    how: by(HOW, plan, `seed ${plan.seed}`),
  };
}

const HOW: ByKind<[seed: string], string> = {
  perplexity({ protocol, context, stride }, seed) {
    const step = protocol === "strided" ? `, stride ${stride}` : "";
    return `protocol ${protocol}, windows of ${context} tokens${step}, ${seed}`;
  },
  ask: ({ sampling: { temperature, maxTokens } }, seed) =>
    `temperature ${temperature}, at most ${maxTokens} tokens, ${seed}`,
  robust: ({ sampling: { temperature, maxTokens } }, seed) =>
    `each question as it is and written carelessly, temperature ${temperature}, at most ${maxTokens} tokens, ${seed}`,
  judge: ({ systems, rubric, prompt }, seed) =>
    `${systems.join(" against ")}, rubric ${rubric.name}, prompt ${prompt.slice(0, 16)}…, ${seed}`,
  length: ({ lengths, needles }, seed) =>
    `${needles} facts at each place, windows of ${lengths.join(", ")} tokens, ${seed}`,
  measure: ({ source }, seed) => `${source.documents} cases, ${seed}`,
  bias: ({ source }, seed) => `${source.documents} pairs, ${seed}`,
  speed: ({ prefill, decode, rounds }) =>
    `prompt of ${prefill} tokens, answer of ${decode}, ${rounds} rounds`,
};
