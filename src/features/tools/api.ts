/** What the feature says over HTTP: the schemas document its routes, and the page uses their types. */
import * as z from "zod";
import { LABELS } from "../../core/toolbox.ts";

const words = z.object({ en: z.string(), es: z.string() });

/** A tool that a chat can be allowed to use. */
export const toolShown = z.object({
  name: z.string(),
  label: words,
  about: words,
  /** What the model has read once it has used it. */
  reads: z.array(z.enum(LABELS)),
  /** What it changes, and where its arguments go to; null where it does nothing of the kind. */
  writes: words.nullable(),
  sends: words.nullable(),
});
export type ToolShown = z.output<typeof toolShown>;

/** GET /api/tools */
export const toolList = z.object({ items: z.array(toolShown) });
export type ToolList = z.output<typeof toolList>;

/** GET /api/tools/waiting?conversation=ID: the calls of a chat that wait for their person. */
export const waitingQuery = z.object({ conversation: z.string().max(1000) });
export const waiting = z.object({
  id: z.string(),
  /** Id of the call in the answer. */
  call: z.string(),
  tool: z.string(),
  /** JSON text, exactly as the tool will get it. */
  arguments: z.string(),
  /** What the model had read when it called. */
  labels: z.array(z.enum(LABELS)),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type Waiting = z.output<typeof waiting>;
export const waitingList = z.object({ items: z.array(waiting) });
export type WaitingList = z.output<typeof waitingList>;

/** POST /api/tools/waiting/:id. Once none is left, the answer is to be gone on with (`continues`). */
export const decideBody = z.strictObject({ approve: z.boolean() });
export const decideReply = z.object({
  /** Calls of the chat that still wait. */
  left: z.number(),
});
export type DecideReply = z.output<typeof decideReply>;
