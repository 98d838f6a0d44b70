/**
 * Calls of tools, and scores beside generation, over tiny models with random weights: whatever such a
 * model would rather write, the grammar makes it a valid call.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { only } from "../../../src/core/engine.ts";
import { startEngine } from "../../../src/engines/llama/service/index.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { type Json, type Served, serve } from "../../unit/core/serve.ts";
import { PLAN } from "../plan.ts";

/** The format of Hermes and Qwen, as short as it can be. */
const TOOLS_TEMPLATE = `{%- if tools %}<tools>
{%- for tool in tools %}{{ tool | tojson }}{% endfor %}</tools>
{% endif %}{%- for message in messages %}
{%- if message.role == "tool" %}[user]
<tool_response>
{{ message.content }}
</tool_response>[end]
{% else %}[{{ message.role }}]
{{ message.content or "" }}
{%- for call in message.tool_calls or [] %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>
{%- endfor %}[end]
{% endif %}
{%- endfor %}{%- if add_generation_prompt %}[assistant]
{% endif %}`;

const folder = mkdtempSync(join(tmpdir(), "charla-tools-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function serveTiny(template: string): Promise<Served> {
  const path = join(folder, "tiny.gguf");
  writeGpt2(path, 3, { template, context: 2048 });
  const plan = { ...PLAN, contextTokens: 2048, slots: 2 };
  const engine = await startEngine({ path, id: "tiny", name: "Tiny", plan });
  return serve(only(engine), [openaiApi]);
}
const clientOf = ({ url }: Served) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });

const City = z.strictObject({
  name: z.string().max(8),
  unit: z.enum(["celsius", "fahrenheit"]),
  days: z.int().min(1).max(9),
});
const weather = {
  type: "function" as const,
  function: { name: "weather", parameters: z.toJSONSchema(City) },
};
const clock = { type: "function" as const, function: { name: "clock" } };
const question = { role: "user" as const, content: "How is it in Cadiz?" };

describe("a model whose template knows tools", () => {
  let served: Served;
  let client: OpenAI;
  beforeAll(async () => {
    served = await serveTiny(TOOLS_TEMPLATE);
    client = clientOf(served);
  });
  afterAll(() => served[Symbol.asyncDispose]());
  const asking = { model: "tiny", messages: [question], temperature: 1, max_tokens: 400 };

  test.each([1, 2, 3])(
    "calls the tool that it must call, with valid arguments (%i)",
    async (seed) => {
      const tool_choice = { type: "function" as const, function: { name: "weather" } };
      const asked = { ...asking, tools: [clock, weather], tool_choice, seed };
      const { choices } = await client.chat.completions.create({
        ...asked,
        parallel_tool_calls: false,
      });
      expect(choices[0]?.finish_reason).toBe("tool_calls");
      const [call, ...more] = choices[0]?.message.tool_calls ?? [];
      if (call?.type !== "function") throw new TypeError("no call");
      expect(more).toEqual([]);
      expect(call.id).not.toBe("");
      expect(call.function.name).toBe("weather");
      City.parse(JSON.parse(call.function.arguments));
      expect(choices[0]?.message.content).toBeNull();
    },
  );

  test("calls some tool when it must call any, also as a stream", async () => {
    const asked = { ...asking, tools: [clock, weather], tool_choice: "required" as const, seed: 5 };
    const runner = client.chat.completions.stream({ ...asked, parallel_tool_calls: false });
    const { choices } = await runner.finalChatCompletion();
    const [call] = choices[0]?.message.tool_calls ?? [];
    if (call?.type !== "function") throw new TypeError("no call");
    expect(["clock", "weather"]).toContain(call.function.name);
    expect(JSON.parse(call.function.arguments)).toBeTypeOf("object");
    expect(choices[0]?.finish_reason).toBe("tool_calls");
  });

  test("reads on after a call and what came of it", async () => {
    const name = "weather";
    const made = { name, arguments: '{"name":"Cadiz","unit":"celsius","days":1}' };
    const reply = await client.chat.completions.create({
      ...{ model: "tiny", max_tokens: 5, seed: 1 },
      tools: [weather],
      tool_choice: "none",
      messages: [
        question,
        { role: "assistant", tool_calls: [{ id: "a", type: "function", function: made }] },
        { role: "tool", tool_call_id: "a", content: "sunny" },
      ],
    });
    expect(reply.choices[0]?.finish_reason).toBe("length");
    const without = await client.chat.completions.create({ ...asking, max_tokens: 1 });
    const more = (reply.usage?.prompt_tokens ?? 0) - (without.usage?.prompt_tokens ?? 0);
    // A character is about a token: the call and the answer are in the prompt.
    expect(more).toBeGreaterThan(made.arguments.length + "sunny".length);
  });
});

test("a score is what generation reported, where both read the same", async () => {
  await using served = await serveTiny("{% for m in messages %}{{ m.content }}{% endfor %}");
  const prompt = "The quick brown fox";
  const { tokens: letters } = (await (
    await served.post("/v1/tokenize", { prompt: "abcdefghijklmnopqrstuvwxyz" })
  ).json()) as Json;
  // Letters alone, so that the text has the tokens that were written.
  const logit_bias = Object.fromEntries(letters.map((id: number) => [id, 100]));
  const { choices, usage } = await clientOf(served).chat.completions.create({
    ...{ model: "tiny", max_tokens: 12, temperature: 1, seed: 2, logprobs: true, logit_bias },
    messages: [{ role: "user", content: prompt }],
  });
  const said = choices[0]?.logprobs?.content ?? [];
  const text = prompt + choices[0]?.message.content;
  const score = (await (await served.post("/v1/score", { text })).json()) as Json;
  expect(score.tokens).toHaveLength((usage?.prompt_tokens ?? 0) + said.length);
  const scored = score.tokens.slice(-said.length);
  expect(scored.map(({ token }: Json) => token)).toEqual(said.map(({ token }) => token));
  for (const [at, { logprob }] of said.entries()) {
    expect(scored[at].logprob).toBeCloseTo(logprob, 2);
  }
});
