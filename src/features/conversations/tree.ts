/**
 * The tree of messages: a conversation as the reader sees it is one path from a root to a leaf;
 * edits and regenerations are the other branches.
 */
import type * as z from "zod";
import { type Brought, type BroughtImage, brought, type Part } from "../../core/parts.ts";
import { goesOn } from "../../core/toolbox.ts";
import type { Message } from "../../core/types.ts";
import type { ChatMessage, turnBody, Wanted } from "./api.ts";
import { answerWhole, invalidParent, messageNotFound } from "./errors.ts";

/** A new question, or one that is there and gets another answer. */
export type Question =
  | {
      readonly content: string;
      readonly parentId: string | null;
      readonly parts?: (Brought | BroughtImage)[] | undefined;
    }
  | { readonly id: string };

type Node = Pick<ChatMessage, "id" | "parentId">;

/** The messages from the root down to `id`; empty when it is null or unknown. */
export function pathTo<One extends Node>(messages: readonly One[], id: string | null): One[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const path: One[] = [];
  for (let at = byId.get(id ?? ""); at; at = byId.get(at.parentId ?? "")) path.push(at);
  return path.reverse();
}

/** Of a branch that nobody says otherwise of. */
const AT_ONCE = 200;

/**
 * The newest messages of a branch, with those that stand beside each of them.
 *
 * @param leaf where the branch ends
 * @param before of these, those above this message, in whatever branch it stands
 * @returns their ids, and how many of the branch stand above them
 */
export function partOf(
  nodes: readonly Node[],
  leaf: string | null,
  { last = AT_ONCE, before }: Wanted,
): { readonly ids: readonly string[]; readonly earlier: number } {
  const path = before === undefined ? pathTo(nodes, leaf) : pathTo(nodes, before).slice(0, -1);
  const taken = path.slice(-last);
  const places = new Set(taken.map(({ parentId }) => parentId));
  const ids = nodes.flatMap(({ id, parentId }) => (places.has(parentId) ? [id] : []));
  return { ids, earlier: path.length - taken.length };
}

/**
 * Follows the newest child of each message, from `id` down.
 *
 * @param messages in an order in which parents come before children and older ones before newer
 */
export function newestLeaf<One extends Node>(
  messages: readonly One[],
  id: string,
): One | undefined {
  let at = messages.find((message) => message.id === id);
  const newestChild = new Map(messages.map((message) => [message.parentId, message]));
  for (let next = at; next; next = newestChild.get(next.id)) at = next;
  return at;
}

interface Place {
  readonly question: Question;
  /** What the model is to see. */
  readonly path: readonly ChatMessage[];
  /** The answer that is gone on with, the last of the path. */
  readonly begun?: ChatMessage;
}

/**
 * Where a turn belongs in the tree.
 *
 * @throws CharlaError `message_not_found`, `invalid_parent`, `answer_whole`
 */
export function place(messages: readonly ChatMessage[], body: z.output<typeof turnBody>): Place {
  if ("continues" in body) {
    const path = pathTo(messages, body.continues);
    const begun = path.at(-1);
    if (!begun) throw messageNotFound();
    if (begun.parentId === null) throw invalidParent("continues");
    if (!wasCut(begun) || messages.some(({ parentId }) => parentId === begun.id))
      throw answerWhole();
    return { question: { id: begun.parentId }, path, begun };
  }
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
    ...(body.parts && { parts: body.parts }),
    ...{ createdAt: "", status: "done", details: null, error: null },
  };
  return { question: body, path: [...path, asked] };
}

/** Whether there is text, or a call, that somebody might want the rest of. */
function wasCut(message: ChatMessage): boolean {
  const { role, content, parts, status, details } = message;
  if (role !== "assistant" || status === "running") return false;
  if (goesOn(parts, details?.agent)) return true;
  if (status !== "done") return content !== "" || usedIn(message) !== undefined;
  return content !== "" && details?.finishReason === "length";
}

/** The files that the questions of a path have brought along, each once. */
export function filesOf(path: readonly ChatMessage[]): readonly Brought[] {
  const parts = path.flatMap(({ role, parts = [] }) => (role === "user" ? parts : []));
  const files = parts.flatMap((part) => {
    const { success, data } = brought.safeParse(part);
    return success ? [data] : [];
  });
  return [...new Map(files.map((file) => [file.digest, file])).values()];
}

/** A message of a prompt, and the first of the stored messages that it is made of. */
export interface PromptMessage extends Message {
  readonly id: string;
}

/**
 * A path as the model sees it. Answers that failed or are empty are left out; the questions that
 * then follow each other become one, because chat templates want the roles to take turns.
 *
 * @param begun the answer at its end that is gone on with, however it was cut
 */
export function toPrompt(
  path: readonly ChatMessage[],
  begun?: ChatMessage,
): readonly PromptMessage[] {
  const prompt: PromptMessage[] = [];
  for (const message of path) {
    const { id, role, content, status } = message;
    const failed = status === "failed" && message !== begun;
    const parts = usedIn(message);
    const silent = content === "" && !(message === begun && parts);
    if (role === "assistant" && (failed || silent)) continue;
    const last = prompt.at(-1);
    if (last?.role === role) {
      const both = [...(last.parts ?? []), ...(parts ?? [])];
      const content = `${last.content}\n\n${message.content}`;
      prompt[prompt.length - 1] = { ...last, content, ...(both.length > 0 && { parts: both }) };
    } else {
      prompt.push({ id, role, content, ...(parts && { parts }) });
    }
  }
  return prompt;
}

/**
 * Of an answer, calls of tools and what came of them; what was thought is told to nobody again. Of a
 * question, its images.
 */
function usedIn({ role, parts = [] }: ChatMessage): readonly Part[] | undefined {
  const wanted: readonly string[] = role === "assistant" ? ["call", "result"] : ["image"];
  const used = parts.filter(({ type }) => wanted.includes(type));
  return used.length > 0 ? used : undefined;
}
