/** What the feature says over HTTP: the schemas document its routes, and the page uses their types. */
import * as z from "zod";
import "../../core/parts.ts";
import { text } from "../../core/route.ts";

/** Where something stands in its file, as far as that kind of file has such places. */
export const place = z.object({
  page: z.number().optional(),
  slide: z.number().optional(),
  sheet: z.string().optional(),
  /** "A2:F40" */
  cells: z.string().optional(),
  /** From the chapter down to the section. */
  headings: z.array(z.string()).optional(),
});
export type Place = z.output<typeof place>;

/**
 * arriving: its bytes are on their way; waiting, reading: its text is being taken out; ready: it can be
 * searched; failed: `error` says why not.
 */
const state = z.enum(["arriving", "waiting", "reading", "ready", "failed"]);
export type State = z.output<typeof state>;

export const file = z.object({
  id: z.string(),
  name: z.string(),
  /** SHA-256 of the bytes. */
  digest: z.string(),
  media: z.string(),
  bytes: z.number(),
  state,
  /** How far the reading is, in pages or whatever else the file consists of. */
  done: z.number(),
  total: z.number().nullable(),
  /** Pages, slides or sheets; null where it has none. */
  pages: z.number().nullable(),
  /** Of its text; null until it was read. */
  characters: z.number().nullable(),
  /** Passages that can be found. */
  passages: z.number().nullable(),
  /** Whether only the beginning was read, since there is more than Charla takes. */
  cut: z.boolean(),
  /** Pages that hold an image, and no text that could be read. */
  scanned: z.number(),
  /** Pages whose text was read from their image. */
  recognised: z.number(),
  /** Whether it is found by its meaning, too. */
  meaning: z.boolean(),
  /** Why it could not be read. */
  error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
  /** It stays when no chat needs it any more. */
  kept: z.boolean(),
  /** Chats that have it. */
  chats: z.number(),
  /** Collections that it is in. */
  collections: z.number(),
  createdAt: z.iso.datetime(),
});
export type KnownFile = z.output<typeof file>;

/** POST /api/files?name=…&keep=true takes the bytes -> file; one with the same bytes is that one. */
export const uploadQuery = z.strictObject({
  name: text.min(1).max(300),
  keep: z.enum(["true", "false"]).default("false"),
});

/** GET /api/files, newest first. */
export const fileList = z.object({
  files: z.array(file),
  /** Bytes of all, and of how many at most. */
  used: z.number(),
  most: z.number(),
  /** Bytes of one at most. */
  mostOfFile: z.number(),
});
export type FileList = z.output<typeof fileList>;

/** GET, POST and DELETE /api/files/meaning: the model by which passages are found that share no word. */
export const meaning = z.object({
  name: z.string(),
  licence: z.string(),
  bytes: z.number(),
  state: z.enum(["absent", "fetching", "ready", "broken"]),
  /** Bytes of its download. */
  done: z.number(),
  total: z.number().nullable(),
});
export type Meaning = z.output<typeof meaning>;

/** PATCH /api/files/:id -> file */
export const fileBody = z.strictObject({ kept: z.boolean() });

/** Files that a person keeps together, or that somebody else has lent. */
export const collection = z.object({
  id: z.string(),
  name: z.string(),
  /** Who lends it; null for one's own. */
  by: z.string().nullable(),
  /** Everybody who has an account here may read and ask its files. */
  lent: z.boolean(),
  /** Of one's own, to whom it is lent by name. */
  lentTo: z.array(z.object({ id: z.string(), name: z.string() })),
  files: z.array(file.pick({ id: true, name: true, bytes: true, state: true })),
});
export type Collection = z.output<typeof collection>;

/** GET /api/collections: one's own and then those that are lent, each by its name. */
export const collectionList = z.object({
  items: z.array(collection),
  /** Whether collections may be lent, and there is anybody else. */
  lending: z.boolean(),
});
export type CollectionList = z.output<typeof collectionList>;

const ids = z.array(z.string().max(100)).max(500);

/** POST /api/collections -> collection */
export const newCollection = z.strictObject({
  name: text.trim().min(1).max(100),
  /** Ids of files. */
  files: ids.default([]),
});

/** PATCH /api/collections/:id -> collection */
export const collectionPatch = z.strictObject({
  name: text.trim().min(1).max(100).optional(),
  lent: z.boolean().optional(),
  /** E-mail address of one more person to lend it to, and id of one from whom it is taken back. */
  lendTo: text.trim().min(1).max(320).optional(),
  takeBack: text.max(100).optional(),
  /** Ids of files that go in, and out. */
  add: ids.optional(),
  remove: ids.optional(),
});

/** GET /api/files/:id/sections?at=N: the text of one section, and where it stands. */
export const sectionQuery = z.object({ at: z.coerce.number().int().min(0).default(0) });
export const section = z.object({
  file,
  at: z.number(),
  /** Sections of the file. */
  of: z.number(),
  place,
  text: z.string(),
});
export type SectionReply = z.output<typeof section>;

/** A passage of a file. */
export const passage = z.object({
  file: z.string(),
  name: z.string(),
  place,
  /** The section that it stands in, and from and to which UTF-16 unit of that. */
  section: z.number(),
  from: z.number(),
  to: z.number(),
  text: z.string(),
});
export type Passage = z.output<typeof passage>;

/** POST /api/files/search; without `files` in all of one's own. */
export const searchBody = z.strictObject({
  query: text.min(1).max(2000),
  files: z.array(z.string().max(100)).max(1000).optional(),
  limit: z.number().int().min(1).max(50).default(10),
});
/** Best first. */
export const searchReply = z.object({
  passages: z.array(passage),
  /** Passages that hold a word of the question, or are near to it in meaning. */
  found: z.number(),
});
export type SearchReply = z.output<typeof searchReply>;

/** A passage that the model was given, as the answer's part of type "citation" keeps it. */
export const cited = z.object({
  source: z.string(),
  quote: z.string().optional(),
  /** The number by which the answer refers to it. */
  n: z.number(),
  file: z.string(),
  place,
  section: z.number(),
  from: z.number(),
  to: z.number(),
});
export type Cited = z.output<typeof cited>;

/** What was looked for in the files of a chat, and found: a part of the answer. */
export const retrieval = z.object({
  /**
   * whole: all text of the files was in the prompt; passages: what was found; beginning: the question
   * is about the files as such; nothing: no passage has to do with the question.
   */
  state: z.enum(["whole", "passages", "beginning", "nothing"]),
  files: z.number(),
  given: z.number(),
  /** Found as well, and left out for want of room. */
  left: z.number(),
  /** Files that are gone, or could not be read. */
  missing: z.number(),
});
export type Retrieval = z.output<typeof retrieval>;

declare module "../../core/parts.ts" {
  interface Parts {
    retrieval: Retrieval;
  }
}

// Without a schema of their own:
// GET    /api/files/:id          -> file
// GET    /api/files/:id/content  the bytes as they came, to be saved and never shown
// POST   /api/files/:id/read     reads it once more -> file
// DELETE /api/files/:id
// DELETE /api/collections/:id    its files stay where something else needs them
