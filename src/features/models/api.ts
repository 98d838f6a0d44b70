/**
 * What the models feature says over HTTP: the schemas that document its routes, and whose types
 * the page uses.
 */
import * as z from "zod";

/**
 * absent: not on this machine; partial: a download can be resumed; downloading, verifying: under
 * way; ready: on disk and its digest matched; loading, loaded: in the engine; broken: the file is
 * not what it should be.
 */
const state = z.enum([
  "absent",
  "partial",
  "downloading",
  "verifying",
  "ready",
  "loading",
  "loaded",
  "broken",
]);

const error = z
  .object({ code: z.string(), message: z.string(), hint: z.string() })
  .catchall(z.unknown())
  .nullable();

export const model = z.object({
  id: z.string(),
  name: z.string(),
  /** What it is good for, in both languages of the page. */
  description: z.object({ en: z.string(), es: z.string() }),
  languages: z.array(z.string()),
  /** SPDX identifier, or the name of the licence. */
  licence: z.string(),
  parameters: z.string(),
  quantisation: z.string(),
  /** Tokens. */
  contextWindow: z.number(),
  /** Bytes of the file. */
  fileBytes: z.number(),
  /** Bytes of memory that it takes to run, about. */
  memoryBytes: z.number(),
  /** Needs an account at the model hub. */
  gated: z.boolean(),
  /** A file of the user's, not from the catalogue. */
  own: z.boolean(),
  digest: z.string().nullable(),
  state,
  /** 0 to 1 while it is being loaded; it waits for its place in memory at 0. */
  loading: z.number().nullable(),
  /** Bytes there and bytes wanted, while downloading or partial. */
  received: z.number(),
  bytesPerSecond: z.number().nullable(),
  error,
});
export type Model = z.output<typeof model>;

/** A LoRA adapter: a small file that changes how a model answers. */
const adapter = z.object({
  id: z.string(),
  name: z.string(),
  /** SHA-256 of the file; null when it cannot be read. */
  digest: z.string().nullable(),
  fileBytes: z.number(),
  /** Of the models that it was trained for. */
  architecture: z.string(),
  rank: z.number(),
  alpha: z.number(),
  /** Ids of the models on this machine that it fits. */
  models: z.array(z.string()),
  error,
});
export type Adapter = z.output<typeof adapter>;

/** GET /api/models; the same object is each event of GET /api/models/events. */
export const modelsReply = z.object({
  machine: z.object({
    cores: z.number(),
    memoryBytes: z.number(),
    freeDiskBytes: z.number(),
    /** "CUDA", "Vulkan", "Metal", or null. */
    gpu: z.string().nullable(),
  }),
  /** The model that answers when a chat names none. */
  current: z.string(),
  /** The best model of the catalogue that this machine runs well. */
  recommended: z.string().nullable(),
  models: z.array(model),
  adapters: z.array(adapter),
});
export type Models = z.output<typeof modelsReply>;

// Without a schema of their own; each answers with the model, and progress comes as events:
// POST   /api/models/:id/pull      starts or resumes the download
// DELETE /api/models/:id/pull      cancels it; what is there is kept for a resume
// POST   /api/models/:id/use       loads it and makes it the current one
// DELETE /api/models/:id           removes the file
