/** Texts to measure on, and what is wrong with those that are none. */
import { expect, test } from "vitest";
import { decode, readTexts } from "../../../src/features/evaluation/texts/read.ts";

test("a plain text is one document, without its byte order mark", () => {
  const { documents, source } = readTexts("a.txt", "\u{feff}Hola.", "es");
  expect(documents).toEqual([{ text: "Hola.", language: "es" }]);
  expect(source).toMatchObject({ name: "a.txt", bytes: 8, documents: 1, languages: ["es"] });
});

test("JSON lines say their language and licence", () => {
  const lines = [
    '{"text":"One.","lang":"en","licence":"Apache-2.0"}',
    "",
    '{"text":"Dos.","language":"es"}',
    '{"text":"Three."}',
    '{"text":"  "}',
  ];
  const { documents, source } = readTexts("a.jsonl", lines.join("\r\n"));
  expect(documents.map(({ language }) => language)).toEqual(["en", "es", "und"]);
  expect(source).toMatchObject({ documents: 3, licence: "Apache-2.0" });
});

test.each([
  ["nothing", "a.txt", " \n", /0/],
  ["no lines", "a.jsonl", "\n\n", /0/],
  ["half a line", "a.jsonl", '{"text":"a"}\n{"te', /a\.jsonl:2.*JSON/],
  ["another shape", "a.jsonl", '{"body":"a"}', /a\.jsonl:1.*"text"/],
])("%s is refused, and it says where", (_what, name, content, message) => {
  expect(() => readTexts(name, content)).toThrow(message);
});

test("what is no UTF-8 is refused", () => {
  expect(() => decode("a.txt", Buffer.from("se\u{f1}or", "latin1"))).toThrow(/UTF-8/);
  expect(decode("a.txt", Buffer.from("señor"))).toBe("señor");
});
