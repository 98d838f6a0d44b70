/**
 * From a row to chats: OpenAI's messages, ShareGPT, Alpaca, questions with answers, Charla's own export,
 * and the trees of OpenAssistant (each way from the root to a leaf through the best answers).
 */
import type { ChatMessage } from "./chat.ts";
import { isObject, type Row } from "./rows.ts";

type Loose = { readonly role: string; readonly content: string; readonly weight?: 0 };

const NAMES: Readonly<Record<string, ChatMessage["role"]>> = {
  ...{ system: "system", developer: "system" },
  ...{ user: "user", human: "user", prompter: "user", usuario: "user" },
  ...{ assistant: "assistant", gpt: "assistant", bot: "assistant", model: "assistant" },
  ...{ chatgpt: "assistant", asistente: "assistant" },
};
const QUESTION = ["question", "prompt", "pregunta", "query"];
const ANSWER = ["answer", "response", "completion", "output", "respuesta", "reference"];

/** @returns the messages of each chat with their roles as we name them; undefined: no known shape */
export function chatsOf(row: unknown): readonly (readonly ChatMessage[])[] | undefined {
  const found = looseOf(row);
  return found?.map((messages) =>
    messages.flatMap(({ role, content, weight }) => {
      const known = NAMES[role.toLowerCase()];
      const read = weight === 0 && known === "assistant" ? { weight } : {};
      // What tools said is none of the two who talk.
      return known === undefined ? [] : [{ role: known, content: content.trim(), ...read }];
    }),
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The stored chat that a row of Charla's own comes from. */
export const sourceOf = (row: unknown): string | undefined =>
  isObject(row) && typeof row.id === "string" && UUID.test(row.id) ? row.id : undefined;

function looseOf(row: unknown): readonly (readonly Loose[])[] | undefined {
  if (!isObject(row)) return undefined;
  if (isObject(row.prompt) && Array.isArray(row.prompt.replies)) return pathsOf(row.prompt);
  const list = row.messages ?? row.conversations ?? row.conversation;
  if (Array.isArray(list)) return branched(list) ?? [list.flatMap(looseMessage)];
  const instruction = textOf(row, ["instruction", "instrucción", "instruccion"]);
  if (instruction !== undefined) {
    const input = textOf(row, ["input"]) ?? "";
    const asked = input.trim() === "" ? instruction : `${instruction}\n\n${input}`;
    return [exchange(asked, textOf(row, ANSWER), textOf(row, ["system"]))];
  }
  const question = textOf(row, QUESTION);
  if (question === undefined) return undefined;
  return [exchange(question, textOf(row, ANSWER), textOf(row, ["system"]))];
}

function exchange(question: string, answer = "", system?: string): readonly Loose[] {
  return [
    ...(system ? [{ role: "system", content: system }] : []),
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ];
}

function textOf(row: Row, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = row[name];
    if (typeof value === "string") return value;
    if (Array.isArray(value) && typeof value[0] === "string") return value[0];
  }
  return undefined;
}

function looseMessage(one: unknown): readonly Loose[] {
  if (!isObject(one)) return [];
  const role = one.role ?? one.from;
  const content = one.content ?? one.value ?? one.text;
  if (typeof role !== "string") return [];
  const read = one.weight === 0 ? { weight: 0 as const } : {};
  if (typeof content === "string") return [{ role, content, ...read }];
  // Parts, as OpenAI's newer files have them.
  if (!Array.isArray(content)) return [];
  const parts = content.flatMap((part) =>
    isObject(part) && typeof part.text === "string" ? [part.text] : [],
  );
  return [{ role, content: parts.join(""), ...read }];
}

/** Of Charla's own export, whose messages name the one before: the branch that was written last. */
function branched(list: readonly unknown[]): readonly (readonly Loose[])[] | undefined {
  const messages = list.filter(isObject);
  if (!messages.every((one) => typeof one.id === "string" && "parentId" in one)) return undefined;
  const byId = new Map(messages.map((one) => [one.id, one]));
  const path: Row[] = [];
  const seen = new Set<unknown>();
  for (let at = messages.at(-1); at && !seen.has(at.id); at = byId.get(at.parentId)) {
    seen.add(at.id);
    path.unshift(at);
  }
  return messages.length === 0 ? [[]] : [path.flatMap(looseMessage)];
}

/** The first question with its best answer, and so on, without recursion. */
function pathsOf(root: Row): readonly (readonly Loose[])[] {
  const path: Loose[] = [];
  let at: Row | undefined = root;
  while (at) {
    if (at.deleted === true || at.review_result === false) break;
    path.push(...looseMessage(at));
    const replies: readonly unknown[] = Array.isArray(at.replies) ? at.replies : [];
    const usable: readonly Row[] = replies
      .filter(isObject)
      .filter(({ deleted, review_result }) => deleted !== true && review_result !== false);
    at = usable.toSorted((a, b) => Number(a.rank ?? 99) - Number(b.rank ?? 99))[0];
  }
  return [path];
}

/** Loose messages of OpenAssistant's flat files, put together to trees. */
export function treesOf(rows: readonly unknown[]): readonly unknown[] {
  const messages = rows.filter(isObject);
  const flat = (one: Row) => typeof one.message_id === "string" && typeof one.role === "string";
  if (messages.length === 0 || !messages.every(flat)) return rows;
  const nodes = new Map(messages.map((one) => [one.message_id, { ...one, replies: [] as Row[] }]));
  const roots: Row[] = [];
  for (const node of nodes.values()) {
    const { parent_id: parent } = node as Row;
    const above = nodes.get(parent);
    if (above) above.replies.push(node);
    else roots.push(node);
  }
  return roots.map((prompt) => ({ prompt }));
}
