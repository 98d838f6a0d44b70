/**
 * The tree of messages: a conversation as the reader sees it is one path from a root to a leaf;
 * edits and regenerations are the other branches.
 */
import type * as z from "zod";
import type { Message } from "../../core/types.ts";
import type { ChatMessage, turnBody } from "./api.ts";
import { invalidParent, messageNotFound } from "./errors.ts";

/** A new question, or one that is there and gets another answer. */
export type Question =
  | { readonly content: string; readonly parentId: string | null }
  | { readonly id: string };

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

/**
 * Where a turn belongs in the tree: its question, and the path that the model is to see.
 *
 * @throws CharlaError `message_not_found`, `invalid_parent`
 */
export function place(
  messages: readonly ChatMessage[],
  body: z.output<typeof turnBody>,
): { question: Question; path: readonly ChatMessage[] } {
  if ("answerTo" in body) {
    const path = pathTo(messages, body.answerTo);
    const asked = path.at(-1);
    if (!asked) throw messageNotFound();
    if (asked.role !== "user") throw invalidParent("answerTo");
    return { question: { id: asked.id }, path };
  }
  const path = pathTo(messages, body.parentId);
  const parent = path.at(-1);
  if (body.parentId !== null && !parent) throw messageNotFound();
  if (parent?.role === "user") throw invalidParent("parentId");
  const asked: ChatMessage = {
    ...{ id: "", parentId: body.parentId, role: "user", content: body.content },
    ...{ createdAt: "", status: "done", details: null, error: null },
  };
  return { question: body, path: [...path, asked] };
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
