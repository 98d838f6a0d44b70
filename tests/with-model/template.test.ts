/** User text never becomes a control token, for every such token of the vocabulary. */
import type { LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Message } from "../../src/core/types.ts";
import { chatTemplate } from "../../src/engines/llama/template.ts";
import { controlTokens, expectHarmless, vocabulary } from "./attack.ts";

let model: LlamaModel;
beforeAll(async () => {
  model = await vocabulary();
});
afterAll(() => model.llama.dispose());

/** Where the text of a user can stand. */
const PLACES: Record<string, (text: string) => Message[]> = {
  message: (text) => [{ role: "user", content: text }],
  "system prompt": (text) => [
    { role: "system", content: text },
    { role: "user", content: "Hi" },
  ],
  "earlier answer": (text) => [
    { role: "user", content: "Hi" },
    { role: "assistant", content: text },
    { role: "user", content: "Go on" },
  ],
};

describe("the chat template of the starter model", () => {
  it("has control tokens to attack with", () => {
    expect(controlTokens(model).length).toBeGreaterThan(10);
  });

  it.each(Object.entries(PLACES))("keeps control tokens out of a %s", (_name, place) => {
    expectHarmless(model, place);
  });

  it("writes the messages exactly as the template of the file says", () => {
    const { tokens } = chatTemplate(model)([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
    ]);
    expect(model.detokenize(tokens, true)).toBe(
      "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
    );
  });
});
