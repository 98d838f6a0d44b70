/** Questions from a description: what the teacher is told, and what is taken of what it writes. */
import type { Message } from "../../../core/types.ts";
import { normal } from "../data/prepare.ts";
import type { Description } from "../data/provenance.ts";

/** Questions that are wished at once: more make a small model repeat itself. */
export const AT_ONCE = 10;
/** Of those that there are, so many are shown to be left alone. */
const SHOWN = 8;
/** Characters of a question. */
const [SHORTEST, LONGEST] = [8, 600];
/** Of the words of two questions, so many are the same in what is asked twice. */
const ALIKE = 0.85;

const TEXTS = {
  en: {
    wish: "Write {n} different questions or requests that people send to an assistant, in English. They are about: {about}",
    tone: "People and assistant talk like this: {tone}.",
    form: "One a line, each behind its number, without an answer and without anything else.",
    others: "There are these already; write others:",
    answer: "Answer in English, correctly and to the point. What it is about: {about}",
  },
  es: {
    wish: "Escribe {n} preguntas o peticiones diferentes que la gente hace a un asistente, en español. Tratan de: {about}",
    tone: "La gente y el asistente hablan así: {tone}.",
    form: "Una por línea, cada una tras su número, sin respuesta y sin nada más.",
    others: "Ya están estas; escribe otras:",
    answer: "Responde en español, de forma correcta y sin rodeos. De qué se trata: {about}",
  },
} as const;

const put = (text: string, values: Readonly<Record<string, string | number>>) =>
  text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

/** @param known the questions that there are */
export function wishFor(
  { about, language, tone }: Description,
  n: number,
  known: readonly string[],
): readonly Message[] {
  const text = TEXTS[language];
  const lines = [
    put(text.wish, { n, about }),
    ...(tone ? [put(text.tone, { tone })] : []),
    text.form,
    ...(known.length > 0 ? [text.others, ...known.slice(-SHOWN).map((one) => `- ${one}`)] : []),
  ];
  return [{ role: "user", content: lines.join("\n") }];
}

/** What the teacher is told before it answers; the student learns to answer without. */
export function frameFor({ about, language, tone }: Description): Message {
  const text = TEXTS[language];
  const lines = [put(text.answer, { about }), ...(tone ? [put(text.tone, { tone })] : [])];
  return { role: "system", content: lines.join("\n") };
}

const NUMBERED = /^\s*(?:\(?\d{1,4}\s*[.):\]-]|[-*•–])\s*/u;

/** The lines of a list; others are what a model says around it. */
export function listed(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    if (!NUMBERED.test(line)) return [];
    const question = line
      .replace(NUMBERED, "")
      .replace(/^(?:\*\*|["“«'])+|(?:\*\*|["”»'])+$/gu, "")
      .trim();
    const fits = question.length >= SHORTEST && question.length <= LONGEST;
    return fits ? [question] : [];
  });
}

const wordsOf = (text: string) => new Set(normal(text).match(/[\p{L}\p{N}]+/gu) ?? []);

/** Whether it asks what one of the others asks, in about the same words. */
export function isAsked(question: string, others: readonly string[]): boolean {
  const own = wordsOf(question);
  return others.some((other) => {
    const theirs = wordsOf(other);
    const both = [...own].filter((word) => theirs.has(word)).length;
    return both >= ALIKE * (own.size + theirs.size - both);
  });
}
