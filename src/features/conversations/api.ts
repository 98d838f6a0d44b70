/**
 * What the conversations feature says over HTTP: the schemas that validate and document its
 * routes, and whose types the page uses.
 */
import * as z from "zod";
import { sampling } from "../../core/chat.ts";
import { guarded } from "../../core/provenance.ts";
import { text } from "../../core/route.ts";

/** Characters of a name or an id; a path of a file may be a name. */
const MAX_NAME = 1000;

/** Settings of one chat; what is absent follows the server's defaults. */
const settings = z.strictObject({
  systemPrompt: text.max(100_000).optional(),
  model: z.string().max(MAX_NAME).optional(),
  /** LoRA adapter, by its id. */
  adapter: z.string().max(MAX_NAME).optional(),
  temperature: sampling.temperature.optional(),
  topP: sampling.topP.optional(),
  maxTokens: sampling.maxTokens.optional(),
  seed: sampling.seed.optional(),
  /** What happens to personal data in the user's texts before they are stored; the policy's wish if absent. */
  privacy: z.enum(["off", "warn", "mask"]).optional(),
});
export type Settings = z.output<typeof settings>;

/** How an answer came to be; shown on demand under each answer. */
const details = z.object({
  model: z.string(),
  modelName: z.string(),
  digest: z.string().optional(),
  quantisation: z.string().optional(),
  device: z.string(),
  seed: z.number(),
  /** Whether the seed was set, and so gives the same answer again. */
  reproducible: z.boolean(),
  contextWindow: z.number(),
  promptTokens: z.number(),
  estimated: z.boolean(),
  cachedTokens: z.number(),
  completionTokens: z.number(),
  droppedMessages: z.number(),
  /**
   * Oldest message that the model still saw, when older ones were dropped, else null; the page
   * draws its mark above it.
   */
  memoryBegins: z.string().nullable(),
  firstTokenMs: z.number(),
  totalMs: z.number(),
  tokensPerSecond: z.number(),
  finishReason: z.enum(["stop", "length", "cancelled"]),
  timings: z
    .object({ queueMs: z.number(), prefillMs: z.number(), decodeMs: z.number() })
    .optional(),
  /** What decided the answer beside the model: digests are SHA-256. */
  made: z
    .object({
      adapter: z.object({ id: z.string(), digest: z.string() }).optional(),
      template: z.string().optional(),
      sampler: z.string().optional(),
    })
    .optional(),
  /** What was found out about the texts of the turn. */
  guard: guarded.optional(),
});
export type Details = z.output<typeof details>;

const errorBody = z.object({
  message: z.string(),
  type: z.string(),
  code: z.string(),
  param: z.string().nullable(),
  hint: z.string(),
  retryable: z.boolean(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});

/**
 * running: being written; done: complete; stopped: by the reader; interrupted: the server went
 * down while it was written; failed: `error` says why. What was written is kept in each case.
 */
const status = z.enum(["running", "done", "stopped", "interrupted", "failed"]);

/** A node of the tree: edits and regenerations are siblings, children of the same parent. */
export const message = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  role: z.enum(["user", "assistant"]),
  content: z.string(),
  createdAt: z.iso.datetime(),
  status,
  /** Known from the first token on; counts and times are complete when it is done. */
  details: details.partial().nullable(),
  error: errorBody.nullable(),
});
export type ChatMessage = z.output<typeof message>;

export const summary = z.object({
  id: z.string(),
  title: z.string(),
  /** Who named it: the page shows a placeholder until there is a title. */
  titleSource: z.enum(["none", "first-words", "model", "user"]),
  pinned: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Text around the match when the list was searched, with the match between U+E000 and U+E001. */
  snippet: z.string().nullable(),
});
export type Summary = z.output<typeof summary>;

export const conversation = summary.extend({
  settings,
  /** Leaf of the branch that was looked at last; null in an empty conversation. */
  currentId: z.string().nullable(),
  messages: z.array(message),
});
export type Conversation = z.output<typeof conversation>;

/**
 * GET /api/conversations: pinned first, then newest first (by the last question). With `q`, those
 * whose title or one of whose messages holds all of its words, without regard to case and accents.
 */
