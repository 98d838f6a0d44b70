/**
 * Conversations out of Charla and back in: a JSON file that keeps the whole tree, and Markdown of
 * the branch that is looked at, for people.
 */

import { randomUUIDv7 as newId } from "node:crypto";
import * as z from "zod";
import { sourcesUnder } from "../../core/citations.ts";
import { CharlaError } from "../../core/errors.ts";
import type { House } from "../../core/feature.ts";
import { fold } from "../../core/folded.ts";
import { AI_LABEL } from "../../core/label.ts";
import type { Part as MessagePart, PartOf } from "../../core/parts.ts";
import { type Proof, remark } from "../../core/receipts.ts";
import { check, text } from "../../core/route.ts";
import { pauses } from "../../core/slices.ts";
import {
  type ChatMessage,
  type Conversation,
  conversation,
  type ExportFile,
  exportFile,
  message,
  type Summary,
} from "./api.ts";
import { conversationTooLong, importTooMany } from "./errors.ts";
import { type Part, readFile } from "./import-file.ts";
import { MAX_CONVERSATIONS, MAX_MESSAGES } from "./imports.ts";
import { type Inlet, takeConversation } from "./inlet.ts";
import type { Proofs } from "./receipts.ts";
import type { Brought } from "./staging.ts";
import type { Store } from "./store.ts";
import { pathTo } from "./tree.ts";

/** Bytes of an import. */
export const MAX_IMPORT = 100 * 2 ** 20;

const date = z.iso
  .datetime({ offset: true })
  .refine((value) => !Number.isNaN(Date.parse(value)), "is not a date")
  // What is used in years to come would never count as unused.
  .transform((value) => new Date(Math.min(Date.parse(value), Date.now())).toISOString())
  // In another time zone, the year 0 is the year -1, which no date of ours can say.
  .pipe(z.iso.datetime());

const imported = conversation
  .omit({ snippet: true, folderId: true })
  .extend({
    title: text,
    archived: z.boolean().default(false),
    folder: text.max(300).optional(),
    createdAt: date,
    updatedAt: date,
    messages: z.array(message.extend({ id: text.min(1), content: text, createdAt: date })),
  })
  .superRefine(checkTree);
type Imported = z.output<typeof imported>;

/** An export file whose trees are trees; nothing else is taken in. */
export const importBody = exportFile.extend({ conversations: z.array(imported) });
const head = exportFile.extend({ conversations: z.array(z.never()) });

function checkTree(one: Tree, context: z.RefinementCtx): void {
  const problem = findProblem(one);
  if (problem) context.addIssue({ code: "custom", ...problem });
}

type Tree = Pick<Conversation, "messages" | "currentId">;

/**
 * A parent is an earlier message of the same conversation and of the other role. This one rule
 * leaves no room for cycles, foreign parents or answers without a question.
 */
function findProblem({ messages, currentId }: Tree) {
  const roles = new Map<string | null, string>([[null, "assistant"]]);
  for (const [index, { id, parentId, role }] of messages.entries()) {
    if (roles.has(id)) return { message: "occurs twice", path: ["messages", index, "id"] };
    const above = roles.get(parentId);
    if (above === undefined || above === role) {
      const message = "must be an earlier message of the other role in the same conversation";
      return { message, path: ["messages", index, "parentId"] };
    }
    roles.set(id, role);
  }
  if (roles.has(currentId)) return undefined;
  return { message: "must be a message of the conversation", path: ["currentId"] };
}

/** Stores the conversations of a file under new ids, all or none. */
export async function importAll(
  store: Store,
  house: Inlet & Pick<House, "forgetConversations">,
  owner: string,
  file: AsyncIterable<Uint8Array>,
): Promise<Summary[]> {
  const staging = await store.stage(owner);
  const ids: string[] = [];
  try {
    for await (const part of readFile(file)) {
      if (part.type === "head") check(head, part.value);
      else if (part.type === "conversation") {
        const one = renew(checked(part));
        ids.push(one.id);
        await staging.add(await takeConversation(house, owner, one));
      }
    }
    return await staging.publish();
  } catch (thrown) {
    await house.forgetConversations(ids);
    await staging.discard();
    throw thrown;
  }
}

