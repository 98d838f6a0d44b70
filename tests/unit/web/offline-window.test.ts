/** What the model in the browser is told: within its window, and without marks that only a template may write. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Fit } from "../../../web/src/chat/local/fit.ts";
import { plain } from "../../../web/src/chat/local/plain.ts";

const MARKS = [
  ...["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<s>", "</s>", "<bos>", "<start_of_turn>"],
  ...["<end_of_turn>", "[INST]", "[/INST]", "<<SYS>>", "<|eot_id|>", "<｜User｜>", "</think>"],
];

test("no text of a person holds a mark of a template, and none loses a letter", () => {
  const piece = fc.oneof(fc.constantFrom(...MARKS, "<", "|", "[", ">", "\u2060"), fc.string());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const told = plain(text);
      for (const mark of MARKS) expect(told).not.toContain(mark);
      expect(told.replaceAll("\u2060", "")).toBe(text.replaceAll("\u2060", ""));
    }),
  );
});

test("what is no mark stays as it is", () => {
  for (const text of ["a < b && c > d", "<div class='s'>", "list[0]", "Hola, ¿qué tal?", "x |> f"])
    expect(plain(text)).toBe(text);
});

const turns = (count: number) =>
  Array.from({ length: count }, (_, n) => [
    { role: "user" as const, content: `Question ${n}: ${"palabras ".repeat(20)}` },
    { role: "assistant" as const, content: `Answer ${n}: ${"words ".repeat(20)}` },
  ]).flat();

test("the window follows how many tokens the engine has found", async () => {
  const fit = new Fit();
  const messages = [...turns(8), { role: "user" as const, content: "And now?" }];
  const first = await fit.window(messages, 2048, 200);
  expect(first.droppedMessages).toBe(0);
  // The model needs three times as many as was thought.
  fit.learn(first.messages, first.promptTokens * 3);
  const second = await fit.window(messages, 2048, 200);
  expect(second.droppedMessages).toBeGreaterThan(0);
  expect(second.promptTokens).toBeLessThanOrEqual(2048 - 200);
  expect(second.messages.at(-1)).toEqual(messages.at(-1));
  fit.learn(second.messages, second.promptTokens / 3);
  expect((await fit.window(messages, 2048, 200)).droppedMessages).toBe(0);
  await expect(
    fit.window([{ role: "user", content: "long ".repeat(9000) }], 2048, 200),
  ).rejects.toMatchObject({ code: "context_length_exceeded" });
});
