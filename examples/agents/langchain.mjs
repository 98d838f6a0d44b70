// An agent of LangChain's with a tool of its own: CHARLA_URL=http://127.0.0.1:8080 node langchain.mjs "How is it in Cadiz?"
// Needs the packages langchain, @langchain/openai and zod, and a model that knows tools.
import { ChatOpenAI } from "@langchain/openai";
import { createAgent, tool } from "langchain";
import * as z from "zod";

const { CHARLA_URL = "http://127.0.0.1:8080", CHARLA_KEY = "none" } = process.env;
const model = new ChatOpenAI({
  model: "default",
  apiKey: CHARLA_KEY,
  configuration: { baseURL: `${CHARLA_URL}/v1` },
});
const weather = tool(async ({ city }) => `sunny in ${city}`, {
  name: "weather",
  description: "Tells the weather of a city.",
  schema: z.object({ city: z.string() }),
});
const agent = createAgent({ model, tools: [weather] });
const { messages } = await agent.invoke({ messages: [{ role: "user", content: process.argv[2] }] });
console.log(messages.at(-1).content);
