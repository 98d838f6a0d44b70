/** What a model, or a program, can ask of a text: whether this server has written it. */
import * as z from "zod";
import { type Tool, tool, toolText } from "../../../core/toolbox.ts";
import { type DetectReply, MAX_TEXT } from "./api.ts";

/** For the model; what is not found proves nothing, which it has to say as well. */
const SAID: Readonly<Record<DetectReply["verdict"], string>> = {
  found: "The text carries the mark of this server: a model here has written it, or most of it.",
  unclear: "The text may carry the mark of this server, but that is not certain.",
  none: "No mark of this server was found, which proves nothing: it may be unmarked or rewritten.",
  inconclusive: "The text is too short to say.",
};

export const verifyTool = (
  look: (text: string, signal: AbortSignal) => Promise<Omit<DetectReply, "heat">>,
): Tool =>
  tool({
    name: "verify_text",
    label: { en: "Verify a text", es: "Verificar un texto" },
    about: {
      en: "Says whether a text carries the mark of this server's models.",
      es: "Dice si un texto lleva la marca de los modelos de este servidor.",
    },
    description:
      "Says whether a text carries the watermark with which this server marks what its models write.",
    input: z.strictObject({ text: toolText(MAX_TEXT).describe("the text as it stands") }),
    reads: [],
    scope: "chat",
    limitMs: 60_000,
    async run({ text }, { signal }) {
      const { verdict, chance, tokens, scored, passage } = await look(text, signal);
      return `${SAID[verdict]}\n${JSON.stringify({ verdict, chance, tokens, scored, passage })}`;
    },
  });
