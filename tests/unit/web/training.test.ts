/** What the page makes of chats and curves for training. */
import { expect, test } from "vitest";
import { judgedOf, likedOf, shownOf } from "../../../web/src/panels/training/chat-rows.ts";
import {
  type Point,
  secondsLeft,
  smoothed,
  tokensPerSecond,
} from "../../../web/src/panels/training/pace.ts";

const message = (id: string, parentId: string | null, content: string, status = "done") => ({
  ...{ id, parentId, content, status, role: id.startsWith("q") ? "user" : "assistant" },
});
const chat = {
  settings: { systemPrompt: "Be kind." },
  currentId: "a2",
  messages: [
    message("q1", null, "One?"),
    message("a1", "q1", "One."),
    message("b1", "q1", "Uno."),
    message("q2", "a1", "Two?"),
    message("a2", "q2", "Two", "stopped"),
    message("q3", "b1", "Three?"),
    message("b3", "q3", "Three."),
  ],
} as unknown as Parameters<typeof shownOf>[0];
const thumbs = (given: Record<string, "up" | "down">) => new Map(Object.entries(given));
const told = (rows: readonly { content: string; weight?: 0 }[]) =>
  rows.map(({ content, weight }) => (weight === 0 ? `(${content})` : content));

test("of the branch that is shown, what was cut off is read and not learned", () => {
  expect(told(shownOf(chat))).toEqual(["Be kind.", "One?", "One.", "Two?", "(Two)"]);
});

test("answers with a thumb up are learned behind what leads to them, each once", () => {
  const rows = likedOf(chat, thumbs({ b1: "up", b3: "up", a1: "down", a2: "up", gone: "up" }));
  expect(rows.map(told)).toEqual([
    ["Be kind.", "One?", "Uno.", "Three?", "Three."],
    ["Be kind.", "One?", "(One.)", "Two?", "Two"],
  ]);
});

test("each answer with a thumb is judged by itself", () => {
  const rows = judgedOf(chat, thumbs({ b3: "up", a1: "down" }));
  expect(rows.map(({ label, messages }) => [label, told(messages)])).toEqual([
    [true, ["Be kind.", "One?", "(Uno.)", "Three?", "Three."]],
    [false, ["Be kind.", "One?", "One."]],
  ]);
});

test("speed and time left are those of the last steps, and a mean follows the loss", () => {
  const points = Array.from(
    { length: 40 },
    (_, at): Point => ({
      ...{ kind: "step", step: at + 1, loss: 1, rate: 0, tokens: 100 },
      seconds: at < 20 ? 60 : 2,
    }),
  );
  expect(tokensPerSecond(points)).toBe(50);
  expect(secondsLeft(points, 100)).toBe(120);
  expect(secondsLeft(points, null)).toBeUndefined();
  expect(secondsLeft([], 100)).toBeUndefined();
  const means = smoothed([4, 2, 2, 2]);
  expect(means[0]).toBe(4);
  expect(means.at(-1)).toBeGreaterThan(2);
  expect(means.at(-1)).toBeLessThan(3);
});
