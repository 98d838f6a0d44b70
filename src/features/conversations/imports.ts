/**
 * Imports hold whole files in memory, and whoever reads a chat its whole text: so a person has one
 * import at a time, and what one brings along is no larger than people's chats become.
 */
import type { MiddlewareHandler } from "hono";
import { whoAsksIfAny } from "../../core/access.ts";
import type { Conversation } from "./api.ts";
import { conversationTooLarge, importRunning } from "./errors.ts";

/** Of a conversation with all that it says of itself, as JSON, in characters. */
export const MAX_CHARACTERS = 10 * 2 ** 20;

/** @throws CharlaError `conversation_too_large` */
export function checkSizes(conversations: readonly Omit<Conversation, "snippet">[]): void {
  for (const [index, one] of conversations.entries()) {
    if (JSON.stringify(one).length > MAX_CHARACTERS) throw conversationTooLarge(index);
  }
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
