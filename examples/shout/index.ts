/**
 * A whole feature in one folder: a step around every turn, a route, and a command. With it, a
 * message that ends in "!!" is answered in capitals.
 *
 * To plug it in, copy the folder to `src/features/shout/` and write `../../core/` for
 * `../../src/core/` in its imports; then, in `src/app.ts`, import it and add `shout()` to the list
 * of features. To take it out, undo both.
 */
import * as z from "zod";
import type { Feature } from "../../src/core/feature.ts";
import { route, text } from "../../src/core/route.ts";
import type { Step } from "../../src/core/turn.ts";

export function shout(): Feature {
  let answers = 0;

  const step: Step = async function* (turn, next) {
    if (!turn.messages.at(-1)?.content.endsWith("!!")) return yield* next(turn);
    answers += 1;
    for await (const delta of next(turn)) {
      yield delta.type === "text" ? { ...delta, text: delta.text.toUpperCase() } : delta;
    }
  };

  return {
    name: "shout",
    steps: [step],
    routes: () => [
      route({
        method: "get",
        path: "/api/shout",
        summary: "Says how many answers were in capitals, and shows what a text would look like.",
        query: z.object({ text: text.default("hello") }),
        reply: z.object({ answers: z.number(), example: z.string() }),
        handle: ({ query }) => ({ answers, example: query.text.toUpperCase() }),
      }),
    ],
    commands(program) {
      program
        .command("shout <text>")
        .description("say a text in capitals")
        .action((text: string) => console.log(text.toUpperCase()));
    },
  };
}
