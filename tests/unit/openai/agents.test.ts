/** Agents of LangChain, the AI SDK and OpenAI's Agents SDK, unmodified, over several steps and turns. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { Agent, tool as agentTool, OpenAIProvider, Runner } from "@openai/agents";
import { generateText, stepCountIs, tool } from "ai";
import { createAgent, HumanMessage, tool as langchainTool } from "langchain";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { only, type Request } from "../../../src/core/engine.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { migrate, type OpenDatabase, openDatabase } from "../../../src/storage/index.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { ROOT } from "../../fixtures/charla.ts";
import { calling, type Saying, toy } from "../../fixtures/toy.ts";
import { sealing } from "../../fixtures/vault.ts";
import { type Served, serve } from "../core/serve.ts";

/** Calls the tool that it is offered, says what came of it, and gives a city where JSON is asked for. */
function answer({ messages, extras }: Request): readonly Saying[] {
  const last = messages.at(-1);
  const from = messages.findLastIndex(({ role, toolCallId }) => role === "user" && !toolCallId);
  const results = messages.slice(from + 1).filter(({ toolCallId }) => toolCallId !== undefined);
  if (results.length >= steps)
    return [`It is ${results.map(({ content }) => content).join(", then ")}`];
  const [offered] = extras?.tools?.list ?? [];
  if (offered) return [calling(offered.name, { city: "Cadiz" }, `call_${messages.length}`)];
  if (extras?.grammar) return [JSON.stringify({ city: "Cadiz" })];
  return [`You said ${last?.content}`];
}

/** Calls of an answer. */
let steps = 1;
const { engine, asked } = toy(answer);
let served: Served;
let opened: OpenDatabase;
let home: string;
beforeAll(async () => {
  // Responses are kept, to be gone on with.
  home = await mkdtemp(join(tmpdir(), "charla-agents-"));
  opened = await openDatabase(home);
  await migrate(opened.db, [vaultTables, openai]);
  served = await serve(only(engine), [openai], [], sealing(opened));
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await opened.close();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  asked.length = 0;
  steps = 1;
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

describe.each([true, false])("OpenAI's Agents SDK, by responses: %s", (useResponses) => {
  const agent = new Agent({
    ...{ name: "Helper", instructions: "Be brief.", model: "toy" },
    tools: ["weather", "forecast"].map((name) =>
      agentTool({
        ...{ name, description: "Tells the weather of a city.", parameters: City },
        execute: async ({ city }) => `${name} of ${city}`,
      }),
    ),
  });
  const runner = () =>
    new Runner({
      modelProvider: new OpenAIProvider({
        ...{ baseURL: `${served.url}/v1`, apiKey: "none", useResponses },
      }),
      tracingDisabled: true,
    });

  test("calls tools over several steps, answers, and goes on in the next turn", async () => {
    steps = 2;
    const first = await runner().run(agent, "How is it in Cadiz?");
    expect(first.finalOutput).toBe("It is weather of Cadiz, then weather of Cadiz");
    expect(first.rawResponses).toHaveLength(3);
    const again = [...first.history, { role: "user" as const, content: "And now?" }];
    const second = await runner().run(agent, again);
    expect(second.finalOutput).toBe(first.finalOutput);
    expect(asked).toHaveLength(6);
    expect(asked[0]?.extras?.tools?.list.map(({ name }) => name)).toEqual(["weather", "forecast"]);
  });

  test("streams its answer, and fills a form", async () => {
    const streamed = await runner().run(agent, "How is it in Cadiz?", { stream: true });
    let text = "";
    for await (const piece of streamed.toTextStream()) text += piece;
    await streamed.completed;
    expect(text).toBe("It is weather of Cadiz");
    expect(streamed.finalOutput).toBe(text);
    const form = new Agent({ name: "Filler", model: "toy", outputType: City });
    expect((await runner().run(form, "Which city?")).finalOutput).toEqual({ city: "Cadiz" });
  });
});

test.each(["langchain", "ai-sdk", "openai-agents"])(
  "the example %s runs as it stands",
  async (name) => {
    const script = join(ROOT, `examples/agents/${name}.mjs`);
    const env = { ...process.env, CHARLA_URL: served.url };
    const { stdout } = await run(process.execPath, [script, "How is it in Cadiz?"], { env });
    expect(stdout).toContain("sunny in Cadiz");
  },
);
