/** What the feature says over HTTP: the schemas that document its routes, and whose types the page uses. */
import * as z from "zod";
import { look, plan, point, result } from "./plan.ts";
import { settings } from "./settings.ts";

const error = z
  .object({ code: z.string(), message: z.string(), hint: z.string() })
  .catchall(z.unknown())
  .nullable();
const language = z.enum(["en", "es"]).default("en");

/** GET /api/training/worker */
export const worker = z.object({
  /** `partial`: begun; `old`: made for another version of Charla. */
  state: z.enum(["absent", "partial", "old", "fetching", "ready"]),
  /** Bytes: to fetch, and on the disk once it is unpacked. */
  ...{ fetches: z.number(), takes: z.number() },
  /** Bytes on the disk now. */
  bytes: z.number(),
  /** Bytes that may still be written there; for administrators alone. */
  free: z.number().nullable(),
  /** Bytes of `total` while it is being set up. */
  ...{ done: z.number(), total: z.number().nullable() },
  has: z.object({ torch: z.string(), python: z.string(), device: z.string() }).nullable(),
  /** Why it could not be set up the last time. */
  error,
});
export type Worker = z.output<typeof worker>;

/** Characters of a file, and bytes of a body with files in it. */
const MAX_FILE = 40_000_000;
export const MAX_BODY = 50_000_000;
/** The name tells the format: .jsonl, .json, .csv, .tsv. */
export const files = z
  .array(z.object({ name: z.string().min(1).max(200), content: z.string().max(MAX_FILE) }))
  .min(1)
  .max(100);
const data = {
  files,
  /** Personal data stays as it is, where the policy does not mask it. */
  unmasked: z.boolean().optional(),
};

/** POST /api/training/look: what would be learned from, without training. */
export const lookBody = z.object({ ...data, language });
export const lookReply = z.object({
  look,
  /** In the reader's words. */
  ...{ facts: z.array(z.string()), warnings: z.array(z.string()) },
});
export type LookReply = z.output<typeof lookReply>;

/** POST /api/training */
export const newRun = z.object({
  ...data,
  /** Of the adapter, for people. */
  name: z.string().max(100).optional(),
  /** Id of the library; the one that answers by default if absent. */
  model: z.string().min(1).max(300).optional(),
  whose: plan.shape.whose,
  /** "model" or "model+adapter", for `soft`; the one that has written the answers if absent. */
  teacher: z.string().min(1).max(600).optional(),
  settings: settings.partial().optional(),
});
export type NewRun = z.input<typeof newRun>;
export const begunReply = z.object({ id: z.string(), job: z.string() });

const run = z.object({
  id: z.string(),
  state: z.enum(["waiting", "running", "cut", "done", "failed"]),
  /** Steps, of all once that is known. */
  ...{ done: z.number(), total: z.number().nullable() },
  plan,
  result: result.nullable(),
  error,
  /** Chats that it has learned from and that are gone since. */
  gone: z.number(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});
export type TrainingRun = z.output<typeof run>;

/** GET /api/training, newest first. */
export const runsReply = z.object({ items: z.array(run) });
export type RunsReply = z.output<typeof runsReply>;

/** GET /api/training/:id */
export const runQuery = z.object({ language });
/** GET /api/training/:id/report */
export const reportQuery = runQuery.extend({ format: z.enum(["md", "json"]).default("md") });

const table = z.object({ head: z.array(z.string()), rows: z.array(z.array(z.string())) });
export const runReply = run.extend({
  /** What it learned from, and whether it got better, in the reader's words. */
  ...{ learned: z.array(z.string()), verdict: z.array(z.string()) },
  /** The base against the adapter. */
  table: table.nullable(),
  /** Files in the models folder that were made of it, and the job that makes one. */
  merged: z.array(z.object({ file: z.string(), type: z.string(), bytes: z.number() })),
  merging: z.string().nullable(),
});
export type RunReply = z.output<typeof runReply>;

/** POST /api/training/:id/merge: the type of the file, as `charla quantize` takes it. */
export const mergeBody = z.object({ type: z.string().max(20) });

/** GET /api/training/:id/points: the curves behind a step. */
export const pointsQuery = z.object({ after: z.coerce.number().int().min(-1).default(-1) });
export const pointsReply = z.object({ points: z.array(point) });
export type PointsReply = z.output<typeof pointsReply>;
