/** A thought is told from the answer wherever the stream is cut, and from nothing else. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Thought } from "../../../src/core/reasoning.ts";

/** @param opened what ends the thought that the prompt has opened */
function told(pieces: readonly string[], opened?: string) {
  const thought = new Thought(opened);
  const all = [...pieces.map((piece) => thought.push(piece)), thought.finish()];
  return {
    reasoning: all.map(({ reasoning }) => reasoning).join(""),
    text: all.map(({ text }) => text).join(""),
  };
}

const mentions = "Write `<think>` before and `</think>` after it.";
const WHOLE: ReadonlyArray<readonly [said: string, reasoning: string, text: string]> = [
  ["<think>\nA < B.\n\nThen.</think>\n\nThe answer is 4.", "A < B.\n\nThen.", "The answer is 4."],
  ["\n <think>Hm</think>Yes", "Hm", "Yes"],
  ["<think>\n\n</think>\n\nNo thought", "", "No thought"],
  ["<think>never closed </thin", "never closed </thin", ""],
  ["<think>only that</think>\n", "only that", ""],
  ["<think>a</think>b<think>c</think>d", "a", "b<think>c</think>d"],
  [mentions, "", mentions],
  ["<thin air>", "", "<thin air>"],
  ["  indented", "", "  indented"],
  ["<thi", "", "<thi"],
  ["", "", ""],
  [" ".repeat(200), "", " ".repeat(200)],
];
const OPENED: typeof WHOLE = [
  ["\nHm, <think>?</think>\n\nYes", "Hm, <think>?", "Yes"],
  ["never closed", "never closed", ""],
  ["</think>Yes", "", "Yes"],
];

/** All places where a text can be cut in pieces, a few at a time. */
const cutsOf = (text: string) => fc.uniqueArray(fc.nat(text.length), { maxLength: 8 });

function cut(text: string, at: readonly number[]): string[] {
  const places = [0, ...at.toSorted((a, b) => a - b), text.length];
  return places.slice(1).map((end, index) => text.slice(places[index], end));
}

test.each(WHOLE)("%j", (said, reasoning, text) => {
  expect(told([said])).toEqual({ reasoning, text });
  expect(told([...said])).toEqual({ reasoning, text });
  fc.assert(
    fc.property(cutsOf(said), (at) => {
      expect(told(cut(said, at))).toEqual({ reasoning, text });
    }),
  );
});

test.each(OPENED)("where the prompt has opened it: %j", (said, reasoning, text) => {
  expect(told([said], "</think>")).toEqual({ reasoning, text });
  expect(told([...said], "</think>")).toEqual({ reasoning, text });
});

test("any text in any pieces comes out as in one", () => {
  const word = fc.constantFrom("<think>", "</think>", "<", "think", "/", ">", " ", "\n", "a", "é");
  const texts = fc.array(word, { maxLength: 12 }).map((words) => words.join(""));
  const property = fc.property(texts, fc.array(fc.nat(60), { maxLength: 8 }), (said, places) => {
    const at = places.map((place) => Math.min(place, said.length));
    for (const opened of [undefined, "</think>"]) {
      const whole = told([said], opened);
      expect(told(cut(said, at), opened)).toEqual(whole);
      // Nothing is lost but marks and the blanks around them.
      const letters = (from: string) => from.replaceAll("think", "").replace(/[^aé]/g, "");
      expect(letters(whole.reasoning + whole.text)).toBe(letters(said));
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test("a text that is no answer has no thought", () => {
  const thought = new Thought(null);
  expect(thought.push("<think>a</think>b")).toEqual({ reasoning: "", text: "<think>a</think>b" });
});

test("what can be told is told at once", () => {
  const thought = new Thought();
  expect(thought.push("<think>One")).toEqual({ reasoning: "One", text: "" });
  expect(thought.push(" two</th")).toEqual({ reasoning: " two", text: "" });
  expect(thought.push("ink>An")).toEqual({ reasoning: "", text: "An" });
  expect(thought.over).toBe(true);
  expect(new Thought().push("Hello")).toEqual({ reasoning: "", text: "Hello" });
});
