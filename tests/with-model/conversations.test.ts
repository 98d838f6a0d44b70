/** What a chat says never becomes a control token in the prompt that asks for its title. */
import { expect, it } from "vitest";
import { titlePrompt } from "../../src/features/conversations/titles.ts";
import { expectHarmless, vocabulary } from "./attack.ts";

it.each([
  ["question", (text: string) => titlePrompt(text, "An answer.")],
  ["answer", (text: string) => titlePrompt("A question?", text)],
])("a title prompt keeps control tokens out of the %s", async (_name, place) => {
  expect(place("a text").some(({ content }) => content.includes("a text"))).toBe(true);
  const model = await vocabulary();
  try {
    expectHarmless(model, place);
  } finally {
    await model.llama.dispose();
  }
});
