/** A chat that is learned from, and what is told of a file of them. */
import * as z from "zod";

export const message = z.object({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string(),
  /** 0 for an answer that is only read, as OpenAI's files have it. */
  weight: z.literal(0).optional(),
});
export type ChatMessage = z.output<typeof message>;

export const chat = z.object({
  /** Digest of what it says, so that the same chat always comes into the same part. */
  id: z.string(),
  messages: z.array(message),
  /** A worse answer to the same as the last one. */
  rejected: z.string().optional(),
  /** The last answer is one that it is not to give. */
  bad: z.literal(true).optional(),
  /** Who has written the last answer, as a place among the teachers of the look. */
  teacher: z.int().min(0).optional(),
  /** Id of the stored chat that it comes from. */
  from: z.string().optional(),
});
export type Chat = z.output<typeof chat>;

/** Why a chat of a file is not learned from. */
export const REASONS = ["shape", "roles", "noAnswer", "empty", "duplicate", "nearTest"] as const;
export type Reason = (typeof REASONS)[number];

export type Skipped = Readonly<Record<Reason, number>>;
