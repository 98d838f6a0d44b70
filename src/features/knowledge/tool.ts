/** What a model can do with the files of its person, where that person allows it: search in them. */
import * as z from "zod";
import { type Tool, tool, toolText } from "../../core/toolbox.ts";
import type { Search } from "./finding/search.ts";
import { sourceOf } from "./places.ts";
import type { Files } from "./store.ts";

/** Passages of an answer. */
const MOST = 5;

export const searchTool = (files: Files, search: Search): Tool =>
  tool({
    name: "search_files",
    label: { en: "Search my files", es: "Buscar en mis archivos" },
    about: {
      en: "Looks up passages in all of your files.",
      es: "Busca pasajes en todos tus archivos.",
    },
    description:
      "Searches all files of the person for passages that answer a question, and gives their text with " +
      "the name of the file and the place in it.",
    input: z.strictObject({
      question: toolText(500).describe(
        "in the person's language, such as: notice period of the lease",
      ),
    }),
    // Somebody else may have written what is in a file.
    reads: ["private", "foreign"],
    scope: "files:read",
    limitMs: 60_000,
    async run({ question }, { owner, signal }) {
      const { hits } = await search.find(await files.list(owner), { text: question }, signal);
      const found: string[] = [];
      for (const hit of hits.slice(0, MOST)) {
        const passage = await search.passage(hit);
        if (passage) found.push(`${sourceOf(passage.name, passage.place, "en")}:\n${passage.text}`);
      }
      return found.length === 0 ? "Nothing in the files has to do with it." : found.join("\n\n");
    },
  });
