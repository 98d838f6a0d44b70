/** What a model can do with the chats of its person, where that person allows it: search in them. */
import * as z from "zod";
import { type Tool, tool, toolText } from "../../core/toolbox.ts";
import type { Store } from "./store.ts";

const MOST = 8;

export const searchTool = (store: Store): Tool =>
  tool({
    name: "search_chats",
    label: { en: "Search my chats", es: "Buscar en mis chats" },
    about: {
      en: "Looks up what was said in your other chats.",
      es: "Busca lo que se dijo en tus otros chats.",
    },
    description:
      "Searches the person's own chats for messages that hold all of some words, and gives titles, " +
      "dates and the text around them.",
    input: z.strictObject({ words: toolText(200).describe("few words, such as: invoice March") }),
    // An old chat can hold what somebody has pasted into it, or what a page has said.
    reads: ["private", "foreign"],
    limitMs: 20_000,
    async run({ words }, { owner, conversation, signal }) {
      const { items, total = 0 } = await store.list(owner, { q: words, limit: MOST + 1 }, signal);
      const found = items.filter(({ id }) => id !== conversation).slice(0, MOST);
      if (found.length === 0) return "No other chat holds all of these words.";
      const lines = found.map(({ title, updatedAt, snippet }) => {
        const text = snippet?.replace(/[\u{E000}\u{E001}]/gu, "");
        return `- ${title || "(no title)"} (${updatedAt.slice(0, 10)})${text ? `: ${text}` : ""}`;
      });
      return [`${total} chats hold them; the newest:`, ...lines].join("\n");
    },
  });
