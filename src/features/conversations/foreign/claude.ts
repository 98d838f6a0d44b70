/**
 * Claude's `conversations.json`: a list of chats whose messages have blocks of text, thinking and
 * tools. Older exports have no branches; newer ones name each message's parent.
 */
import type { Part } from "../../../core/parts.ts";
import type { Lost } from "../api.ts";
import {
  document,
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

export const claude: Format = {
  product: "Claude",
  is: ({ chat_messages }) => Array.isArray(chat_messages),
  read(chat) {
    const lost: Lost[] = [];
    const messages = list(chat.chat_messages).map(fields);
    const branches = messages.some((one) => one.parent_message_uuid);
    const ids = messages.map(({ uuid }, index) => said(uuid) || String(index));
    const nodes = messages.map((message, index): Node => {
      const parent = branches ? first(message.parent_message_uuid) : ids[index - 1];
      const { text, parts } = read(message, lost);
      const role = message.sender === "human" ? "user" : "assistant";
      const model = role === "user" ? undefined : first(message.model, chat.model);
      const id = ids[index] ?? "";
      return { id, parent, role, text, parts, at: time(message.created_at), model };
    });
    const project = first(fields(chat.project).name);
    return {
      id: said(chat.uuid),
      title: said(chat.name),
      createdAt: time(chat.created_at),
      updatedAt: time(chat.updated_at),
      pinned: chat.is_starred === true,
      folder: project,
      systemPrompt: "",
      nodes,
      current: first(chat.current_leaf_message_uuid),
      lost,
    };
  },
};

function read(message: Fields, lost: Lost[]): { text: string; parts: Part[] } {
  const texts: string[] = [];
  const parts: Part[] = [];
  for (const block of list(message.content).map(fields)) {
    const artifact = block.type === "tool_use" ? artifactOf(block) : undefined;
    const part = artifact === undefined ? partOf(block) : undefined;
    if (artifact !== undefined) texts.push(artifact);
    else if (part) parts.push(part);
    else if (block.type === "text" || block.type === "voice_note") texts.push(said(block.text));
    else if (!SILENT.has(said(block.type))) lost.push({ kind: "content", name: said(block.type) });
  }
  if (joined(texts) === "" && parts.length === 0) texts.push(said(message.text));
  const files: Lost[] = [];
  for (const one of list(message.attachments).map(fields)) {
    const name = said(one.file_name);
    const content = said(one.extracted_content);
    if (content === "") files.push(file(name, said(one.file_type)));
    else texts.push(document(name, content));
  }
  for (const one of list(message.files).map(fields))
    files.push(file(said(one.file_name), said(one.file_kind)));
  lost.push(...files);
  return { text: joined([...texts, files.map(mark).join("\n")]), parts };
}

/** Blocks that no reader is shown. */
const SILENT = new Set(["token_budget", "flag"]);

function partOf(block: Fields): Part | undefined {
  const { type, thinking, name, input, content } = block;
  if (type === "thinking") {
    const took = (time(block.stop_timestamp) ?? 0) - (time(block.start_timestamp) ?? 0);
    const ms = block.stop_timestamp && block.start_timestamp && took >= 0 ? { ms: took } : {};
    return { type: "reasoning", text: said(thinking), ...ms };
  }
  if (type === "tool_use")
    return { type: "call", id: said(block.id), name: said(name), arguments: written(input ?? {}) };
  if (type !== "tool_result") return undefined;
  const failed = block.is_error === true ? { failed: true } : {};
  return { type: "result", call: said(block.tool_use_id), text: resultOf(content), ...failed };
}

function resultOf(content: unknown): string {
  if (!Array.isArray(content)) return written(content ?? "");
  return joined(
    content.map((one) => {
      const { text, title, url, type } = fields(one);
      const source = [said(title), said(url)].filter(Boolean).join("\n");
      return joined([source, said(text)]) || `[${said(type)}]`;
    }),
  );
}

/** A document that stood beside the chat, as it was when it was made or written anew. */
function artifactOf({ name, input }: Fields): string | undefined {
  const { command, content, title, type, language } = fields(input);
  if (name !== "artifacts" || typeof content !== "string" || command === "update") return undefined;
  if (type === "text/markdown")
    return joined([`**${said(title).replace(/[*\n]/g, " ")}**`, said(content)]);
  return document(said(title), said(content), first(language, said(type).split("/").at(-1)) ?? "");
}