export const listQuery = z.object({
  q: text.max(1000).optional(),
  cursor: z
    .string()
    .regex(/^[01]_[^_]{1,40}_[^_]{1,40}$/, "is not a cursor of this list")
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const listReply = z.object({ items: z.array(summary), nextCursor: z.string().nullable() });

/** POST /api/conversations -> conversation */
export const createBody = z.strictObject({ settings: settings.optional() });

/**
 * PATCH /api/conversations/:id -> {@link patchReply}. `settings` replaces them all. `currentId` takes
 * any message of the conversation and goes to the newest leaf below it, so that a branch is chosen
 * by the sibling where it begins. A title keeps one line of at most 80 characters.
 */
export const patchBody = z.strictObject({
  title: text
    .max(300)
    .regex(/[^\p{C}\p{Z}]/u, "has no visible character")
    .optional(),
  pinned: z.boolean().optional(),
  settings: settings.optional(),
  currentId: z.string().max(MAX_NAME).optional(),
});
export const patchReply = summary.extend({ settings, currentId: z.string().nullable() });

/**
 * POST /api/conversations/:id/turns -> {@link turnReply}: the answer is being written from then
 * on, whoever reads it.
 * - a new question: `content` and the `parentId` it follows (null at the root);
 * - an edit: the same, with the parent of the message that is edited;
 * - another answer (regenerate): `answerTo`, the id of the user's message.
 *
 * The reply waits until the model has taken the question (its `start`). What goes wrong before that
 * (the model is missing, the message is too long, the client goes away) is the reply's own error,
 * and nothing is stored: the text is still the page's. After that both messages are stored, and
 * what goes wrong is the answer's `error`, with status "failed".
 *
 * One answer at a time is written in a conversation: else 409 `conversation_busy`.
 * The model's own title comes some moments after the first answer; read the list again for it.
 */
export const turnBody = z.union([
  z.strictObject({ content: text.min(1), parentId: z.string().max(MAX_NAME).nullable() }),
  z.strictObject({ answerTo: z.string().max(MAX_NAME) }),
]);
export const turnReply = z.object({ question: message, answer: message });
export type TurnReply = z.output<typeof turnReply>;

/**
 * GET /api/conversations/:id/messages/:messageId/stream?from=N: server-sent events of an answer,
 * beginning at character N (UTF-16 unit) of its text. A finished answer sends the rest and ends.
 */
export const streamQuery = z.object({ from: z.coerce.number().int().min(0).default(0) });
export const streamEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("start"), details: details.partial() }),
  /** The place in the engine's queue, 1 for the next; told again when it changes. */
  z.object({
    type: z.literal("waiting"),
    place: z.number(),
    /** Estimate. */
    seconds: z.number().optional(),
  }),
  z.object({ type: z.literal("text"), text: z.string() }),
  /** The whole message as stored; always the last event, errors and stops included. */
  z.object({ type: z.literal("end"), message }),
]);
export type StreamEvent = z.output<typeof streamEvent>;

/** GET /api/conversations/:id/export?format=markdown|json, GET /api/conversations/export (JSON) */
export const exportQuery = z.object({ format: z.enum(["markdown", "json"]).default("json") });
export const exportFile = z.object({
  format: z.literal("charla.conversations"),
  version: z.literal(1),
  exportedAt: z.iso.datetime(),
  /** How the messages of the assistant came to be, in words that programs know. */
  answers: z.object({ mode: z.string(), digitalSourceType: z.string() }).optional(),
  conversations: z.array(conversation.omit({ snippet: true })),
});
export type ExportFile = z.output<typeof exportFile>;
/**
 * POST /api/conversations/import takes an export file of up to 100 MB, whole or not at all, and no
 * conversation of more than 10 MiB. Ids are made anew; messages that were being written become
 * "interrupted".
 */
export const importReply = z.object({ imported: z.array(summary) });

const dates = { createdAt: z.iso.datetime(), expiresAt: z.iso.datetime() };

/** A link to a snapshot of a conversation; its token is nowhere but in {@link shareReply}. */
const share = z.object({ id: z.string(), conversationId: z.string(), title: z.string(), ...dates });
export type Share = z.output<typeof share>;
export const shareReply = z.object({ share, token: z.string() });

/** What the link shows: one branch as it was then. */
export const sharedChat = z.object({
  title: z.string(),
  messages: z.array(
    message.pick({ role: true, content: true, createdAt: true }).extend({
      /** Name of the model that wrote it. */
      model: z.string().optional(),
    }),
  ),
  ...dates,
});
export type SharedChat = z.output<typeof sharedChat>;

/** Leave for administrators to read a conversation. */
export const grant = z.object({
  id: z.string(),
  conversationId: z.string(),
  /** Empty for administrators. */
  title: z.string(),
  owner: z.string(),
  reason: z.string(),
  ...dates,
  /** How often it was read, and when last. */
  reads: z.number(),
  readAt: z.iso.datetime().nullable(),
});
export type Grant = z.output<typeof grant>;

/** GET /api/sharing: null for what the policy does not allow. */
export const sharing = z.object({
  links: z.object({ maxDays: z.number() }).nullable(),
  support: z.object({ maxHours: z.number() }).nullable(),
  shares: z.array(share),
  grants: z.array(grant),
});
export type Sharing = z.output<typeof sharing>;

// Without a schema of their own:
// DELETE /api/conversations/:id            hides it; gone for good after ten minutes
// POST   /api/conversations/:id/restore    undoes that, while it lasts -> summary
// POST   /api/conversations/:id/messages/:messageId/stop   -> message; keeps what was written
