/**
 * ChatGPT's `conversations.json`: a list of chats, each with its messages as `mapping`, a tree by id.
 * There is no published description; this is what exports of 2023 to 2026 hold. In them, every step
 * of an answer is a message: thoughts, what is sent to a tool (`recipient`), what the tool says.
 */
import type { Part } from "../../../core/parts.ts";
import type { Lost } from "../api.ts";
import {
  document,
  type Fields,
  type Files,
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

export const chatgpt: Format = {
  product: "ChatGPT",
  is: ({ mapping }) => Object.keys(fields(mapping)).length > 0,
  read(chat, files) {
    const prompts: string[] = [];
    const lost = outside(chat);
    const nodes = Object.entries(fields(chat.mapping)).map(([id, value]): Node => {
      const { message, parent } = fields(value);
      const reader = new Message(fields(message), said(chat.default_model_slug), files);
      const node = reader.node(id, said(parent) || undefined);
      lost.push(...reader.lost);
      if (reader.prompt !== "" && !prompts.includes(reader.prompt)) prompts.push(reader.prompt);
      return node;
    });
    return {
      id: first(chat.conversation_id, chat.id) ?? "",
      title: said(chat.title),
      createdAt: time(chat.create_time),
      updatedAt: time(chat.update_time),
      pinned: chat.is_starred === true,
      archived: chat.is_archived === true,
      systemPrompt: joined(prompts),
      nodes: nodes.toSorted(inTime),
      current: first(chat.current_node),
      lost,
    };
  },
};

/** Those without a time stay where they are. */
const inTime = (one: Node, two: Node) =>
  one.at === undefined || two.at === undefined ? 0 : one.at - two.at;

function outside({ gizmo_id, conversation_template_id }: Fields): Lost[] {
  const place = first(gizmo_id, conversation_template_id) ?? "";
  const lost: Lost[] = [];
  if (place.startsWith("g-p-")) lost.push({ kind: "folder", name: place });
  else if (place.startsWith("g-")) lost.push({ kind: "assistant", name: place });
  return lost;
}

class Message {
  readonly lost: Lost[] = [];
  prompt = "";
  readonly #message: Fields;
  readonly #content: Fields;
  readonly #metadata: Fields;
  readonly #author: Fields;
  readonly #model: string;
  readonly #files: Files;

  constructor(message: Fields, model: string, files: Files) {
    this.#message = message;
    this.#content = fields(message.content);
    this.#metadata = fields(message.metadata);
    this.#author = fields(message.author);
    this.#model = first(this.#metadata.model_slug, model) ?? "";
    this.#files = files;
  }

  node(id: string, parent: string | undefined): Node {
    const at = time(this.#message.create_time);
    const role = this.#role();
    const { text = "", parts = [] } = role ? this.#read(id) : {};
    const model = role === "assistant" ? this.#model || undefined : undefined;
    return { id, parent, role, text, parts, at, model };
  }

  /** What nobody was shown says nothing, apart from what the person had written elsewhere. */
  #role(): Node["role"] {
    const { content_type, user_profile, user_instructions } = this.#content;
    if (content_type === "user_editable_context") {
      this.prompt = joined([said(user_profile), said(user_instructions)]);
      return undefined;
    }
    if (content_type === "model_editable_context") {
      const memory = said(this.#content.model_set_context);
      if (memory !== "") this.lost.push({ kind: "memory", name: "" });
      return undefined;
    }
    const { role } = this.#author;
    if (role === "user") return this.#hidden ? undefined : "user";
    if (role === "tool") return "assistant";
    return role === "assistant" && !this.#hidden ? "assistant" : undefined;
  }

  get #hidden(): boolean {
    return this.#metadata.is_visually_hidden_from_conversation === true;
  }

  #read(id: string): { text?: string; parts?: Part[] } {
    const { content_type } = this.#content;
    if (content_type === "thoughts") return { parts: this.#thoughts() };
    if (content_type === "reasoning_recap") {
      const seconds = this.#metadata.finished_duration_sec;
      const ms = typeof seconds === "number" && seconds >= 0 ? seconds * 1000 : 0;
      return { parts: [{ type: "reasoning", text: "", ms }] };
    }
    const text = this.#text();
    if (this.#author.role === "tool") return this.#result(text);
    const to = first(this.#message.recipient) ?? "all";
    if (this.#author.role === "user" || to === "all") return { text: this.#shown(text) };
    return this.#call(id, to, text);
  }

  #thoughts(): Part[] {
    const texts = list(this.#content.thoughts).map((one) => {
      const { summary, content } = fields(one);
      const title = said(summary);
      return joined([title === "" ? "" : `**${title}**`, said(content)]);
    });
    const text = joined(texts);
    return text === "" ? [] : [{ type: "reasoning", text }];
  }

  #call(id: string, name: string, text: string): { text?: string; parts?: Part[] } {
    if (text === "") return {};
    const canvas = name === "canmore.create_textdoc" ? canvasOf(text) : undefined;
    if (canvas !== undefined) return { text: canvas };
    const json = /^\s*[{[]/.test(text) && isJson(text);
    return {
      parts: [{ type: "call", id, name, arguments: json ? text : written({ input: text }) }],
    };
  }

  /** Of a tool; what it has drawn was part of the answer. */
  #result(text: string): { text?: string; parts?: Part[] } {
    const drawn = this.#pointers().filter(({ kind }) => kind === "image");
    const found = text === "" ? this.#found() : text;
    const failed = this.#content.content_type === "system_error";
    const result = { type: "result", call: "", text: found, ...(failed && { failed }) } as const;
    return {
      text: drawn.map(mark).join("\n"),
      parts: found === "" || this.#hidden ? [] : [result],
    };
  }

  /** What a search has found, a line each. */
  #found(): string {
    const groups = list(this.#metadata.search_result_groups).map(fields);
    const entries = groups.flatMap(({ entries }) => list(entries)).map(fields);
    return entries.map(({ title, url }) => [said(title), said(url)].join("\n")).join("\n\n");
  }

  #text(): string {
    const { content_type, text, parts, result, content } = this.#content;
    const spoken = list(parts).map((part) => {
      const { content_type: type, text: heard } = fields(part);
      return typeof part === "string"
        ? said(part)
        : type === "audio_transcription"
          ? said(heard)
          : "";
    });
    const whole = joined(spoken.length > 0 ? spoken : [first(text, result, content) ?? ""]);
    if (whole === "" && typeof content_type === "string" && !KNOWN.has(content_type))
      this.lost.push({ kind: "content", name: said(content_type) });
    if (content_type === "code" && whole !== "" && (this.#message.recipient ?? "all") === "all")
      return document("", whole, languageOf(this.#content.language));
    return this.#author.role === "assistant" ? this.#cited(whole) : whole;
  }

  /** With what was sent along, by its name. */
  #shown(text: string): string {
    const pointers = this.#pointers();
    const attached = list(this.#metadata.attachments).map((one) => {
      const { id, name, mime_type, mimeType } = fields(one);
      return { id: said(id), lost: file(said(name), first(mime_type, mimeType)) };
    });
    const seen = new Set(pointers.map(({ id }) => id));
    const others = attached.filter(({ id }) => !seen.has(id)).map(({ lost }) => lost);
    this.lost.push(...others);
    const marks = [...pointers.filter(({ kind }) => kind !== "audio"), ...others].map(mark);
    return joined([text, marks.join("\n")]);
  }

  #pointed: (Lost & { readonly id: string })[] | undefined;

  /** Images and sounds among the parts, which are files beside the chats. */
  #pointers(): readonly (Lost & { readonly id: string })[] {
    this.#pointed ??= list(this.#content.parts).flatMap((part) => {
      const { content_type, asset_pointer, audio_asset_pointer } = fields(part);
      const sound = fields(audio_asset_pointer).asset_pointer;
      const id = said(first(asset_pointer, sound)).replace(/^[a-z-]+:\/\//, "");
      const kind = content_type === "image_asset_pointer" ? "image" : "audio";
      if (id === "") return [];
      const attachments = list(this.#metadata.attachments).map(fields);
      const attached = attachments.find((one) => one.id === id);
      const lost = { kind, name: first(attached?.name) ?? this.#files(id) ?? "" } as const;
      this.lost.push(lost);
      return [{ ...lost, id }];
    });
    return this.#pointed;
  }

  /** With links in place of what stands for them: "【6†source】", or "cite" between private characters. */
  #cited(text: string): string {
    if (!/[\uE200【]/.test(text)) return text;
    const links = new Map<string, string>();
    for (const one of list(this.#metadata.content_references).map(fields))
      if (typeof one.matched_text === "string") links.set(one.matched_text, said(one.alt));
    for (const one of list(this.#metadata.citations).map(fields)) {
      const { title, url } = fields(one.metadata);
      if (typeof one.start_ix !== "number" || typeof one.end_ix !== "number" || !url) continue;
      links.set(text.slice(one.start_ix, one.end_ix), `([${said(title)}](${said(url)}))`);
    }
    return text
      .replace(/\uE200[^\uE200\uE201]{0,2000}\uE201|【[^【】]{0,200}】/g, (mark) => {
        const rest = mark.startsWith("【") ? mark : "";
        return links.get(mark) ?? rest;
      })
      .replace(/[\uE200-\uE206]/g, "");
  }
}

/** Types that may say nothing at all. */
const KNOWN = new Set(["text", "multimodal_text", "code", "execution_output", "system_error"]);

function canvasOf(text: string): string | undefined {
  if (!isJson(text)) return undefined;
  const { name, type, content } = fields(JSON.parse(text));
  if (typeof content !== "string") return undefined;
  const code = /^code\/(.+)$/.exec(said(type))?.[1];
  if (code !== undefined) return document(said(name), said(content), code);
  return joined([`**${said(name).replace(/[*\n]/g, " ")}**`, said(content)]);
}

const languageOf = (language: unknown) => (language === "unknown" ? "" : said(language));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