/** @throws CharlaError that names the field of the file which is wrong, or what is too large */
function checked({ index, value }: Extract<Part, { type: "conversation" }>): Imported {
  if (index === MAX_CONVERSATIONS) throw importTooMany(MAX_CONVERSATIONS);
  const { success, data: one } = imported.safeParse(value, { abortEarly: true } as object);
  if (!success) throw faultOf(index, value);
  if (one.messages.length > MAX_MESSAGES) throw conversationTooLong(index, MAX_MESSAGES);
  return one;
}

/** A conversation of a file of ours, under new ids; undefined where it is none, or too long. */
export function takeOwn(value: unknown): Brought | undefined {
  const { success, data } = imported.safeParse(value, { abortEarly: true } as object);
  return success && data.messages.length <= MAX_MESSAGES ? renew(data) : undefined;
}

/** Found once more, with its place in the file, for which a schema of its own is made. */
function faultOf(index: number, value: unknown): unknown {
  const place = `conversations[${index}]`;
  try {
    return check(z.object({ [place]: imported }), { [place]: value });
  } catch (thrown) {
    return thrown;
  }
}

type Parts = NonNullable<ChatMessage["parts"]>;

/** Parts name messages of their chat by their ids, wherever those stand in them. */
const withIds = (parts: Parts, ids: ReadonlyMap<string, string>): Parts =>
  JSON.parse(JSON.stringify(parts), (_, value) => ids.get(value) ?? value);

/** The same under new ids. */
export function renew(
  imported: Omit<Brought, "snippet" | "folderId"> & Partial<Pick<Brought, "folderId">>,
): Brought {
  const ids = new Map(imported.messages.map(({ id }) => [id, newId()] as const));
  const renewId = (id: string | null) => (id === null ? null : (ids.get(id) ?? null));
  const messages = imported.messages.map((one) => ({
    ...one,
    id: renewId(one.id) ?? newId(),
    parentId: renewId(one.parentId),
    status: one.status === "running" ? ("interrupted" as const) : one.status,
    ...(one.parts && { parts: withIds(one.parts, ids) }),
    details: one.details?.memoryBegins
      ? { ...one.details, memoryBegins: renewId(one.details.memoryBegins) }
      : one.details,
  }));
  const currentId = renewId(imported.currentId) ?? messages.at(-1)?.id ?? null;
  const { folderId = null } = imported;
  return { ...imported, id: newId(), snippet: null, folderId, messages, currentId };
}

/**
 * An export file as text, one conversation at a time, so that its size does not matter.
 *
 * @param folders names by id
 * @param along gives a conversation with its images, which are kept elsewhere
 */
