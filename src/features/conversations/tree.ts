/**
 * The tree of messages: a conversation as the reader sees it is one path from a root to a leaf;
 * edits and regenerations are the other branches.
 */
import type { Message } from "../../core/types.ts";
import type { ChatMessage } from "./api.ts";

/** The messages from the root down to `id`; empty when it is null or unknown. */
export function pathTo(messages: readonly ChatMessage[], id: string | null): ChatMessage[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const path: ChatMessage[] = [];
  for (let at = byId.get(id ?? ""); at; at = byId.get(at.parentId ?? "")) path.push(at);
  return path.reverse();
}

/**
 * Follows the newest child of each message, from `id` down.
 *
 * @param messages in an order in which parents come before children and older ones before newer
 */
export function newestLeaf(messages: readonly ChatMessage[], id: string): ChatMessage | undefined {
  let at = messages.find((message) => message.id === id);
  const newestChild = new Map(messages.map((message) => [message.parentId, message]));
  for (let next = at; next; next = newestChild.get(next.id)) at = next;
  return at;
}

/** A message of a prompt, and the first of the stored messages that it is made of. */
export interface PromptMessage extends Message {
  readonly id: string;
}

/**
 * A path as the model sees it. Answers that failed or are empty are left out; the questions that
 * then follow each other become one, because chat templates want the roles to take turns.
 */
export function toPrompt(path: readonly ChatMessage[]): readonly PromptMessage[] {
  const prompt: PromptMessage[] = [];
  for (const { id, role, content, status } of path) {
    if (role === "assistant" && (status === "failed" || content === "")) continue;
    const last = prompt.at(-1);
    if (last?.role === role) {
      prompt[prompt.length - 1] = { ...last, content: `${last.content}\n\n${content}` };
    } else {
      prompt.push({ id, role, content });
    }
  }
  return prompt;
}
