/** From files to the questions that a teacher answers: each once, in as many as it is sensible to ask. */
import type { ChatMessage } from "../data/chat.ts";
import { chatsOf, sourceOf, treesOf } from "../data/formats.ts";
import { type DataFile, LEAST_CHATS, normal } from "../data/prepare.ts";
import { rowsOf } from "../data/rows.ts";
import { fewQuestions, manyQuestions } from "./errors.ts";
import { type Item, MOST_QUESTIONS } from "./plan.ts";

/**
 * What a chat says up to its last question. The answers before are those that there were: they are read
 * and not learned.
 *
 * @param mask gives a text without personal data; absent: they stay as they are
 * @throws CharlaError `training_data_unreadable`, `training_questions_...`
 */
export async function questionsOf(
  files: readonly DataFile[],
  mask?: (text: string) => Promise<string>,
): Promise<readonly Item[]> {
  const found = new Map<string, { messages: ChatMessage[]; from?: string }>();
  for (const { name, text } of files) {
    for (const row of treesOf(rowsOf(name, text))) {
      const from = sourceOf(row);
      for (const chat of chatsOf(row) ?? []) {
        const asked = upToQuestion(chat);
        if (!asked) continue;
        const key = keyOf(asked);
        if (found.has(key)) continue;
        found.set(key, { messages: asked, ...(from && { from }) });
      }
    }
  }
  if (found.size > MOST_QUESTIONS) throw manyQuestions(found.size, MOST_QUESTIONS);
  if (found.size < LEAST_CHATS) throw fewQuestions(found.size, LEAST_CHATS);
  const items = [...found.values()];
  if (!mask) return items;
  const masked: Item[] = [];
  for (const { messages, ...rest } of items) {
    const kept: ChatMessage[] = [];
    for (const one of messages) kept.push({ ...one, content: await mask(one.content) });
    masked.push({ ...rest, messages: kept });
  }
  return masked;
}

/** Two that say the same are one question. */
const keyOf = (messages: readonly ChatMessage[]): string =>
  JSON.stringify(messages.map(({ role, content }) => [role, normal(content)]));

/** @returns undefined where nothing is asked, or the two do not alternate */
function upToQuestion(chat: readonly ChatMessage[]): ChatMessage[] | undefined {
  const last = chat.findLastIndex(({ role, content }) => role === "user" && content !== "");
  if (last < 0) return undefined;
  const kept = chat.slice(0, last + 1);
  const talk = kept[0]?.role === "system" ? kept.slice(1) : kept;
  const wrong = talk.some(
    ({ role, content }, at) => role !== (at % 2 === 0 ? "user" : "assistant") || content === "",
  );
  if (wrong) return undefined;
  return kept.map((one) => (one.role === "assistant" ? { ...one, weight: 0 } : one));
}
