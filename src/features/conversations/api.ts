/**
 * What the conversations feature says over HTTP: the schemas that validate and document its
 * routes, and whose types the page uses.
 */
import * as z from "zod";
import { sampling } from "../../core/chat.ts";
import { brought, broughtImage, part } from "../../core/parts.ts";
import { guarded, marked } from "../../core/provenance.ts";
import { text } from "../../core/route.ts";
import { EFFORTS } from "../../core/thoughts.ts";
import { agentEnd, toolNames } from "../../core/toolbox.ts";

/** Characters of a name or an id; a path of a file may be a name. */
const MAX_NAME = 1000;

/** That a question brings along. */
const MAX_FILES = 50;

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
  /** How much the model thinks before it answers, where it does; as it likes if absent. */
  thinking: z.enum(["off", ...EFFORTS]).optional(),
  /** What happens to personal data in the user's texts before they are stored; the policy's wish if absent. */
  privacy: z.enum(["off", "warn", "mask"]).optional(),
  /** Whether what no longer fits the window is looked up again; as the policy has it if absent. */
  recall: z.boolean().optional(),
  /** Names of the tools that may be used in it; none if absent. */
  tools: toolNames.optional(),
  /** Collections of files that it is answered from, by their ids. */
  collections: z.array(z.string().max(100)).max(50).optional(),
  /** Which assistant these settings come from, as it was called in that version. */
  assistant: z
    .strictObject({
      id: z.string().max(MAX_NAME),
      version: z.int().min(1),
      name: text.max(100),
      icon: text.max(16).optional(),
    })
    .optional(),
});
export type Settings = z.output<typeof settings>;

/** A person has written this version of an answer, whatever model had written the one before. */
const edited = z.object({ modelName: z.string().optional() });

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
  /** How often it was gone on with after it was cut; counts and times are of all of it. */
  continued: z.number().optional(),
  timings: z
    .object({ queueMs: z.number(), prefillMs: z.number(), decodeMs: z.number() })
    .optional(),
  /** What decided the answer beside the model: digests are SHA-256. */
  made: z
    .object({
      adapter: z.object({ id: z.string(), digest: z.string() }).optional(),
      template: z.string().optional(),
      sampler: z.string().optional(),
      draw: z.object({ key: z.string(), tokens: z.number() }).optional(),
    })
    .optional(),
  /** Alone where a person has written this version: then nothing else of it is a model's. */
  edited: edited.optional(),
  /** What was found out about the texts of the turn. */
  guard: guarded.optional(),
  mark: marked.optional(),
  /** How a run with tools ended, of an answer that has used some. */
  agent: agentEnd.optional(),
  /** The assistant with which it was written. */
  assistant: z.object({ name: z.string(), version: z.number() }).optional(),
  /** Of the receipt that stands in the log. */
  receipt: z.string().max(MAX_NAME).optional(),
  /** The product that wrote it, where that was not Charla. */
  imported: z.object({ from: z.string() }).optional(),
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
  /** What is more than text, and no part of the answer: thoughts, calls of tools. */
  parts: z.array(part).optional(),
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
  /** Put away: it is listed only where that is asked for, and found by a search. */
  archived: z.boolean(),
  folderId: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Text around the match when the list was searched; each word stands between U+E000 and U+E001. */
  snippet: z.string().nullable(),
});
export type Summary = z.output<typeof summary>;

export const conversation = summary.extend({
  settings,
  /** Leaf of the branch that was looked at last; null in an empty conversation. */
  currentId: z.string().nullable(),
  messages: z.array(message),
  /** Where only a part of it was asked for: so many messages of the branch stand above it. */
  earlier: z.number().optional(),
});
export type Conversation = z.output<typeof conversation>;

/**
 * GET /api/conversations/:id: all messages; or of the branch that was looked at last the newest `last`,
 * those above the message `before`, with what stands beside each of them (its other versions).
 */
export const readQuery = z.strictObject({
  last: z.coerce.number().int().min(1).max(10_000).optional(),
  before: z.string().max(MAX_NAME).optional(),
});
export type Wanted = z.output<typeof readQuery>;

