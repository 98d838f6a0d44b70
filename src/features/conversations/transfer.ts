/**
 * Conversations out of Charla and back in: a JSON file that keeps the whole tree, and Markdown of
 * the branch that is looked at, for people.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import * as z from "zod";
import { CharlaError } from "../../core/errors.ts";
import type { Kit } from "../../core/feature.ts";
import { AI_LABEL } from "../../core/label.ts";
import { text } from "../../core/route.ts";
import {
  type ChatMessage,
  type Conversation,
  conversation,
  type ExportFile,
  exportFile,
  message,
  type Summary,
} from "./api.ts";
import { checkSizes } from "./imports.ts";
import { takeConversation } from "./inlet.ts";
import { fold } from "./search.ts";
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

/** An export file whose trees are trees; nothing else is taken in. */
export const importBody = exportFile.extend({
  conversations: z.array(
    conversation
      .omit({ snippet: true })
      .extend({
        title: text,
        createdAt: date,
        updatedAt: date,
        messages: z.array(message.extend({ id: text.min(1), content: text, createdAt: date })),
      })
      .superRefine(checkTree),
  ),
});
type Imported = z.output<typeof importBody>["conversations"][number];

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
  kit: Kit,
  owner: string,
  file: z.output<typeof importBody>,
): Promise<Summary[]> {
  checkSizes(file.conversations);
  const renewed = file.conversations.map(renew);
  try {
    // Before the transaction, in which nobody else can ask the database anything.
    const taken: Conversation[] = [];
    for (const one of renewed) taken.push(await takeConversation(kit, owner, one));
    return await store.add(owner, taken);
  } catch (thrown) {
    await kit.forgetConversations?.(renewed.map(({ id }) => id));
    throw thrown;
  }
}

function renew(imported: Imported): Conversation {
  const ids = new Map(imported.messages.map(({ id }) => [id, newId()] as const));
  const renewId = (id: string | null) => (id === null ? null : (ids.get(id) ?? null));
  const messages = imported.messages.map((one) => ({
    ...one,
    id: renewId(one.id) ?? newId(),
    parentId: renewId(one.parentId),
    status: one.status === "running" ? ("interrupted" as const) : one.status,
    details: one.details?.memoryBegins
      ? { ...one.details, memoryBegins: renewId(one.details.memoryBegins) }
      : one.details,
  }));
  const currentId = renewId(imported.currentId) ?? messages.at(-1)?.id ?? null;
  return { ...imported, id: newId(), snippet: null, messages, currentId };
}

/** An export file as text, one conversation at a time, so that its size does not matter. */
export async function* exportJson(
  conversations: AsyncIterable<Conversation> | Iterable<Conversation>,
): AsyncGenerator<string> {
  const head: Omit<ExportFile, "conversations"> = {
    format: "charla.conversations",
    version: 1,
    exportedAt: new Date().toISOString(),
    answers: AI_LABEL,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"conversations":[`;
  let separator = "\n";
  for await (const { snippet: _, ...one } of conversations) {
    yield separator + JSON.stringify(one);
    separator = ",\n";
  }
  yield "]}\n";
}

/** A person's conversations; one that is deleted before its turn is left out. */
export async function* readAll(
  store: Store,
  owner: string,
  ids: readonly string[],
): AsyncGenerator<Conversation> {
  for (const id of ids) {
    const found = await store.read(owner, id).catch(unlessGone);
    if (found) yield found;
  }
}

/** A reader takes its time, and meanwhile a conversation may be deleted. */
function unlessGone(thrown: unknown): undefined {
  if (!(thrown instanceof CharlaError && thrown.code === "conversation_not_found")) throw thrown;
}

const HEADINGS = {
  en: { user: "You", untitled: "Conversation" },
  es: { user: "Tú", untitled: "Conversación" },
};

/** The branch that was looked at last, as a document. */
export function toMarkdown(conversation: Conversation, language: "en" | "es"): string {
  const { user, untitled } = HEADINGS[language];
  const path = pathTo(conversation.messages, conversation.currentId);
  const parts = [frontMatter(path), `# ${conversation.title || untitled}`];
  for (const { role, content, details } of path) {
    if (content === "") continue;
    const who = role === "user" ? user : (details?.modelName ?? details?.model ?? "Charla");
    parts.push(`## ${who.replace(/\s+/g, " ")}`, content.trim());
  }
  return `${parts.join("\n\n")}\n`;
}

/** In YAML, for programs: that and by which models the answers were written, and when. */
function frontMatter(path: readonly ChatMessage[]): string {
  const answers = path.filter(({ role }) => role === "assistant");
  const models = new Set(answers.map(({ details }) => details?.model ?? "unknown"));
  const { mode, digitalSourceType } = AI_LABEL;
  return [
    "---",
    `ai-disclosure: ${mode}`,
    `digital-source-type: ${digitalSourceType}`,
    `models: ${JSON.stringify([...models])}`,
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
