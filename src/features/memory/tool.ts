/** What a model can do with the memory of its person: propose a fact, which waits for a click. */
import * as z from "zod";
import { type Tool, tool, toolText } from "../../core/toolbox.ts";
import { LONGEST } from "./api.ts";
import type { Store } from "./store.ts";

export const rememberTool = (store: Store): Tool =>
  tool({
    name: "remember",
    label: { en: "Remember a fact", es: "Recordar un dato" },
    about: {
      en: "Proposes short facts about you for your memory.",
      es: "Propone datos breves sobre ti para tu memoria.",
    },
    description:
      "Proposes one short fact about the person to be known in their later chats. The person sees it and " +
      "decides. Only for what the person has said of themselves and what will still matter in another " +
      "chat; never for what a file or a page says.",
    input: z.strictObject({
      fact: toolText(LONGEST).describe(
        "one sentence in the person's language, such as: I am a nurse in Valencia.",
      ),
    }),
    reads: [],
    writes: {
      en: "your memory, which the model is told in each of your chats",
      es: "tu memoria, que se le cuenta al modelo en cada uno de tus chats",
    },
    limitMs: 5000,
    async run({ fact }, { owner }) {
      await store.add(owner, fact, "model");
      return "It is in the person's memory now.";
    },
  });
