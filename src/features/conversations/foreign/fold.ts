/**
 * Makes a chat of ours of another product's. There, an answer is a chain of nodes: thoughts, calls
 * of tools, what they gave, text; and branches begin anywhere. Here questions and answers take turns:
 * nodes of one role that follow each other become one message, and where such a chain forks, each way
 * becomes an answer of its own.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import { type Part, sizeOf } from "../../../core/parts.ts";
import type { ChatMessage } from "../api.ts";
import { MAX_MESSAGES } from "../imports.ts";
import type { Brought } from "../staging.ts";
import { newestLeaf } from "../tree.ts";
import { type ForeignChat, joined, type Node } from "./chat.ts";

/** Characters of a chat, of which each branch has its own. */
const MAX_UNITS = 8 * 2 ** 20;
/** What a node weighs at least. */
const NODE_UNITS = 100;
/** Of a system prompt. */
const MAX_PROMPT = 100_000;

/** A chain of nodes of one role up to this one, which more may follow. */
interface Chain {
  readonly node: Node;
  readonly before: Chain | undefined;
  /** The message that it follows. */
  readonly above: ChatMessage | undefined;
  extended: boolean;
  message?: ChatMessage;
}

/**
 * @param product what people call it
 * @param now no message is later
 * @returns undefined for a chat that is larger than ours can be
 */
export function fold(chat: ForeignChat, product: string, now: Date): Brought | undefined {
  const tree = new Tree(chat, product, now.getTime());
  const messages = tree.messages();
  if (!messages) return undefined;
  const last = messages.at(-1);
  const looked = tree.messageOf(chat.current) ?? last?.id;
  const used = Math.max(chat.updatedAt ?? 0, tree.born, last ? Date.parse(last.createdAt) : 0);
  const { title, pinned, archived = false, folder, systemPrompt } = chat;
  return {
    ...{ id: newId(), title, titleSource: title === "" ? "none" : "user", pinned, snippet: null },
    ...{ archived, folder, folderId: null },
    ...{ createdAt: iso(tree.born), updatedAt: iso(Math.min(used, now.getTime())) },
    settings: systemPrompt === "" ? {} : { systemPrompt: whole(systemPrompt, MAX_PROMPT) },
    currentId: looked === undefined ? null : (newestLeaf(messages, looked)?.id ?? null),
    messages,
  };
}

class Tree {
  /** When the chat began. */
  readonly born: number;
  readonly #nodes: readonly Node[];
  readonly #product: string;
  readonly #now: number;
  readonly #children = new Map<string, Node[]>();
  readonly #chains = new Map<string, Chain | undefined>();
  readonly #messages: ChatMessage[] = [];
  #units = 0;

  constructor({ nodes, createdAt, updatedAt }: ForeignChat, product: string, now: number) {
    this.#nodes = nodes;
    this.#product = product;
    this.#now = now;
    const begin = createdAt ?? nodes.find(({ at }) => at !== undefined)?.at ?? updatedAt ?? now;
    this.born = Math.min(begin, now);
  }

