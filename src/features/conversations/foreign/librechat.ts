/**
 * LibreChat's export of one chat: its messages one after the other with their parents, or nested in
 * each other (`recursive`), under `messages` or `messagesTree`.
 */
import type { Part } from "../../../core/parts.ts";
import type { Lost } from "../api.ts";
import {
  type Fields,
  type Format,
  fields,
  file,
  first,
  joined,
  list,
  mark,
  type Node,
  said,
  time,
  written,
} from "./chat.ts";

export const librechat: Format = {
  product: "LibreChat",
  is: ({ conversationId, messages, messagesTree }) =>
    typeof conversationId === "string" && (Array.isArray(messages) || Array.isArray(messagesTree)),
  read(chat) {
    const lost: Lost[] = [];
    const options = fields(chat.options);
    const nodes = flat(list(chat.messagesTree ?? chat.messages)).map(({ message, parent }) =>
      nodeOf(message, parent, options, lost),
    );
    return {
      id: said(chat.conversationId),
      title: first(chat.title, options.title) ?? "",
      // The file tells the hour at which it was written, and no day.
      createdAt: time(options.createdAt),
      updatedAt: time(options.updatedAt),
      pinned: false,
      systemPrompt: first(options.promptPrefix, options.system, options.instructions) ?? "",
      nodes,
      current: undefined,
      lost,
    };
  },
};

interface Found {
  readonly message: Fields;
  readonly parent: string | undefined;
}

/** However deep they are nested, each before those below it. */
function flat(messages: readonly unknown[]): Found[] {
  const found: Found[] = [];
  const stack: { at: readonly unknown[]; parent: string | undefined }[] = [
    { at: messages, parent: undefined },
  ];
  for (let next = stack.pop(); next; next = stack.pop()) {
    for (const one of next.at) {
      const message = fields(one);
      found.push({ message, parent: next.parent ?? first(message.parentMessageId) });
      const children = list(message.children);
      if (children.length > 0) stack.push({ at: children, parent: said(message.messageId) });
    }
  }
  return found;
}

function nodeOf(message: Fields, parent: string | undefined, options: Fields, lost: Lost[]): Node {
  const role = message.isCreatedByUser === true ? "user" : "assistant";
  const { text, parts } = read(message, lost);
  const sent = [...list(message.files), ...list(message.attachments)].map((one) => {
    const { filename, type } = fields(one);
    return file(said(filename), said(type));
  });
  lost.push(...sent);
  const model = first(message.model, options.model, message.endpoint);
  return {
    ...{ id: said(message.messageId), parent, role, parts, at: time(message.createdAt) },
    text: joined([text, sent.map(mark).join("\n")]),
    ...(role === "assistant" && { model, modelName: first(message.sender) }),
  };
}

function read(message: Fields, lost: Lost[]): { text: string; parts: Part[] } {
  const content = list(message.content).map(fields);
  const texts: string[] = [];
  const parts: Part[] = [];
  for (const block of content) {
    const { type, text, think } = block;
    if (type === "text") texts.push(textOf(text));
    else if (type === "think") parts.push({ type: "reasoning", text: textOf(think) });
    else if (type === "tool_call") parts.push(...calls(fields(block.tool_call)));
    else if (type === "error") texts.push(textOf(block.error));
    else if (type === "image_file" || type === "image_url")
      lost.push({ kind: "image", name: said(fields(block.image_file).filename) });
    else if (type !== "agent_update") lost.push({ kind: "content", name: said(type) });
  }
  if (content.length > 0 && (joined(texts) !== "" || parts.length > 0))
    return { text: joined(texts), parts };
  // Older answers had their thoughts before the text.
  const whole = said(message.text);
  const thought = whole.startsWith(THINKING) ? whole.indexOf("\n:::", THINKING.length) : -1;
  if (thought < 0) return { text: whole, parts };
  const reasoning = whole.slice(THINKING.length, thought).trim();
  return { text: whole.slice(thought + 4).trim(), parts: [{ type: "reasoning", text: reasoning }] };
}

const THINKING = ":::thinking";

/** Text, or an object with one. */
const textOf = (value: unknown): string => first(value, fields(value).value) ?? "";

function calls({ id, name, args, output, function: inner }: Fields): Part[] {
  const named = first(name, fields(inner).name) ?? "";
  const given = args ?? fields(inner).arguments ?? {};
  const result = first(output, fields(inner).output);
  return [
    { type: "call", id: said(id), name: named, arguments: written(given) },
    ...(result === undefined ? [] : [{ type: "result", call: said(id), text: result } as const]),
  ];
}
