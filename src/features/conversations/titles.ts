/**
 * Titles: the first words of the question at once, the model's own after its first answer. A
 * title is data wherever it comes from: one line, no control or direction characters, 80 at most.
 */
import { fold } from "../../core/folded.ts";
import type { Belongs } from "../../core/intake.ts";
import type { RunTurn } from "../../core/turn.ts";
import type { Message } from "../../core/types.ts";

/** UTF-16 units, so that every database and screen agrees. */
const MAX_TITLE = 80;
const MAX_FIRST_WORDS = 50;
/** Units of question and answer that the model sees; a title needs no more. */
const MAX_EXCERPT = 600;
const MAX_TITLE_TOKENS = 24;

/** One clean line of at most 80 characters; empty when nothing is left. */
export function cleanTitle(text: string): string {
  const line = text
    .toWellFormed()
    // Format characters can reverse or hide text; U+200D alone holds emoji together.
    .replace(/(?!\u200D)[\p{Cf}\p{Co}]/gu, "")
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return cut(line, MAX_TITLE);
}

/** The first words of a question. */
export function firstWords(question: string): string {
  const title = cleanTitle(question.slice(0, 1000));
  if (title.length <= MAX_FIRST_WORDS) return title;
  const words = cut(title, MAX_FIRST_WORDS);
  const space = words.lastIndexOf(" ");
  return `${(space > 0 ? words.slice(0, space) : words).trimEnd()}…`;
}

/** Shortens without leaving half of a character. */
function cut(text: string, units: number): string {
  return text
    .slice(0, units)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trimEnd();
}

/**
 * Asks the model for a title.
 *
 * @returns null when what it gives is no title; small models often do that
 */
export async function askTitle(
  run: RunTurn,
  model: string | undefined,
  question: string,
  answer: string,
  belongs: Belongs,
  signal: AbortSignal,
): Promise<string | null> {
  const messages = titlePrompt(question, answer);
  const sampling = { temperature: 0, topP: 1, maxTokens: MAX_TITLE_TOKENS };
  let written = "";
  for await (const delta of run({ messages, sampling, model, origin: "title", belongs, signal })) {
    if (delta.type === "start" && delta.start.model.starter) return null;
    if (delta.type === "text") written += delta.text;
    if (delta.type === "finish" && delta.finish.reason !== "stop") return null;
  }
  return sane(written, `${question} ${answer}`);
}

/** One message of the user, which holds the beginning of both texts. */
export function titlePrompt(question: string, answer: string): readonly Message[] {
  const excerpt = (text: string) => cut(text, MAX_EXCERPT);
  const content =
    "Write a title of two to six words for the following chat, in its language. " +
    "Answer with the title alone.\n\n" +
    `User: ${excerpt(question)}\n\nAssistant: ${excerpt(answer)}`;
  return [{ role: "user", content }];
}

/** A title is short, one line, and shares a word of some length with what was said. */
export function sane(written: string, said: string): string | null {
  const [line = "", ...more] = written.trim().split(/\n+/);
  const plain = line.replace(/\*+|`+|__|^#+\s*/g, "");
  const bare = plain.replace(/^\W*(title|título|titulo)\W*:\s*/i, "");
  const title = cleanTitle(bare.replace(/^[\s"'«“]+|[\s"'»”.]+$/g, ""));
  const topics = fold(title).match(/\p{L}{4,}/gu) ?? [];
  const chat = fold(said);
  const count = title.split(" ").length;
  const fits = more.length === 0 && bare.length <= MAX_TITLE && count >= 2 && count <= 9;
  return fits && topics.some((word) => chat.includes(word)) ? title : null;
}