  /** In their order in time, parents before their children; undefined when there is too much. */
  messages(): ChatMessage[] | undefined {
    const known = new Set(this.#nodes.map(({ id }) => id));
    const roots: Node[] = [];
    for (const node of this.#nodes) {
      const { parent } = node;
      const siblings = parent === undefined ? undefined : this.#children.get(parent);
      if (parent === undefined || !known.has(parent)) roots.push(node);
      else if (siblings) siblings.push(node);
      else this.#children.set(parent, [node]);
    }
    // What is in a circle hangs from no root, and begins where it comes first.
    for (const root of [...roots, ...this.#nodes]) if (!this.#walk(root)) return undefined;
    for (const chain of this.#chains.values())
      if (chain && !chain.extended && !this.#emit(chain)) return undefined;
    return this.#messages.toSorted(
      (one, two) => Date.parse(one.createdAt) - Date.parse(two.createdAt),
    );
  }

  /** The message that a node has become a part of, or the one that it followed. */
  messageOf(id: string | undefined): string | undefined {
    const chain = id === undefined ? undefined : this.#chains.get(id);
    return (chain?.message ?? chain?.above)?.id;
  }

  /** @returns false when there is too much */
  #walk(root: Node): boolean {
    const stack: { node: Node; open: Chain | undefined }[] = [{ node: root, open: undefined }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { node, open } = next;
      if (this.#chains.has(node.id)) continue;
      const chain = this.#follow(node, open);
      if (chain === null) return false;
      this.#chains.set(node.id, chain);
      const children = this.#children.get(node.id) ?? [];
      for (const child of children.toReversed()) stack.push({ node: child, open: chain });
    }
    return true;
  }

  /** @returns null when there is too much */
  #follow(node: Node, open: Chain | undefined): Chain | undefined | null {
    const says = node.text !== "" || node.parts.length > 0;
    if (node.role === undefined || !says) return open;
    if (open?.node.role === node.role) {
      open.extended = true;
      return { node, before: open, above: open.above, extended: false };
    }
    const above = open && this.#emit(open);
    return open && !above ? null : { node, before: undefined, above, extended: false };
  }

  #emit(chain: Chain): ChatMessage | undefined {
    if (chain.message) return chain.message;
    const nodes: Node[] = [];
    for (let at: Chain | undefined = chain; at; at = at.before) {
      nodes.push(at.node);
      this.#units += at.node.text.length + sizeOf(at.node.parts) + NODE_UNITS;
      if (this.#units > MAX_UNITS) return undefined;
    }
    const asked = chain.node.role === "user" || chain.above !== undefined;
    const above = asked ? chain.above : this.#add([QUESTION], undefined);
    chain.message = asked || above ? this.#add(nodes.reverse(), above) : undefined;
    return chain.message;
  }

  #add(nodes: readonly Node[], above: ChatMessage | undefined): ChatMessage | undefined {
    if (this.#messages.length === MAX_MESSAGES) return undefined;
    const [begin] = nodes;
    const at = Math.max(begin?.at ?? this.born, above ? Date.parse(above.createdAt) : 0);
    const parts = partsOf(nodes);
    const role = begin?.role ?? "user";
    const message: ChatMessage = {
      ...{ id: newId(), parentId: above?.id ?? null, role },
      content: joined(nodes.map(({ text }) => text)),
      ...(parts.length > 0 && { parts }),
      ...{ createdAt: iso(Math.min(at, this.#now)), status: "done", error: null },
      details: role === "user" ? null : this.#details(nodes),
    };
    this.#messages.push(message);
    return message;
  }

  #details(nodes: readonly Node[]): ChatMessage["details"] {
    const by = nodes.findLast(({ model, modelName }) => model ?? modelName);
    const model = by?.model ?? by?.modelName;
    const modelName = by?.modelName ?? by?.model;
    return {
      ...(model !== undefined && modelName !== undefined && { model, modelName }),
      imported: { from: this.#product },
    };
  }
}

/** An answer that nobody had asked for follows a question without words. */
const QUESTION: Node = {
  ...{ id: "", parent: undefined, role: "user", text: "", parts: [], at: undefined },
};

/** A result without its call belongs to the one before it; a duration without a thought, too. */
function partsOf(nodes: readonly Node[]): Part[] {
  const parts: Part[] = [];
  let call = "";
  let thought = -1;
  for (const part of nodes.flatMap((node) => node.parts)) {
    const before = parts[thought];
    if (part.type === "reasoning" && part.text === "") {
      if (before?.type === "reasoning" && before.ms === undefined)
        parts[thought] = { ...before, ms: part.ms };
      continue;
    }
    if (part.type === "call") call = part.id;
    if (part.type === "reasoning") thought = parts.length;
    parts.push(part.type === "result" && part.call === "" ? { ...part, call } : part);
  }
  return parts;
}

const whole = (text: string, units: number) => text.slice(0, units).toWellFormed();
const iso = (ms: number) => new Date(ms).toISOString();
