/** What the feature says over HTTP: the schemas document its routes, and the page uses their types. */
import * as z from "zod";
import { text } from "../../core/route.ts";

export const newPrompt = z.strictObject({ text: text.trim().min(1).max(4000) });

export const prompt = z.object({ id: z.string(), text: z.string() });
export type Prompt = z.output<typeof prompt>;

/** GET /api/prompts: one's own, newest first. */
export const promptsReply = z.object({ items: z.array(prompt) });
export type PromptsReply = z.output<typeof promptsReply>;
