/**
 * OpenAssistant's conversations as questions: each message of a person to which there are good
 * answers, with all that was said before, and the answers as references, the best ranked first.
 * Its files have a tree on each line, or a message on each line that names its parent.
 *
 * Source of the format: Köpf et al. 2023, "OpenAssistant Conversations", Apache-2.0.
 */
import * as z from "zod";
import type { Item } from "./item.ts";
import type { Row } from "./rows.ts";

const message = z.object({
  message_id: z.string(),
  parent_id: z.string().nullish(),
  text: z.string(),
  role: z.enum(["prompter", "assistant"]),
  lang: z.string(),
  rank: z.number().nullish(),
  review_result: z.boolean().nullish(),
  deleted: z.boolean().nullish(),
});
type Message = z.output<typeof message>;

/** A message with what was answered to it. */
interface Node extends Message {
  readonly replies: readonly Node[];
}
const node: z.ZodType<Node> = message.extend({
  get replies() {
    return z.array(node).default([]);
  },
}) as z.ZodType<Node>;
const tree = z.object({ prompt: node });

export const isOpenAssistant = ({ fields }: Row): boolean =>
  ("message_tree_id" in fields && "prompt" in fields) ||
  ("message_id" in fields && "role" in fields && "text" in fields);

/** @returns undefined where the row is none of it */
export function treeOf({ fields }: Row): Node | undefined {
  return tree.safeParse(fields).data?.prompt;
}

export const messageOf = ({ fields }: Row): Message | undefined => message.safeParse(fields).data;

/** Puts loose messages together; those whose parent is not there begin a tree. */
export function treesOf(messages: readonly Message[]): Node[] {
  const nodes = new Map(messages.map((one) => [one.message_id, { ...one, replies: [] as Node[] }]));
  const roots: Node[] = [];
  for (const one of nodes.values()) {
    const parent = one.parent_id ? nodes.get(one.parent_id) : undefined;
    if (parent) parent.replies.push(one);
    else roots.push(one);
  }
  return roots;
}

const usable = ({ deleted, review_result }: Message) => !deleted && review_result !== false;

/** Trees of any depth, without recursion. */
export function* questionsOf(root: Node): Generator<Item> {
  const open: { at: Node; before: readonly Node[] }[] = [{ at: root, before: [] }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { at, before } = next;
    if (!usable(at)) continue;
    const path = [...before, at];
    const replies = at.replies.filter(usable).toSorted((a, b) => (a.rank ?? 99) - (b.rank ?? 99));
    open.push(...replies.toReversed().map((reply) => ({ at: reply, before: path })));
    if (at.role !== "prompter" || replies.length === 0) continue;
    yield {
      ...{ id: at.message_id, lang: at.lang, kind: "chat" },
      messages: path.map(({ role, text }) => ({
        role: role === "prompter" ? "user" : "assistant",
        content: text,
      })),
      references: replies.map(({ text }) => text),
      ...{ source: "OpenAssistant", licence: "Apache-2.0" },
    };
  }
}
