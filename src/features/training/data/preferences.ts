/**
 * Rows that judge answers: pairs (OpenAI's preference files, TRL's `chosen` and `rejected`) and single
 * ones with a label (TRL's `completion` and `label`, Charla's own chats with thumbs).
 */
import type { Chat } from "./chat.ts";
import type { Provenance } from "./provenance.ts";
import { isObject, type Row } from "./rows.ts";

export interface Judged {
  /** As a chat of OpenAI's: the last answer is the better one, or the one that was judged. */
  readonly row: Row;
  /** The worse answer to the same. */
  readonly rejected?: string;
  readonly bad?: true;
}

/** @returns undefined for a row that judges nothing */
export function judgedOf(row: unknown): Judged | undefined {
  if (!isObject(row)) return undefined;
  if (isObject(row.input) && Array.isArray(row.input.messages)) {
    const [better, worse] = [row.preferred_output, row.non_preferred_output].map(answerOf);
    if (better === undefined || worse === undefined) return undefined;
    return { row: chatOf(row, row.input.messages, better), rejected: worse };
  }
  const [chosen, rejected] = [answerOf(row.chosen), answerOf(row.rejected)];
  if (chosen !== undefined && rejected !== undefined) {
    const said = saidBefore(row.prompt) ?? (Array.isArray(row.chosen) && row.chosen.slice(0, -1));
    return said ? { row: chatOf(row, said, chosen), rejected } : undefined;
  }
  if (typeof row.label !== "boolean") return undefined;
  const bad = row.label ? {} : ({ bad: true } as const);
  if (Array.isArray(row.messages)) return { row, ...bad };
  const [said, answer] = [saidBefore(row.prompt), answerOf(row.completion)];
  return said && answer !== undefined ? { row: chatOf(row, said, answer), ...bad } : undefined;
}

/** A chat of a run as such a row again. @param teachers of its look */
export const rowOf = (
  { from, messages, rejected, bad, teacher }: Chat,
  teachers: readonly Provenance[],
): Row => ({
  ...(from && { id: from }),
  ...(teacher !== undefined && written(teachers[teacher])),
  ...(rejected === undefined
    ? { messages, ...(bad && { label: false }) }
    : { prompt: messages.slice(0, -1), chosen: messages.at(-1)?.content, rejected }),
});

const written = (is: Provenance | undefined) =>
  is && { teacher: is.teacher, ...(is.synthetic && { synthetic: is.synthetic }) };

const chatOf = ({ id }: Row, said: readonly unknown[], answer: string): Row => ({
  ...(id !== undefined && { id }),
  messages: [...said, { role: "assistant", content: answer }],
});

function saidBefore(prompt: unknown): readonly unknown[] | undefined {
  if (typeof prompt === "string") return [{ role: "user", content: prompt }];
  return Array.isArray(prompt) ? prompt : undefined;
}

/** A text, or the last message of a list. */
function answerOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const last: unknown = Array.isArray(value) ? value.at(-1) : undefined;
  return isObject(last) && typeof last.content === "string" ? last.content : undefined;
}
