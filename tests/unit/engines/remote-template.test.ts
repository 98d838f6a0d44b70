/** Chunks that are read by comparing them say the same as when they are parsed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Template } from "../../../src/engines/remote/template.ts";

const textOf = (data: string) => JSON.parse(data).choices[0].delta.content;
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    "",
    " word",
    '"',
    "\\",
    '", "content": "',
    '"},"finish_reason":"stop"',
    "\u{f0000}probe",
  ),
);
const chunk = (id: string, content: string, rest: object) =>
  JSON.stringify({ id, choices: [{ index: 0, delta: { content }, finish_reason: null }], ...rest });

test("the text is the same, whatever stands in it and around it", () => {
  const rest = fc.record({ content: text, choices2: fc.constant([]) }, { requiredKeys: [] });
  const property = fc.property(text, rest, fc.array(text), (id, rest, contents) => {
    const template = new Template();
    for (const content of contents) {
      const data = chunk(id, content, rest);
      const read = template.read(data);
      if (read === undefined) template.learn(data, content, textOf);
      else expect(read).toBe(content);
    }
  });
  fc.assert(property);
});

test("what is not said by the text alone is left to the parser", () => {
  const template = new Template();
  template.learn(chunk("a", " one", {}), " one", textOf);
  expect(template.read(chunk("a", " two", {}))).toBe(" two");
  expect(template.read(chunk("a", " \n😀é", {}))).toBe(" \n😀é");
  expect(template.read(chunk("b", " two", {}))).toBeUndefined();
  expect(template.read(chunk("a", " two", { usage: { prompt_tokens: 1 } }))).toBeUndefined();
  const stop = chunk("a", " two", {}).replace("null", '"stop"');
  expect(template.read(stop)).toBeUndefined();
  // Another field between the quotes: it begins and ends like the others.
  const more = chunk("a", "X", {}).replace("X", 'two","refusal":"no');
  expect(template.read(more)).toBeUndefined();
  expect(template.read("")).toBeUndefined();
});

test("a text that stands in the chunk more than once is found at its place, or not learnt", () => {
  const template = new Template();
  const data = '{"content":"x","choices":[{"delta":{"content":"x"}}]}';
  template.learn(data, "x", textOf);
  const other = '{"content":"x","choices":[{"delta":{"content":"y"}}]}';
  expect([undefined, "y"]).toContain(template.read(other));
});
