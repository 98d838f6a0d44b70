/** What the feature says over HTTP, and what an answer keeps of what was looked up for it. */
import * as z from "zod";
import "../../core/parts.ts";
import { text } from "../../core/route.ts";

declare module "../../core/parts.ts" {
  interface Parts {
    recall: Recall;
  }
}

export interface Recall {
  /** Messages of the chat that no longer fit the window, and that were looked through. */
  readonly left: number;
  /** What of them was put before the question, oldest first. */
  readonly passages: readonly Recalled[];
}

export interface Recalled {
  /** Id of the question that it belongs to. */
  readonly message: string;
  readonly said: readonly { readonly role: "user" | "assistant"; readonly text: string }[];
}

const summary = z.object({
  id: z.string(),
  text: z.string(),
  /** Answers that it stands for; people's own messages are never summarised. */
  of: z.number(),
  /** The model that wrote it, and whether a person has written on. */
  modelName: z.string(),
  edited: z.boolean(),
});
export type Summary = z.output<typeof summary>;

/** GET /api/recall/:id: the summaries of a chat, oldest first. */
export const summaries = z.object({ items: z.array(summary) });
export type Summaries = z.output<typeof summaries>;

/** PATCH /api/recall/:id/:summary -> summary. DELETE keeps it from being made again, too. */
export const summaryBody = z.strictObject({ text: text.min(1).max(20_000) });
export const summaryReply = summary;

/** GET /api/recall/models: which were tried, and which may summarise. */
export const checkedModels = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      /** Facts that its summaries have kept, of those that were planted. */
      kept: z.number(),
      of: z.number(),
      passed: z.boolean(),
      checkedAt: z.string(),
    }),
  ),
});
export type CheckedModels = z.output<typeof checkedModels>;
export type CheckedModel = CheckedModels["items"][number];

/** POST /api/recall/models begins the trial of a model as a job. */
export const checkBody = z.strictObject({ model: z.string().min(1).max(1000) });
export const checkReply = z.object({ job: z.string() });
