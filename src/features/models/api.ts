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
  /**
   * How a chat is written down for it. own: as its file says; missing: the file does not say, and what
   * stands in is known once it was loaded: chatml, guessed from a model that looks alike, or none, as
   * for a base model, which goes on with a text and does not know whose turn it is.
   */
  template: z.enum(["own", "missing", "chatml", "guessed", "none"]),
  /** Needs an account at the model hub. */
  gated: z.boolean(),
  /** A file of the user's, not from the catalogue. */
  own: z.boolean(),
  /** The small one that is brought along to try things with. */
  starter: z.boolean(),
  /** What can be wished of its thoughts; null for one that does not think. */
  thinking: z.object({ off: z.boolean(), effort: z.boolean() }).nullable(),
  /** Made here of a model and an adapter: SHA-256 of both, and the training run. */
  merged: z.object({ base: z.string(), adapter: z.string(), run: z.string() }).nullable(),
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
    /** Told to administrators alone, as is the disk. */
    memoryBytes: z.number().nullable(),
    freeDiskBytes: z.number().nullable(),
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

/** POST /api/models/:id/pull: `use` has it answer by default once it is there. */
export const pullQuery = z.object({ use: z.enum(["true", "false"]).optional() });

/**
 * POST /api/models -> model: one that the hub has (`owner/name`, a link to a .gguf file) or, where one
 * person is alone with the machine, a file by its whole path. Its download is asked for by its id.
 */
export const nameBody = z.strictObject({ address: z.string().trim().min(5).max(2000) });

/** Bytes of a piece. */
export const MAX_PIECE = 32 * 2 ** 20;

/**
 * PUT /api/models/files/:file?at=0&total=123 -> {@link pieceReply}: a piece of a GGUF file of that
 * name, which is whole when all `total` bytes are there. DELETE removes what has come.
 */
export const pieceQuery = z.object({
  at: z.coerce.number().int().min(0),
  total: z.coerce.number().int().min(1),
});
export const pieceReply = z.object({
  /** Bytes that are there. */
  received: z.number(),
  /** Once it is whole, if it is one: adapters stand in their own list. */
  model: model.nullable(),
});

// Without a schema of their own; each answers with the model, and progress comes as events:
// POST   /api/models/:id/pull      starts or resumes the download
// DELETE /api/models/:id/pull      cancels it; what is there is kept for a resume
// POST   /api/models/:id/use       loads it and makes it the current one
// DELETE /api/models/:id           removes the file
