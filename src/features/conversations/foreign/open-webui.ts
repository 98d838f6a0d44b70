/**
 * Open WebUI's exports: a list of chats with their messages as a tree by id. Several models may have
 * answered one question. What is more than text stands in `output` (since 2026), or before that as
 * HTML within the text: `<details type="reasoning">`.
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
import { unfold } from "./open-webui-text.ts";

export const openWebui: Format = {
  product: "Open WebUI",
  is(value) {
    const { history, messages } = chatOf(value);
    if (Object.keys(fields(fields(history).messages)).length > 0) return true;
    return value.chat !== undefined && Array.isArray(messages);
  },
  read(value) {
    const chat = chatOf(value);
    const lost = outside(value);
    const { messages, currentId } = fields(chat.history);
    const tree = Object.entries(fields(messages));
    const nodes =
      tree.length > 0
        ? tree.map(([id, one]) => nodeOf(id, first(fields(one).parentId), fields(one), lost))
        : list(chat.messages).map((one, at) =>
            nodeOf(String(at), at === 0 ? undefined : String(at - 1), fields(one), lost),
          );
    return {
      id: first(value.id, chat.id) ?? "",
      title: first(value.title, chat.title) ?? "",
      createdAt: time(value.created_at ?? chat.timestamp),
      updatedAt: time(value.updated_at),
      pinned: value.pinned === true,
      archived: value.archived === true,
      systemPrompt: first(fields(chat.params).system, chat.system) ?? "",
      nodes,
      current: first(currentId),
      lost,
    };
  },
};

/** Older files have the chat itself where newer ones have what is around it. */
const chatOf = (value: Fields): Fields => (value.chat === undefined ? value : fields(value.chat));

function outside({ folder_id, meta }: Fields): Lost[] {
  const lost: Lost[] = [];
  if (first(folder_id) !== undefined) lost.push({ kind: "folder", name: said(folder_id) });
  for (const tag of list(fields(meta).tags).map(said)) lost.push({ kind: "tag", name: tag });
  return lost;
}

function nodeOf(id: string, parent: string | undefined, message: Fields, lost: Lost[]): Node {
  const { role } = message;
  const at = time(message.timestamp);
  if (role !== "user" && role !== "assistant")
    return { id, parent, role: undefined, text: "", parts: [], at };
  const { text, parts } =
    role === "user" ? { text: said(message.content), parts: [] } : answer(message);
  const files = list(message.files).map((one) => fileOf(fields(one)));
  const shown = withoutImages(text, files);
  lost.push(...files);
  return {
    ...{ id, parent, role, at, parts: [...parts, ...sourcesOf(message)] },
    text: joined([shown, files.map(mark).join("\n")]),
    ...(role === "assistant" && {
      model: first(message.model),
      modelName: first(message.modelName),
    }),
  };
}

function answer(message: Fields): { text: string; parts: Part[] } {
  const output = list(message.output).map(fields);
  if (output.length === 0) return unfold(said(message.content));
  const texts: string[] = [];
  const parts: Part[] = [];
  for (const item of output) {
    const part = partOf(item);
    if (part) parts.push(part);
    else if (item.type === "message") texts.push(textOf(item.content));
  }
  return joined(texts) === ""
    ? { text: unfold(said(message.content)).text, parts }
    : { text: joined(texts), parts };
}

function partOf(item: Fields): Part | undefined {
  const { type, duration, call_id, id, name } = item;
  if (type === "reasoning") {
    const ms = typeof duration === "number" && duration >= 0 ? { ms: duration * 1000 } : {};
    return { type: "reasoning", text: textOf(item.content) || textOf(item.summary), ...ms };
  }
  if (type === "function_call") {
    const call = first(call_id, id) ?? "";
    return { type: "call", id: call, name: said(name), arguments: written(item.arguments ?? {}) };
  }
  if (type !== "function_call_output") return undefined;
  return { type: "result", call: said(call_id), text: textOf(item.output) };
}

/** Of the form `[{text}]`, or text. */
const textOf = (content: unknown): string =>
  typeof content === "string"
    ? said(content)
    : joined(list(content).map((one) => said(fields(one).text)));

function fileOf(one: Fields): Lost {
  const name = first(one.name, fields(one.file).filename) ?? "";
  const url = said(one.url).slice(0, 30);
  return one.type === "image" || url.startsWith("data:image")
    ? { kind: "image", name }
    : file(name);
}

/** Pictures that stand as data within the text. */
function withoutImages(text: string, files: Lost[]): string {
  return text.replace(/!\[([^\]\n]{0,300})\]\(data:[^)\s]*\)/g, (_, name: string) => {
    files.push({ kind: "image", name });
    return "";
  });
}

function sourcesOf(message: Fields): Part[] {
  const sources = list(message.sources ?? message.citations).map((one) =>
    fields(fields(one).source),
  );
  return sources.flatMap(({ url, name }) => {
    const source = first(url, name);
    return source === undefined ? [] : [{ type: "citation", source } as const];
  });
}
