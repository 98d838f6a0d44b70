/**
 * A chat of another product, as the reader of its format gives it: what was said, as a tree of
 * nodes, and what of it has no place here. `fold.ts` makes a chat of ours of it.
 */
import type { Part } from "../../../core/parts.ts";
import type { Lost } from "../api.ts";

export interface ForeignChat {
  /** The other product's, by which the same chat is known when it comes again. */
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970, as are all times here; undefined where the file says nothing. */
  readonly createdAt: number | undefined;
  readonly updatedAt: number | undefined;
  readonly pinned: boolean;
  readonly archived?: boolean;
  /** What the folder is called that it was in. */
  readonly folder?: string | undefined;
  /** What the person had told the product of themselves, and how to answer. */
  readonly systemPrompt: string;
  readonly nodes: readonly Node[];
  /** The node that was looked at last. */
  readonly current: string | undefined;
  readonly lost: readonly Lost[];
}

export interface Node {
  readonly id: string;
  readonly parent: string | undefined;
  /** Of one without a role, only what follows it counts. */
  readonly role: "user" | "assistant" | undefined;
  readonly text: string;
  readonly parts: readonly Part[];
  readonly at: number | undefined;
  /** Of the model: its id, and what people call it. */
  readonly model?: string | undefined;
  readonly modelName?: string | undefined;
}

export interface Format {
  /** What people call the product. */
  readonly product: string;
  /** Whether a value of a file is one of its chats. */
  is(value: Fields): boolean;
  /** Forgiving: what is not as expected is left out. */
  read(value: Fields, files: Files): ForeignChat;
}

/** Name of a file in the archive, by the id that chats call it by. */
export type Files = (id: string) => string | undefined;

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; none of anything else. */
export const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A string as text that can be stored; nothing of anything else. */
export const said = (value: unknown): string =>
  typeof value === "string" ? value.toWellFormed().replaceAll("\0", "") : "";

/** The first that says something. */
export const first = (...values: readonly unknown[]): string | undefined =>
  values.map(said).find((text) => text !== "");

/** Seconds or milliseconds since 1970, or a date as text. */
export function time(value: unknown): number | undefined {
  const known =
    typeof value === "number" ? (value < 1e11 ? value * 1000 : value) : Date.parse(said(value));
  return Number.isFinite(known) && known > 0 ? known : undefined;
}

export const joined = (texts: readonly string[]): string =>
  texts.filter((text) => text.trim() !== "").join("\n\n");

/** JSON as text, for the arguments of a tool. */
export const written = (value: unknown): string =>
  typeof value === "string" ? said(value) : said(JSON.stringify(value) ?? "");

/** A text that came with a message, by its name; fenced so that nothing in it ends it. */
export function document(name: string, content: string, language = ""): string {
  const longest =
    content.match(/`{3,}/g)?.reduce((most, one) => Math.max(most, one.length), 2) ?? 2;
  const fence = "`".repeat(longest + 1);
  const title = name === "" ? "" : `**${name.replace(/[*_\n]/g, " ")}**\n\n`;
  return `${title}${fence}${language.replace(/[^\w+#.-]/g, "")}\n${content}\n${fence}`;
}

/** Where a file was that is not here. */
export const mark = ({ name, kind }: Lost): string => `📎 ${name || kind}`;

const IMAGE = /\.(?:png|jpe?g|gif|webp|heic|avif|bmp|svg)$/i;

/** A file that chats speak of and that is not taken, by its name or media type. */
export function file(name: string, media = ""): Lost {
  if (media.startsWith("image") || IMAGE.test(name)) return { kind: "image", name };
  return { kind: media.startsWith("audio") ? "audio" : "file", name };
}
