/** Agents of LangChain and the AI SDK, unmodified, over several steps and turns. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, stepCountIs, tool } from "ai";
import { createAgent, HumanMessage, tool as langchainTool } from "langchain";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { only, type Request } from "../../../src/core/engine.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { ROOT } from "../../fixtures/charla.ts";
import { calling, type Saying, toy } from "../../fixtures/toy.ts";
import { type Served, serve } from "../core/serve.ts";

/** Calls the tool that it is offered, says what came of it, and gives a city where JSON is asked for. */
function answer({ messages, extras }: Request): readonly Saying[] {
  const last = messages.at(-1);
  if (last?.toolCallId !== undefined) return [`It is ${last.content}`];
  const [offered] = extras?.tools?.list ?? [];
  if (offered) return [calling(offered.name, { city: "Cadiz" }, `call_${messages.length}`)];
  if (extras?.grammar) return [JSON.stringify({ city: "Cadiz" })];
  return [`You said ${last?.content}`];
}

const { engine, asked } = toy(answer);
let served: Served;
beforeAll(async () => {
  served = await serve(only(engine), [openai]);
});
afterAll(() => served[Symbol.asyncDispose]());
beforeEach(() => {
  asked.length = 0;
});

const run = promisify(execFile);

const City = z.object({ city: z.string().describe("Its name") });
const model = () =>
  new ChatOpenAI({
    ...{ model: "toy", apiKey: "none", maxRetries: 0 },
    configuration: { baseURL: `${served.url}/v1` },
  });
const weather = langchainTool(async ({ city }) => `sunny in ${city}`, {
  ...{ name: "weather", description: "Tells the weather of a city.", schema: City },
});

test("LangChain's agent calls a tool, answers, and goes on in the next turn", async () => {
  const agent = createAgent({ model: model(), tools: [weather], name: "helper" });
  const first = await agent.invoke({ messages: [new HumanMessage("How is it in Cadiz?")] });
  expect(first.messages.at(-1)?.content).toBe("It is sunny in Cadiz");
  const again = [...first.messages, new HumanMessage({ content: "And now?", name: "Ana" })];
  const second = await agent.invoke({ messages: again });
  expect(second.messages.at(-1)?.content).toBe("It is sunny in Cadiz");
  expect(second.messages).toHaveLength(8);
  expect(asked).toHaveLength(4);
  const [call] = asked.at(-1)?.messages.flatMap(({ toolCalls }) => toolCalls ?? []) ?? [];
  expect(call).toMatchObject({ name: "weather", arguments: '{"city":"Cadiz"}' });
});

test("LangChain's agent streams its steps", async () => {
  const agent = createAgent({ model: model(), tools: [weather] });
  const question = { messages: [new HumanMessage("How is it in Cadiz?")] };
  const texts: string[] = [];
  for await (const [message] of await agent.stream(question, { streamMode: "messages" })) {
    if (message.type === "ai") texts.push(message.text);
  }
  expect(texts.join("")).toBe("It is sunny in Cadiz");
});

test("LangChain fills a form, by a schema and by a tool", async () => {
  for (const method of ["jsonSchema", "functionCalling", "jsonMode"] as const) {
    const form = model().withStructuredOutput(City, { method });
    expect(await form.invoke("Which city?")).toEqual({ city: "Cadiz" });
  }
});

test("the AI SDK's agent calls a tool and answers", async () => {
  const provider = createOpenAICompatible({ name: "charla", baseURL: `${served.url}/v1` });
  const { text, steps } = await generateText({
    model: provider.chatModel("toy"),
    prompt: "How is it in Cadiz?",
    stopWhen: stepCountIs(3),
    tools: {
      weather: tool({
        ...{ description: "Tells the weather of a city.", inputSchema: City },
        execute: async ({ city }) => `sunny in ${city}`,
      }),
    },
  });
  expect(steps).toHaveLength(2);
  expect(text).toMatch(/^It is .*sunny in Cadiz/);
});

test.each(["langchain", "ai-sdk"])("the example %s runs as it stands", async (name) => {
  const script = join(ROOT, `examples/agents/${name}.mjs`);
  const env = { ...process.env, CHARLA_URL: served.url };
  const { stdout } = await run(process.execPath, [script, "How is it in Cadiz?"], { env });
  expect(stdout).toContain("sunny in Cadiz");
});
