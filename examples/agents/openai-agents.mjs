// An agent of OpenAI's Agents SDK with a tool of its own: CHARLA_URL=http://127.0.0.1:8080 node openai-agents.mjs "How is it in Cadiz?"
// Needs the packages @openai/agents and zod, and a model that knows tools.
import { Agent, OpenAIProvider, Runner, tool } from "@openai/agents";
import * as z from "zod";

const { CHARLA_URL = "http://127.0.0.1:8080", CHARLA_KEY: apiKey = "none" } = process.env;
const weather = tool({
  name: "weather",
  description: "Tells the weather of a city.",
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => `sunny in ${city}`,
});
const agent = new Agent({ name: "Helper", model: "default", tools: [weather] });
const runner = new Runner({
  // By /v1/responses; useResponses: false asks /v1/chat/completions.
  modelProvider: new OpenAIProvider({ baseURL: `${CHARLA_URL}/v1`, apiKey, useResponses: true }),
  // Traces would go to OpenAI.
  tracingDisabled: true,
});
const { finalOutput } = await runner.run(agent, process.argv[2]);
console.log(finalOutput);
