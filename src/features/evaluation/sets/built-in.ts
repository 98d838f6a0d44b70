/**
 * The sets that come with Charla, written for it, in English and Spanish with the same ids: 100
 * questions that have one short answer, 60 chats for people to judge. They are published, so models
 * that were trained later may have seen them.
 */
import type { Item } from "./item.ts";
import type { BuiltIn } from "./names.ts";
import chats from "./own/chats.json" with { type: "json" };
import questions from "./own/questions.json" with { type: "json" };

const LANGUAGES = ["en", "es"] as const;
const OWN = { source: "own", licence: "Apache-2.0" } as const;

/** @param lang of both languages if absent */
export function builtIn(name: BuiltIn, lang?: "en" | "es"): Item[] {
  const wanted = LANGUAGES.filter((one) => lang === undefined || one === lang);
  return wanted.flatMap((one) => (name === "own-questions" ? questionsIn(one) : chatsIn(one)));
}

const questionsIn = (lang: "en" | "es"): Item[] =>
  questions.map((row) => {
    const [question = "", ...references] = row[lang];
    const messages = [{ role: "user" as const, content: question }];
    return { id: `${row.id}-${lang}`, lang, kind: "qa", messages, references, ...OWN };
  });

const chatsIn = (lang: "en" | "es"): Item[] =>
  chats.map((row) => ({
    ...{ id: `${row.id}-${lang}`, lang, kind: "chat" },
    messages: row[lang].map((content, at) => ({
      role: at % 2 === 0 ? ("user" as const) : ("assistant" as const),
      content,
    })),
    references: row.references?.[lang] ?? [],
    ...OWN,
  }));
