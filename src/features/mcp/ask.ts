/** The tool `ask`: a question to a model of this server, of which nothing is stored. */
import * as z from "zod";
import { type Tool, tool, toolText } from "../../core/toolbox.ts";
import type { RunTurn } from "../../core/turn.ts";
import { DEFAULT_SAMPLING, type Message } from "../../core/types.ts";

const TEN_MINUTES = 10 * 60_000;

export const askTool = (run: RunTurn): Tool =>
  tool({
    name: "ask",
    label: { en: "Ask a model", es: "Preguntar a un modelo" },
    about: {
      en: "Asks a model of this server a question.",
      es: "Hace una pregunta a un modelo de este servidor.",
    },
    description:
      "Asks a language model of the person's own server. Nothing is stored. It knows neither this " +
      "conversation nor the person's chats and files: the question has to say all that matters.",
    input: z.strictObject({
      question: toolText(200_000),
      instructions: toolText(50_000).optional().describe("what the model should keep in mind"),
      model: toolText(1000).optional().describe("id of a model; the server's own choice if absent"),
    }),
    reads: [],
    scope: "chat",
    limitMs: TEN_MINUTES,
    async run({ question, instructions, model }, { signal }) {
      const messages: Message[] = [
        ...(instructions === undefined ? [] : [{ role: "system" as const, content: instructions }]),
        { role: "user", content: question },
      ];
      let said = "";
      const turn = { messages, model, sampling: DEFAULT_SAMPLING, origin: "api", signal };
      for await (const delta of run(turn)) if (delta.type === "text") said += delta.text;
      return said || "The model has given no answer.";
    },
  });
