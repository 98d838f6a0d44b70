/** What the feature says over HTTP: schemas that validate and document, and types for the page. */
import * as z from "zod";
import { text } from "../../core/route.ts";
import { KINDS } from "./kinds.ts";
import { MODES } from "./modes.ts";

/** GET /api/personal-data: what the organisation asks of every chat. */
export const ruleReply = z.object({
  floor: z.enum(MODES),
  /** What a chat does that says nothing itself. */
  default: z.enum(MODES),
  names: z.boolean(),
});
export type Rule = z.output<typeof ruleReply>;

/** POST /api/personal-data/check: looks at a text that has not been sent yet, and keeps nothing. */
export const checkBody = z.strictObject({ text: text.max(1_000_000) });
export const checkReply = z.object({
  /** Places in UTF-16 units, from left to right. */
  found: z.array(z.object({ kind: z.enum(KINDS), start: z.number().int(), end: z.number().int() })),
});
export type Check = z.output<typeof checkReply>;

/** GET /api/personal-data/:conversationId: what the placeholders of one's own chat stand for. */
export const bookReply = z.object({
  placeholders: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type BookReply = z.output<typeof bookReply>;
