/** What the feature says over HTTP: the schemas that document its routes, and whose types the page uses. */
import * as z from "zod";
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

/** GET /api/evaluations/:id; the models are as `report.ts` has them. */
export const runReply = run.extend({ models: z.array(z.looseObject({ label: z.string() })) });

/** Ids of the library; with "+" and an adapter's behind it. */
const models = z.array(z.string().min(1).max(300)).min(1).max(16);
/** The name tells the format: .txt, .csv, .jsonl. */
const file = z.object({
  name: z.string().min(1).max(200),
  content: z.string().min(1).max(20_000_000),
});
const language = z.string().min(2).max(35).optional();

/** POST /api/evaluations, which begins a job. */
export const newRun = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("perplexity"),
    ...{ models, text: file, language },
    protocol: z.enum(PROTOCOLS).default("llama"),
    context: z.int().min(16).max(131_072).optional(),
    stride: z.int().min(1).max(131_072).optional(),
  }),
  /** Of Charla's own pairs of sentences; in both languages when none is named. */
  z.object({ kind: z.literal("bias"), models, language: z.enum(["en", "es"]).optional() }),
  z.object({
    kind: z.literal("ask"),
    ...{ models, language },
    /** One that comes with Charla by its name, or a file. */
    set: z.union([z.string().min(1).max(200), file]),
    system: z.string().max(20_000).optional(),
    temperature: z.number().min(0).max(2).optional(),
    maxTokens: z.int().min(1).max(8192).optional(),
    sample: z.int().min(1).max(100_000).optional(),
  }),
]);
export type NewRun = z.output<typeof newRun>;

export const begunReply = z.object({ id: z.string(), job: z.string() });
