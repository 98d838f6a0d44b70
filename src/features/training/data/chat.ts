/** A chat that is learned from, and what is told of a file of them. */
import * as z from "zod";

export const message = z.object({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string(),
});
export type ChatMessage = z.output<typeof message>;

export const chat = z.object({
  /** Digest of what it says, so that the same chat always comes into the same part. */
  id: z.string(),
  messages: z.array(message),
});
export type Chat = z.output<typeof chat>;

/** Why a chat of a file is not learned from. */
export const REASONS = ["shape", "roles", "noAnswer", "empty", "duplicate", "nearTest"] as const;
export type Reason = (typeof REASONS)[number];

export type Skipped = Readonly<Record<Reason, number>>;
