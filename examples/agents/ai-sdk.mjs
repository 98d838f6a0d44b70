// An agent of the AI SDK's with a tool of its own: CHARLA_URL=http://127.0.0.1:8080 node ai-sdk.mjs "How is it in Cadiz?"
// Needs the packages ai, @ai-sdk/openai-compatible and zod, and a model that knows tools.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, stepCountIs, tool } from "ai";
import * as z from "zod";

const { CHARLA_URL = "http://127.0.0.1:8080", CHARLA_KEY: apiKey } = process.env;
const charla = createOpenAICompatible({ name: "charla", baseURL: `${CHARLA_URL}/v1`, apiKey });
const { text } = await generateText({
  model: charla.chatModel("default"),
  prompt: process.argv[2],
  stopWhen: stepCountIs(5),
  tools: {
    weather: tool({
      description: "Tells the weather of a city.",
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => `sunny in ${city}`,
    }),
  },
});
console.log(text);