const page = z.strictObject({
  cursor: z
    .string()
    .regex(/^[01]_[^_]{1,40}_[^_]{1,40}$/, "is not a cursor of this list")
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/**
 * GET /api/conversations: pinned first, then newest first (by the last question). Without `archived`
 * those that are not; `folder` takes the id of one, or "none" for chats that are in no folder.
 */
export const listQuery = page.extend({
  archived: z.enum(["true", "false"]).default("false"),
  folder: z.string().max(MAX_NAME).optional(),
});

/**
 * POST /api/conversations/search: in the same order those, archived or not, whose title or one of whose messages holds
 * all words of `q`, without regard to case and accents. A POST, for an address stands in every log on
 * the way.
 */
export const searchBody = page.extend({
  q: text.max(1000),
  limit: z.number().int().min(1).max(200).default(50),
});
const listed = summary.extend({
  /** The newest message that holds all words, where the list was searched and there is one. */
  hit: z.object({ messageId: z.string(), createdAt: z.iso.datetime() }).nullable(),
});
export type Listed = z.output<typeof listed>;
export const listReply = z.object({
  items: z.array(listed),
  nextCursor: z.string().nullable(),
  /** How many the search has found in all; told with the first page, and only of a search. */
  total: z.number().optional(),
});

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
  archived: z.boolean().optional(),
  /** Null takes it out of its folder. */
  folderId: z.string().max(MAX_NAME).nullable().optional(),
  settings: settings.optional(),
  currentId: z.string().max(MAX_NAME).optional(),
});
export const patchReply = summary.extend({ settings, currentId: z.string().nullable() });

/** Several chats at once, of which those that are not there are passed over; or all of them. */
const which = z
  .union([z.array(z.string().max(MAX_NAME)).min(1).max(1000), z.literal("all")])
  .describe("ids, or all that there are");

/**
 * POST /api/conversations/several -> {@link severalReply}: deletes, archives, brings back or moves
 * chats. A deletion is taken back whole by its `at`, as long as a deleted chat can be restored.
 */
export const severalBody = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("delete"), which }),
  z.strictObject({ do: z.literal("archive"), which }),
  z.strictObject({ do: z.literal("unarchive"), which }),
  z.strictObject({ do: z.literal("move"), which, folderId: z.string().max(MAX_NAME).nullable() }),
  z.strictObject({ do: z.literal("restore"), at: z.iso.datetime() }),
]);
export const severalReply = z.object({
  /** Chats. */
  count: z.number(),
  at: z.iso.datetime(),
});
export type SeveralReply = z.output<typeof severalReply>;

/** POST /api/conversations/export: a file of these. */
export const exportBody = z.strictObject({
  ids: z.array(z.string().max(MAX_NAME)).min(1).max(1000),
});

/** A folder; its chats stay when it is deleted, in no folder. */
export const folder = z.object({
  id: z.string(),
  name: z.string(),
  /** Chats in it that are not archived. */
  chats: z.number(),
});
export type Folder = z.output<typeof folder>;

/** GET /api/folders */
export const folderList = z.object({ items: z.array(folder) });

/** POST /api/folders, PATCH /api/folders/:id -> folder. A name keeps a line of 80 characters. */
export const folderBody = z.strictObject({
  name: text.max(300).regex(/[^\p{C}\p{Z}]/u, "has no visible character"),
});

/**
 * POST /api/conversations/:id/turns -> {@link turnReply}: the answer is being written from then
 * on, whoever reads it.
 * - a new question: `content` and the `parentId` it follows (null at the root), and the files and
 *   images that it brings along as `parts`;
 * - an edit: the same, with the parent of the message that is edited;
 * - another answer (regenerate): `answerTo`, the id of the user's message; `model` names another one
 *   than the conversation's, for this answer alone;
 * - the rest of an answer that was cut, or whose calls of tools have waited for their person:
 *   `continues`, its id. It stays one message, which the model goes on with where it ended; nothing may
 *   stand below it yet.
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
  z.strictObject({
    content: text.min(1),
    parentId: z.string().max(MAX_NAME).nullable(),
    parts: z
      .array(z.discriminatedUnion("type", [brought, broughtImage]))
      .max(MAX_FILES)
      .optional(),
  }),
  z.strictObject({
    answerTo: z.string().max(MAX_NAME),
    model: z.string().max(MAX_NAME).optional(),
  }),
  z.strictObject({ continues: z.string().max(MAX_NAME) }),
]);
export const turnReply = z.object({ question: message, answer: message });
export type TurnReply = z.output<typeof turnReply>;

/**
 * POST /api/temporary: an answer to a chat that is stored nowhere, as the deltas of `POST /api/chat`.
 * Where the last message is an answer that was cut, the rest of that.
 */
export const temporaryBody = z.strictObject({
  messages: z
    .array(z.strictObject({ role: z.enum(["user", "assistant"]), content: text }))
    .min(1)
    .max(5000),
  model: z.string().max(MAX_NAME).optional(),
});

/** POST /api/conversations/:id/messages/:messageId/edit -> message: a sibling of the answer. */
export const editBody = z.strictObject({ content: text.min(1) });

/** POST /api/conversations/:id/messages/:messageId/fork -> summary; the title stays if absent. */
export const forkBody = z.strictObject({ title: text.max(300).optional() });

