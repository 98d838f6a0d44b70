/** A person's rights over what the placeholders of the own chats stand for. */
import type { Rights } from "../../core/rights.ts";
import type { Books } from "./store.ts";

export function rightsOf(books: Books): Rights {
  return {
    async *collect(person) {
      for (const conversation of await books.conversations(person)) {
        const entries = await books.entries(person, conversation);
        const values = entries.filter(({ value }) => value !== null);
        if (values.length === 0) continue;
        const content = JSON.stringify(values, null, 2);
        yield { path: `personal-data/${conversation}.json`, content: `${content}\n` };
      }
    },
    async erase(person) {
      return [
        {
          what: "placeholders",
          words: {
            en: "Personal data behind placeholders",
            es: "Datos personales tras los marcadores",
          },
          count: await books.erase(person),
        },
      ];
    },
    giveTo: (from, to) => books.giveTo(from, to),
  };
}
