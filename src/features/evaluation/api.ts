/** What the feature says over HTTP: the schemas that document its routes, and whose types the page uses. */
import * as z from "zod";
import { RUBRIC_NAMES } from "./judge/names.ts";
import { measured, words } from "./measures/measured.ts";
import { plan } from "./plan.ts";
import { PROTOCOLS } from "./protocols.ts";

const run = z.object({
  id: z.string(),
  state: z.enum(["waiting", "running", "cut", "done", "failed"]),
  done: z.number(),
  total: z.number().nullable(),
  plan,
  error: z
    .object({ code: z.string(), message: z.string(), hint: z.string() })
    .catchall(z.unknown())
    .nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});

/** GET /api/evaluations, newest first. */
export const runsReply = z.object({ items: z.array(run) });

export type RunsReply = z.output<typeof runsReply>;

/** GET /api/evaluations/lengths: of each model's file, what was measured last, by whomever. */
export const lengthsReply = z.object({
  items: z.array(
    z.object({
      digest: z.string(),
      /** Tokens up to which facts are found in its window; 0 for none. */
      measured: z.number(),
      /** Tokens up to which it was tried. */
      tried: z.number(),
      measuredAt: z.string(),
    }),
  ),
});
export type LengthsReply = z.output<typeof lengthsReply>;

/** GET /api/evaluations/:id; the models are as `report.ts` has them. */
export const runReply = run.extend({
  models: z.array(z.looseObject({ label: z.string() })),
  measured: z.array(measured).optional(),
});

/** GET /api/evaluations/measures: what features can measure of themselves. */
export const measuresReply = z.object({
  items: z.array(z.object({ name: z.string(), title: words, about: words })),
});
export type MeasuresReply = z.output<typeof measuresReply>;

/** Ids of the library; with "+" and an adapter's behind it. */
const models = z.array(z.string().min(1).max(300)).min(1).max(16);
/** Characters of a file, and bytes of a body with one in it. */
const MAX_FILE = 20_000_000;
export const MAX_BODY = 25_000_000;
/** The name tells the format: .txt, .csv, .jsonl. */
const file = z.object({
  name: z.string().min(1).max(200),
  content: z.string().min(1).max(MAX_FILE),
});
const language = z.string().min(2).max(35).optional();
/** One that comes with Charla by its name, or a file. */
const builtInOrFile = z.union([z.string().min(1).max(200), file]);
const seed = z
  .int()
  .min(0)
  .max(2 ** 31 - 1)
  .optional();
const questions = {
  ...{ models, language, seed, set: builtInOrFile },
  system: z.string().max(20_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxTokens: z.int().min(1).max(8192).optional(),
  sample: z.int().min(1).max(100_000).optional(),
};

/** POST /api/evaluations, which begins a job. */
export const newRun = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("perplexity"),
    ...{ models, text: builtInOrFile, language, seed },
    protocol: z.enum(PROTOCOLS).default("llama"),
    context: z.int().min(16).max(131_072).optional(),
    stride: z.int().min(1).max(131_072).optional(),
    windows: z.int().min(1).max(100_000).optional(),
  }),
  z.object({ kind: z.literal("speed"), models, text: builtInOrFile, language, seed }),
  z.object({
    ...{ kind: z.literal("length"), models, text: builtInOrFile, language, seed },
    /** Tokens of the windows. */
    lengths: z.array(z.int().min(256).max(1_048_576)).min(1).max(32).optional(),
    needles: z.int().min(1).max(50).optional(),
  }),
  /** Of Charla's own pairs of sentences; in both languages when none is named. */
  z.object({ kind: z.literal("bias"), models, seed, language: z.enum(["en", "es"]).optional() }),
  z.object({
    ...{ kind: z.literal("ask"), ...questions },
    threshold: z.number().min(0).max(1).optional(),
  }),
  z.object({ kind: z.literal("robust"), ...questions }),
  /** Without a model. */
  z.object({ kind: z.literal("measure"), measure: z.string().min(1).max(100), seed }),
  /** The models are the judges. */
  z.object({
    ...{ kind: z.literal("judge"), models, seed },
    what: z.enum(["run", "study"]),
    id: z.string().min(1).max(100),
    places: z.tuple([z.int().min(0).max(63), z.int().min(0).max(63)]).default([0, 1]),
    rubric: z.union([z.enum(RUBRIC_NAMES), z.object({ text: z.string().min(1).max(2000) })]),
  }),
]);
export type NewRun = z.output<typeof newRun>;
/** As the page sends it. */
export type NewRunBody = z.input<typeof newRun>;

export const begunReply = z.object({ id: z.string(), job: z.string() });

const runs = z.string().min(1).max(4000);
const shownIn = z.enum(["en", "es"]).default("en");

/** GET /api/evaluations/:id/shown: what was found, in words, tables and pictures. */
export const shownQuery = z.object({ language: shownIn });
export const shownReply = z.object({
  tables: z.array(z.object({ head: z.array(z.string()), rows: z.array(z.array(z.string())) })),
  /** How it was made, and how to read it. */
  notes: z.array(z.string()),
  pictures: z.array(
    z.object({
      /** Of the file. */
      name: z.string(),
      svg: z.string(),
      title: z.string(),
      /** All that it shows, in words. */
      says: z.string(),
    }),
  ),
});
export type ShownReply = z.output<typeof shownReply>;

/** GET /api/evaluations/table: of several runs as one table; ids with commas between. */
export const tableQuery = z.object({ runs, language: shownIn });
export const tableFileQuery = z.object({
  ...{ runs, language: shownIn },
  format: z.enum(["md", "csv", "json"]).default("md"),
});
