/** What the feature says over HTTP: the schemas that document its routes, and whose types the page uses. */
import * as z from "zod";

const words = z.object({ en: z.string(), es: z.string() });

const job = z.object({
  id: z.string(),
  /** False for another's, of which an administrator sees that it is there. */
  own: z.boolean(),
  kind: z.string(),
  label: words,
  state: z.enum(["queued", "running", "paused", "done", "failed", "cancelled"]),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.enum(["bytes", "items"]),
  title: z.string().nullable(),
  error: z
    .object({ code: z.string(), message: z.string(), hint: z.string() })
    .catchall(z.unknown())
    .nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
});

/** GET /api/jobs; the same object is each event of GET /api/jobs/events. */
export const jobsReply = z.object({ items: z.array(job) });
export type JobsReply = z.output<typeof jobsReply>;

export const jobReply = job.extend({ log: z.array(words.extend({ at: z.string() })) });
export type JobReply = z.output<typeof jobReply>;
export const actReply = job;
export type JobItem = z.output<typeof job>;
