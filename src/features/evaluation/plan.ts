/** What a run is to do: stored with it, so that it can be gone on with, repeated and compared. */
import * as z from "zod";
import { words } from "./measures/measured.ts";
import { PROTOCOLS } from "./protocols.ts";

/** A model, as it was asked for. */
export const wish = z.object({
  /** Id in the library, or name of the file. */
  model: z.string(),
  /** Of a GGUF file, absolute; absent for a model of the library. */
  path: z.string().optional(),
  /** Id of an adapter in the library, or path of its file. */
  adapter: z.string().optional(),
});
export type Wish = z.output<typeof wish>;

export const labelOf = ({ model, adapter }: Wish): string =>
  adapter === undefined ? model : `${model}+${adapter.replace(/^.*[\\/]/, "")}`;

/** A text or a set of questions, as it was read; `documents` counts the texts or questions. */
export const source = z.object({
  name: z.string(),
  /** SHA-256 of the file's bytes. */
  digest: z.string(),
  bytes: z.number(),
  documents: z.number(),
  languages: z.array(z.string()),
  licence: z.string().optional(),
});
export type Source = z.output<typeof source>;

/** What every run has. */
const common = {
  models: z.array(wish).min(1).max(64),
  source,
  /** Of the intervals, and of whatever is drawn by chance. */
  seed: z.int().min(0),
  /** Version of Charla. */
  version: z.string(),
};

export const perplexityPlan = z.object({
  kind: z.literal("perplexity"),
  ...common,
  protocol: z.enum(PROTOCOLS),
  /** Tokens of a window, and from one to the next (of `strided`). */
  context: z.int().min(16).max(1_048_576),
  stride: z.int().min(1).max(1_048_576),
  /** At most so many windows of each text; absent: all. */
  windows: z.int().min(1).optional(),
});
export type PerplexityPlan = z.output<typeof perplexityPlan>;

/** Of runs that ask questions: that of the first question is `seed`; each next has the next. */
const asking = {
  ...common,
  /** Questions in the file; more than there are in the run where a sample was drawn. */
  of: z.int().min(1),
  /** Before each question, where it brings no own. */
  system: z.string().optional(),
  sampling: z.object({
    temperature: z.number().min(0).max(2),
    topP: z.number().min(0).max(1),
    maxTokens: z.int().min(1),
  }),
};

export const askPlan = z.object({
  kind: z.literal("ask"),
  ...asking,
  /** A similarity from here on counts as similar. */
  threshold: z.number().min(0).max(1),
});
export type AskPlan = z.output<typeof askPlan>;

export const speedPlan = z.object({
  kind: z.literal("speed"),
  ...common,
  /** Of the prompt that is read, and of the answer that is written, in tokens. */
  prefill: z.int().min(1),
  decode: z.int().min(2),
  rounds: z.int().min(1),
});
export type SpeedPlan = z.output<typeof speedPlan>;

export const biasPlan = z.object({ kind: z.literal("bias"), ...common });
export type BiasPlan = z.output<typeof biasPlan>;

/** Facts hidden in texts of several lengths, each at several places, in the text's languages. */
export const lengthPlan = z.object({
  kind: z.literal("length"),
  ...common,
  /** Tokens of the windows; those that are longer than a model's are left out. */
  lengths: z.array(z.int().min(256)).min(1).max(32),
  /** Where in the window a fact stands: 0 is its beginning, 1 its end. */
  depths: z.array(z.number().min(0).max(1)).min(1).max(32),
  /** Facts for each language, length and place. */
  needles: z.int().min(1),
});
export type LengthPlan = z.output<typeof lengthPlan>;

/** Questions as they are and written carelessly. */
export const robustPlan = z.object({ kind: z.literal("robust"), ...asking });
export type RobustPlan = z.output<typeof robustPlan>;

/** The models are judges; whose answers they read are `systems`. */
export const judgePlan = z.object({
  kind: z.literal("judge"),
  ...common,
  systems: z.tuple([z.string(), z.string()]),
  /** Where the answers are from: models of a run of questions, or systems of a study, by place. */
  from: z.object({
    what: z.enum(["run", "study"]),
    id: z.string(),
    places: z.tuple([z.int().min(0), z.int().min(0)]),
  }),
  rubric: z.object({ name: z.string().min(1).max(60), text: z.string().min(1).max(2000) }),
  /** SHA-256 of all that each pair is asked with. */
  prompt: z.string(),
  /** Pairs that were left out, since both answers are the same. */
  identical: z.int().min(0),
  maxTokens: z.int().min(1),
});
export type JudgePlan = z.output<typeof judgePlan>;

/** What a feature measures of itself, without a model. */
export const measurePlan = z.object({
  kind: z.literal("measure"),
  ...common,
  models: z.array(wish).max(0),
  measure: z.string(),
  title: words,
  /** How to read what comes of it. */
  notes: z.array(words),
});
export type MeasurePlan = z.output<typeof measurePlan>;

export const plan = z.discriminatedUnion("kind", [
  perplexityPlan,
  askPlan,
  speedPlan,
  biasPlan,
  lengthPlan,
  robustPlan,
  judgePlan,
  measurePlan,
]);
export type Plan = z.output<typeof plan>;
export type Kind = Plan["kind"];
/** The plan of a kind. */
export type Of<K extends Kind> = Extract<Plan, { readonly kind: K }>;

/** Something for each kind of run, which gets the plan of that kind: `by(table, plan)`. */
export type ByKind<Given extends readonly unknown[], Result> = {
  readonly [K in Kind]: (plan: Of<K>, ...given: Given) => Result;
};
export const by = <Given extends readonly unknown[], Result>(
  table: ByKind<Given, Result>,
  plan: Plan,
  ...given: Given
): Result => (table[plan.kind] as (plan: Plan, ...given: Given) => Result)(plan, ...given);

/** What is known of a model once it is open; what cannot be known is absent. */
export const facts = z.object({
  label: z.string(),
  name: z.string(),
  /** SHA-256 of the file, and of the adapter's. */
  digest: z.string().optional(),
  adapterDigest: z.string().optional(),
  architecture: z.string().optional(),
  quantisation: z.string().optional(),
  parameters: z.number().optional(),
  fileBytes: z.number().optional(),
  device: z.string(),
  /** Processor, cores and memory of the machine. */
  machine: z.string().optional(),
});
export type Facts = z.output<typeof facts>;