/** DELETE /api/conversations/:id/messages/:messageId */
export const removed = z.object({
  /** What was deleted with all below it: the question of an answer that was its only one. */
  id: z.string(),
  /** Messages. */
  count: z.number(),
});
export type Removed = z.output<typeof removed>;

/**
 * GET /api/conversations/:id/messages/:messageId/stream?from=N: server-sent events of an answer,
 * beginning at character N (UTF-16 unit) of its text; its parts are told from the first one on. A
 * finished answer sends the rest and ends.
 */
export const streamQuery = z.object({ from: z.coerce.number().int().min(0).default(0) });
export const streamEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("start"), details: details.partial() }),
  /**
   * The place in the engine's queue, 1 for the next; told again when it changes. Without a place the
   * queue is full, and the question is asked again after so many seconds.
   */
  z.object({
    type: z.literal("waiting"),
    place: z.number().optional(),
    /** Estimate. */
    seconds: z.number().optional(),
  }),
  z.object({ type: z.literal("text"), text: z.string() }),
  /** A whole part, at its place among the parts; one that is there already is replaced. */
  z.object({ type: z.literal("part"), at: z.number(), part }),
  /** The thought at this place goes on, or ends after `ms` milliseconds. */
  z.object({
    type: z.literal("more"),
    at: z.number(),
    text: z.string(),
    ms: z.number().optional(),
  }),
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
  /** The same, signed (C2PA), about the file without this member. */
  c2pa: z.string().optional(),
  conversations: z.array(
    conversation.omit({ snippet: true, archived: true, folderId: true }).extend({
      archived: z.boolean().optional(),
      /** Its name; one of that name is found or made when the file is taken in. */
      folder: text.max(300).optional(),
      /** What proves the answers; see `core/receipts.ts`. Nothing is taken in of it. */
      receipts: z.array(z.looseObject({ message: z.string() })).optional(),
    }),
  ),
});
export type ExportFile = z.output<typeof exportFile>;
/**
 * POST /api/conversations/import takes an export file of up to 100 MB, whole or not at all, and no
 * conversation of more than 10 MiB or 5,000 messages. Ids are made anew; messages that were being written become
 * "interrupted".
 */
export const importReply = z.object({ imported: z.array(summary) });

/** GET /api/conversations/:id/messages/:messageId/receipt: a file of `core/receipts.ts`. */
export const receiptReply = z.looseObject({ format: z.literal("charla.receipt") });

/**
 * Something of a file that has no place here, or that could not be read. `name` is what people call
 * it: a file's own name, a tag; of unknown content, its type; of a chat that was left out, its title.
 */
const lost = z.object({
  kind: z.enum([
    ...["image", "audio", "file", "folder", "assistant", "tag", "memory"],
    ...["content", "chatLarge", "chatBroken"],
  ] as const),
  name: z.string(),
});
export type Lost = z.output<typeof lost>;

/**
 * POST /api/conversations/imports?name=chats.zip takes an export of ChatGPT's or Claude's (the ZIP as
 * it comes, or its JSON), of Open WebUI's, LibreChat's or Charla's own, and replies as soon as the file
 * is here; the job does the rest, and this tells how far it is and what became of the file.
 */
export const importQuery = z.object({ name: text.max(200).default("") });
export const importReport = z.object({
  /** Whose file it is; empty until its first chat was read. */
  from: z.array(z.string()),
  /** Chats: new ones; those that had grown since the last time and took their place; those that were
   * here already; those that were left out. */
  added: z.number(),
  renewed: z.number(),
  known: z.number(),
  left: z.number(),
  messages: z.number(),
  /** The first hundreds, each with the chat in which it was, where it was in one that is here. */
  lost: z.array(lost.extend({ chat: z.object({ id: z.string(), title: z.string() }).nullable() })),
  /** How many there are in all. */
  lostCount: z.number(),
});
export type ImportReport = z.output<typeof importReport>;
export const importSeen = z.object({
  /** Of the job. */
  id: z.string(),
  state: z.enum(["queued", "running", "paused", "done", "failed", "cancelled"]),
  /** Bytes. */
  done: z.number(),
  total: z.number().nullable(),
  name: z.string(),
  error: errorBody.partial().loose().nullable(),
  report: importReport,
});
export type ImportSeen = z.output<typeof importSeen>;

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
      /** What proves it, where its receipt is there; see `core/receipts.ts`. */
      receipt: z.looseObject({}).optional(),
      /** A person has written this version. */
      edited: z.literal(true).optional(),
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
// POST   /api/conversations/:id/messages/:messageId/restore undoes the deletion of a message
// POST   /api/conversations/:id/messages/:messageId/stop   -> message; keeps what was written
