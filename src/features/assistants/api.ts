/** What the feature says over HTTP: the schemas document its routes, and the page uses their types. */
import * as z from "zod";
import { text } from "../../core/route.ts";

/**
 * As the page sends them to a chat, which looks at them when they are used: a model may be gone by
 * then, and another Charla may know more settings.
 */
const settings = z
  .strictObject({ systemPrompt: text.max(100_000).optional() })
  .catchall(z.union([text.max(1000), z.number(), z.boolean(), z.array(text.max(100)).max(200)]))
  .refine((all) => Object.keys(all).length <= 50, "has more than 50 settings");

const content = {
  name: text.trim().min(1).max(100),
  /** An emoji, or a letter or two. */
  icon: text.trim().max(16).default(""),
  /** What it is for, in a line. */
  about: text.trim().max(300).default(""),
  /** What a chat with it can begin with. */
  openings: z.array(text.trim().min(1).max(500)).max(8).default([]),
  settings,
};

/** POST /api/assistants -> assistant; PUT /api/assistants/:id -> assistant, which is a new version. */
export const assistantBody = z.strictObject(content);
export type Content = z.output<typeof assistantBody>;

export const assistant = z.object({
  id: z.string(),
  /** From 1 on. */
  version: z.number(),
  ...content,
  /** Everybody else who has an account here may see and use it. */
  lent: z.boolean(),
  /** Of one's own, to whom it is lent by name. */
  lentTo: z.array(z.object({ id: z.string(), name: z.string() })),
  /** Who lends it; null for one's own. */
  by: z.string().nullable(),
});
export type Assistant = z.output<typeof assistant>;

/** GET /api/assistants: one's own, newest first, and then those that are lent. */
export const assistantList = z.object({
  items: z.array(assistant),
  /** Whether assistants may be lent, and there is anybody else. */
  lending: z.boolean(),
});
export type AssistantList = z.output<typeof assistantList>;

/** PATCH /api/assistants/:id -> assistant */
export const lendBody = z.strictObject({
  /** To everybody who has an account here. */
  lent: z.boolean().optional(),
  /** E-mail address of one more person, and id of one from whom it is taken back. */
  lendTo: text.trim().min(1).max(320).optional(),
  takeBack: text.max(100).optional(),
});

/** GET /api/assistants/:id/versions: what it is and was, newest first, as far as it is kept. */
export const versionList = z.object({
  items: z.array(
    z.object({
      version: z.number(),
      /** ISO time; empty where it is not known. */
      changedAt: z.string(),
      ...content,
    }),
  ),
});
export type VersionList = z.output<typeof versionList>;

/**
 * GET /api/assistants/:id/export: to be taken elsewhere. Collections of files stay behind, which exist
 * nowhere else.
 */
export const assistantFile = z.strictObject({
  format: z.literal("charla.assistant"),
  version: z.literal(1),
  ...content,
});

/** POST /api/assistants/import takes such a file. Which tools it may use is for its person to say. */
export const importReply = z.object({
  assistant,
  /** Names of the tools that the file would like to use. */
  tools: z.array(z.string()),
});
export type ImportReply = z.output<typeof importReply>;

/**
 * A text that is asked again and again; `{{name}}` in it stands for something that is asked for each
 * time.
 */
export const promptBody = z.strictObject({
  /** As it is found in the composer, after a slash. */
  name: text.trim().min(1).max(60),
  text: text.trim().min(1).max(20_000),
});
/** POST /api/saved-prompts, PUT /api/saved-prompts/:id -> prompt */
export const prompt = z.object({ id: z.string(), ...promptBody.shape });
export type Prompt = z.output<typeof prompt>;

/** GET /api/saved-prompts: one's own, by their names. */
export const promptList = z.object({ items: z.array(prompt) });
export type PromptList = z.output<typeof promptList>;

// Without a schema of their own:
// DELETE /api/assistants/:id
// DELETE /api/saved-prompts/:id
