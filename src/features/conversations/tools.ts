/** What a model, or a program, can do with the chats of its person: search in them, and read one. */
import * as z from "zod";
import { type Tool, tool, toolText } from "../../core/toolbox.ts";
import type { Store } from "./store.ts";
import { pathTo } from "./tree.ts";

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
      "ids, dates and the text around them.",
    input: z.strictObject({ words: toolText(200).describe("few words, such as: invoice March") }),
    // An old chat can hold what somebody has pasted into it, or what a page has said.
    reads: ["private", "foreign"],
    scope: "conversations:read",
    limitMs: 20_000,
    async run({ words }, { owner, conversation, signal }) {
      const { items, total = 0 } = await store.list(owner, { q: words, limit: MOST + 1 }, signal);
      const found = items.filter(({ id }) => id !== conversation).slice(0, MOST);
      if (found.length === 0) return "No other chat holds all of these words.";
      const lines = found.map(({ id, title, updatedAt, snippet }) => {
        const text = snippet?.replace(/[\u{E000}\u{E001}]/gu, "");
        const day = updatedAt.slice(0, 10);
        return `- ${title || "(no title)"} (${day}, id ${id})${text ? `: ${text}` : ""}`;
      });
      return [`${total} chats hold them; the newest:`, ...lines].join("\n");
    },
  });

/** Characters that are given at a time. */
const PART = 20_000;

export const readTool = (store: Store): Tool =>
  tool({
    name: "read_chat",
    label: { en: "Read a chat of mine", es: "Leer un chat mío" },
    about: {
      en: "Reads one of your other chats, after a search has found it.",
      es: "Lee uno de tus otros chats, después de que una búsqueda lo encuentre.",
    },
    description:
      "Gives the text of one of the person's own chats by the id that search_chats has told, from the " +
      `first message on, ${PART} characters at a time.`,
    input: z.strictObject({
      id: toolText(100).describe("of the chat, as search_chats tells it"),
      from: z.int().min(0).default(0).describe("character to go on from"),
    }),
    reads: ["private", "foreign"],
    scope: "conversations:read",
    limitMs: 20_000,
    async run({ id, from }, { owner }) {
      const { title, messages, currentId } = await store.read(owner, id);
      const said = pathTo(messages, currentId).map(
        ({ role, content }) => `${role === "user" ? "Person" : "Answer"}: ${content}`,
      );
      const text = [title, ...said].filter(Boolean).join("\n\n");
      const part = text.slice(from, from + PART).toWellFormed();
      if (part === "") return "There is nothing from there on.";
      const left = text.length - from - PART;
      return left > 0 ? `${part}\n[${left} characters more, from ${from + PART} on.]` : part;
    },
  });
