/** What is said over HTTP of texts that a teacher writes. */
import * as z from "zod";
import { files } from "../api.ts";
import { provenance } from "../data/provenance.ts";
import { tally, writing } from "./plan.ts";

/** POST /api/training/written */
export const newWritten = z.object({
  /** "model" or "model+adapter", as `/api/models` and another server name them. */
  teacher: z.string().min(1).max(600),
  name: z.string().max(100).optional(),
  /** Whose questions are answered; or `synthetic`. */
  files: files.optional(),
  synthetic: writing.shape.synthetic,
  maxTokens: writing.shape.maxTokens.optional(),
  unmasked: z.boolean().optional(),
});
export type NewWritten = z.input<typeof newWritten>;

const written = z.object({
  id: z.string(),
  state: z.enum(["waiting", "running", "cut", "done", "failed"]),
  name: z.string(),
  teacher: provenance.shape.teacher,
  synthetic: writing.shape.synthetic,
  /** Questions, answers to learn from, and those that are not. */
  ...{ questions: z.number(), answers: z.number(), faults: z.number() },
  error: z
    .object({ code: z.string(), message: z.string(), hint: z.string() })
    .catchall(z.unknown())
    .nullable(),
  createdAt: z.string(),
});
export type WrittenTexts = z.output<typeof written>;

/** GET /api/training/written, newest first. */
export const writtenReply = z.object({ items: z.array(written) });
export type WrittenReply = z.output<typeof writtenReply>;

/** GET /api/training/written/:id */
export const writtenOne = written.extend({ tally });
