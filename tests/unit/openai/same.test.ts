/** Whoever asks, in whose words ever, gets the same answer. */
import fc from "fast-check";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import type { Message } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { serve } from "../core/serve.ts";

const text = fc
  .string({ unit: "grapheme", maxLength: 60 })
  .filter((value) => value.isWellFormed() && !value.includes("\0"));
const role = fc.constantFrom("system" as const, "user" as const, "assistant" as const);
const history = fc
  .tuple(fc.array(fc.record({ role, content: text }), { maxLength: 5 }), text)
  .map(([before, content]): Message[] => [...before, { role: "user", content }]);
const sampling = fc.record(
  {
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
    maxTokens: fc.integer({ min: 1, max: 12 }),
  },
  { requiredKeys: [] },
);

test("our deltas, a completion and its stream say the same", async () => {
  const reply = (messages: readonly Message[]) =>
    messages.map(({ content }) => content).join(" and then ");
  // Small enough that histories fall out of it now and then.
  await using served = await serve(only(scripted({ reply, contextWindow: 60 })), [openai]);
  const { completions } = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none" }).chat;
  const property = fc.asyncProperty(history, sampling, async (messages, sampling) => {
    const ours = await served.ask(messages, sampling);
    const { temperature, topP: top_p, maxTokens: max_tokens } = sampling;
    const asked = { model: "scripted", messages, temperature, top_p, max_tokens };
    const whole = () => completions.create(asked as OpenAI.ChatCompletionCreateParamsNonStreaming);
    if (ours.error) {
      await expect(whole()).rejects.toMatchObject({ status: ours.status, code: ours.error.code });
      return;
    }
    const { choices, usage } = await whole();
    const { finish } = ours;
    expect(choices[0]?.message.content).toBe(ours.text);
    expect(choices[0]?.finish_reason).toBe(finish?.reason);
    expect(usage).toMatchObject({
      prompt_tokens: finish?.promptTokens,
      completion_tokens: finish?.completionTokens,
    });
    const stream = completions.stream(asked as OpenAI.ChatCompletionCreateParamsStreaming);
    const added = await stream.finalChatCompletion();
    expect(added.choices[0]?.message.content).toBe(ours.text);
  });
  await fc.assert(property, { numRuns: 100 });
  expect(served.log).toEqual([]);
});