export async function* exportJson(
  conversations: AsyncIterable<Conversation> | Iterable<Conversation>,
  proofs: Proofs = async () => [],
  folders: ReadonlyMap<string, string> = new Map(),
  along = async (one: Conversation) => one,
): AsyncGenerator<string> {
  const head: Omit<ExportFile, "conversations"> = {
    format: "charla.conversations",
    version: 1,
    exportedAt: new Date().toISOString(),
    answers: AI_LABEL,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"conversations":[`;
  let separator = "\n";
  for await (const conversation of conversations) {
    const { snippet: _, archived, folderId, ...one } = await along(conversation);
    const receipts = await proofs(one.messages);
    const folder = folders.get(folderId ?? "");
    const more = {
      ...(archived && { archived }),
      ...(folder !== undefined && { folder }),
      ...(receipts.length > 0 && { receipts }),
    };
    yield separator + JSON.stringify({ ...one, ...more });
    separator = ",\n";
  }
  yield "]}\n";
}

/** Puts the bytes of a person's images into their parts. */
export const withImages =
  ({ others }: Pick<House, "others">, owner: string) =>
  async (one: Conversation): Promise<Conversation> => {
    const images = others.images();
    if (!images || !one.messages.some(({ parts = [] }) => parts.some(isImage))) return one;
    const messages: ChatMessage[] = [];
    for (const { parts = [], ...message } of one.messages) {
      const all: NonNullable<ChatMessage["parts"]> = [];
      for (const part of parts) {
        const bytes = isImage(part) && (await images.read(owner, part.digest));
        all.push(
          isImage(part) && bytes ? { ...part, data: Buffer.from(bytes).toString("base64") } : part,
        );
      }
      messages.push({ ...message, ...(all.length > 0 && { parts: all }) });
    }
    return { ...one, messages };
  };

const isImage = (part: MessagePart): part is PartOf<"image"> => part.type === "image";

/** A person's conversations; one that is deleted before its turn is left out. */
export async function* readAll(
  store: Store,
  owner: string,
  ids: readonly string[],
): AsyncGenerator<Conversation> {
  const pause = pauses();
  for (const id of ids) {
    await pause();
    const found = await store.read(owner, id).catch(unlessGone);
    if (found) yield found;
  }
}

/** A reader takes its time, and meanwhile a conversation may be deleted. */
export function unlessGone(thrown: unknown): undefined {
  if (!(thrown instanceof CharlaError && thrown.code === "conversation_not_found")) throw thrown;
}

const HEADINGS = {
  en: { user: "You", untitled: "Conversation", edited: "Edited by a person", image: "Image" },
  es: {
    ...{ user: "Tú", untitled: "Conversación", edited: "Editada por una persona" },
    image: "Imagen",
  },
};

/** The branch that was looked at last, as a document. */
export function toMarkdown(
  conversation: Conversation,
  language: "en" | "es",
  proofs: readonly Proof[] = [],
): string {
  const { user, untitled, edited, image } = HEADINGS[language];
  const path = pathTo(conversation.messages, conversation.currentId);
  const parts = [frontMatter(path), `# ${conversation.title || untitled}`];
  for (const { role, content, details, parts: beside } of path) {
    if (content === "") continue;
    const model = details?.modelName ?? details?.model ?? "Charla";
    const who = role === "user" ? user : details?.edited ? edited : model;
    const files = (beside ?? []).flatMap((part) => {
      if (part.type === "image") return part.alt || part.name || image;
      return part.type === "file" ? (part.name ?? []) : [];
    });
    const attached = files.map((name) => `> ${name.replace(/\s+/g, " ")}`).join("\n");
    const said = content.trim() + sourcesUnder(content, beside).replaceAll("\n[", "\n\n[");
    parts.push(`## ${who.replace(/\s+/g, " ")}`, ...(attached === "" ? [] : [attached]), said);
  }
  const shown = new Map(path.map(({ id, content }) => [id, content]));
  const proved = proofs.filter(({ message }) => shown.get(message));
  if (proved.length > 0) {
    parts.push(remark(proved.map((one) => ({ ...one, text: shown.get(one.message) ?? null }))));
  }
  return `${parts.join("\n\n")}\n`;
}

/** In YAML, for programs: that and by which models the answers were written, and when. */
function frontMatter(path: readonly ChatMessage[]): string {
  const answers = path.filter(({ role }) => role === "assistant");
  const edited = answers.filter(({ details }) => details?.edited);
  const written = answers.filter(({ details }) => !details?.edited);
  const models = new Set(written.map(({ details }) => details?.model ?? "unknown"));
  const { mode, digitalSourceType } = AI_LABEL;
  return [
    "---",
    `ai-disclosure: ${mode}`,
    `digital-source-type: ${digitalSourceType}`,
    `models: ${JSON.stringify([...models])}`,
    ...(edited.length > 0 ? [`answers-edited-by-a-person: ${edited.length}`] : []),
    ...(answers.length > 0 ? [`answered: ${answers.at(-1)?.createdAt}`] : []),
    "---",
  ].join("\n");
}

/** A download with a name that every file system takes. */
export function download(
  body: string | AsyncIterable<string>,
  type: string,
  title: string,
  extension: string,
): Response {
  const slug =
    fold(title)
      .match(/[a-z0-9]+/g)
      ?.join("-")
      .slice(0, 60) ?? "";
  const stream =
    typeof body === "string"
      ? body
      : ReadableStream.from(body).pipeThrough(new TextEncoderStream());
  return new Response(stream, {
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "content-disposition": `attachment; filename="${slug || "charla"}.${extension}"`,
      "cache-control": "no-store",
    },
  });
}
