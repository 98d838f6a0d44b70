/** What the example does once it is opened: it counts the answers that it has changed. */
import * as z from "zod";
import { openable } from "../../core/feature.ts";
import { route, text } from "../../core/route.ts";
import type { Step } from "../../core/turn.ts";

export const shout = openable({
  name: "shout",
  open() {
    let answers = 0;
    const step: Step = async function* (turn, next) {
      if (!turn.messages.at(-1)?.content.endsWith("!!")) return yield* next(turn);
      answers += 1;
      for await (const delta of next(turn)) {
        yield delta.type === "text" ? { ...delta, text: delta.text.toUpperCase() } : delta;
      }
    };
    return {
      steps: [step],
      routes: [
        route({
          method: "get",
          path: "/api/shout",
          summary: "Says how many answers were in capitals, and shows what a text would look like.",
          query: z.object({ text: text.default("hello") }),
          reply: z.object({ answers: z.number(), example: z.string() }),
          handle: ({ query }) => ({ answers, example: query.text.toUpperCase() }),
        }),
      ],
    };
  },
});
