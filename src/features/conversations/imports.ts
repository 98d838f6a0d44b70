/**
 * What a chat may hold, and how many imports there are: whoever reads a chat has its whole text in
 * memory, so neither a turn nor an import makes it larger than people's chats become.
 */
import type { MiddlewareHandler } from "hono";
import { whoAsksIfAny } from "../../core/access.ts";
import { sizeOf } from "../../core/parts.ts";
import type { ChatMessage } from "./api.ts";
import { conversationFull, importRunning } from "./errors.ts";

/** Of a conversation: whoever reads it or asks in it has all of them opened. */
export const MAX_MESSAGES = 5000;
/** Of the messages of a conversation, about twice what the largest context window holds. */
const MAX_CHARACTERS = 2 ** 21;
/** Of a file. */
export const MAX_CONVERSATIONS = 20_000;

/** Before a question is added. @throws CharlaError `conversation_full` */
export function expectRoom(messages: readonly ChatMessage[]): void {
  const characters = messages.reduce(
    (sum, { content, parts }) => sum + content.length + sizeOf(parts),
    0,
  );
  if (messages.length + 2 <= MAX_MESSAGES && characters <= MAX_CHARACTERS) return;
  throw conversationFull(messages.length);
}

/** Around the route of imports, before its body is read. @throws CharlaError `import_running` */
export function oneAtATime(): MiddlewareHandler {
  const importing = new Set<string>();
  return async (_c, next) => {
    const id = whoAsksIfAny()?.id;
    if (id === undefined) return next();
    if (importing.has(id)) throw importRunning();
    importing.add(id);
    try {
      await next();
    } finally {
      importing.delete(id);
    }
  };
}
