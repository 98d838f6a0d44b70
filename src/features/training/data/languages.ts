/** Which language chats are in, as far as the commonest words of English and Spanish tell. */
import type { Chat } from "./chat.ts";

export interface Languages {
  readonly en: number;
  readonly es: number;
  readonly other: number;
}

const WORDS = {
  en: "the of and to in is that it for you was with are be this have not or from at what how can your",
  es: "de la que el en y los se del las un por con no una su para es al lo como más pero sus qué cómo",
} as const;
const SETS = { en: new Set(WORDS.en.split(" ")), es: new Set(WORDS.es.split(" ")) };
/** Of a hundred words, so many common ones make a text of the language. */
const SHARE = 0.12;

export function languagesOf(chats: readonly Chat[]): Languages {
  const counts = { en: 0, es: 0, other: 0 };
  for (const one of chats) counts[languageOf(one)] += 1;
  return counts;
}

export function languageOf({ messages }: Pick<Chat, "messages">): keyof Languages {
  const text = messages.map(({ content }) => content).join(" ");
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const share = (set: ReadonlySet<string>) =>
    words.filter((word) => set.has(word)).length / Math.max(1, words.length);
  const [en, es] = [share(SETS.en), share(SETS.es)];
  if (Math.max(en, es) < SHARE) return "other";
  return en > es ? "en" : "es";
}
