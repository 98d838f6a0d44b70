/** Files of chats in the formats that people have, and what is learned of them. */
import { expect, test } from "vitest";
import { chatsOf, treesOf } from "../../../src/features/training/data/formats.ts";
import { rowOf } from "../../../src/features/training/data/preferences.ts";
import { type DataFile, prepare } from "../../../src/features/training/data/prepare.ts";
import { rowsOf } from "../../../src/features/training/data/rows.ts";

const ASKED = [
  { role: "user", content: "What is a noun?" },
  { role: "assistant", content: "A word for a thing." },
];
const read = (name: string, text: string) =>
  treesOf(rowsOf(name, text)).flatMap((row): readonly unknown[] => chatsOf(row) ?? ["none"]);
const line = (row: unknown) => `${JSON.stringify(row)}\n`;

test.each([
  ["OpenAI", "a.jsonl", line({ messages: ASKED })],
  [
    "OpenAI's parts",
    "a.jsonl",
    line({ messages: ASKED.map(({ role, content }) => ({ role, content: [{ text: content }] })) }),
  ],
  [
    "ShareGPT",
    "a.json",
    JSON.stringify([
      {
        conversations: [
          { from: "human", value: ASKED[0]?.content },
          { from: "gpt", value: ASKED[1]?.content },
        ],
      },
    ]),
  ],
  [
    "Alpaca",
    "a.jsonl",
    line({ instruction: ASKED[0]?.content, input: "", output: ASKED[1]?.content }),
  ],
  ["CSV", "a.csv", "question,answer\nWhat is a noun?,A word for a thing.\n"],
  ["Spanish CSV", "a.csv", '\ufeffpregunta;respuesta\n"What is a noun?";A word for a thing.\n'],
  [
    "OpenAssistant's trees",
    "a.jsonl",
    line({
      message_tree_id: "t",
      prompt: {
        ...{ message_id: "1", text: ASKED[0]?.content, role: "prompter" },
        replies: [
          { message_id: "2", text: "Worse.", role: "assistant", rank: 1, replies: [] },
          { message_id: "3", text: ASKED[1]?.content, role: "assistant", rank: 0, replies: [] },
        ],
      },
    }),
  ],
  [
    "OpenAssistant's messages",
    "a.jsonl",
    line({ message_id: "1", parent_id: null, text: ASKED[0]?.content, role: "prompter" }) +
      line({ message_id: "2", parent_id: "1", text: ASKED[1]?.content, role: "assistant" }),
  ],
  [
    "an export of Charla's, by the branch that was written last",
    "a.json",
    JSON.stringify({
      format: "charla.conversations",
      conversations: [
        {
          title: "x",
          messages: [
            { id: "q", parentId: null, ...ASKED[0] },
            { id: "old", parentId: "q", role: "assistant", content: "Worse." },
            { id: "new", parentId: "q", ...ASKED[1] },
          ],
        },
      ],
    }),
  ],
])("%s is read", (_, name, text) => {
  expect(read(name, text)).toEqual([ASKED]);
});

test("a file that is none is refused with its line", () => {
  expect(() => rowsOf("a.jsonl", `${line({ a: 1 })}{"messages": [\n`)).toThrow(/a\.jsonl.*line 2/);
  expect(() => rowsOf("a.csv", 'question,answer\n"x,y\n')).toThrow(/a\.csv/);
  expect(read("a.jsonl", line({ nothing: "known" }))).toEqual(["none"]);
});

const chat = (n: number, answer = `The answer to question ${n} is ${n + 1}.`) => ({
  messages: [
    { role: "user", content: `What is the answer to question ${n}?` },
    { role: "assistant", content: answer },
  ],
});
test.each([
  [
    "OpenAI's preferences",
    {
      input: { messages: [ASKED[0]] },
      preferred_output: [ASKED[1]],
      non_preferred_output: [{ role: "assistant", content: "Worse." }],
    },
    { method: "dpo", pairs: 12, bad: 0 },
    { rejected: "Worse." },
  ],
  [
    "TRL's pairs",
    { prompt: ASKED[0]?.content, chosen: ASKED[1]?.content, rejected: "Worse." },
    { method: "dpo", pairs: 12, bad: 0 },
    { rejected: "Worse." },
  ],
  [
    "TRL's labels",
    { prompt: ASKED[0]?.content, completion: ASKED[1]?.content, label: false },
    { method: "kto", pairs: 0, bad: 12 },
    { bad: true },
  ],
  ["thumbs up", { messages: ASKED, label: true }, { method: "sft", pairs: 0, bad: 0 }, {}],
])("%s are read, and decide how it is learned", async (_, row, counts, judgement) => {
  const text = JSON.stringify(row);
  const rows = Array.from({ length: 12 }, (_, n) => text.replaceAll("noun", `noun of ${n}`));
  const prepared = await prepare([{ name: "a.jsonl", text: rows.join("\n") }]);
  expect(prepared.look).toMatchObject(counts);
  const [first] = prepared.train;
  expect(first).toMatchObject({ messages: [{ role: "user" }, ASKED[1]], ...judgement });
  // What a run has kept says the same once more.
  const again = prepared.train.map((one) => JSON.stringify(rowOf(one, []))).join("\n");
  const kept = await prepare([{ name: "a.jsonl", text: `${again}\n${rows.join("\n")}` }]);
  expect(kept.look.skipped.duplicate).toBe(prepared.train.length);
});

const fileOf = (rows: readonly unknown[], name = "chats.jsonl"): DataFile => ({
  name,
  text: rows.map(line).join(""),
});
const many = (count: number) => Array.from({ length: count }, (_, n) => chat(n));

test("chats are split by what they say, each once, in whatever order and company", async () => {
  const before = await prepare([fileOf(many(60))]);
  const after = await prepare([fileOf(many(80).toReversed())]);
  const ids = (list: readonly { id: string }[]) => new Set(list.map(({ id }) => id));
  expect(before.train.length + before.validation.length + before.test.length).toBe(60);
  expect(before.validation.length).toBeGreaterThan(1);
  expect(before.test.length).toBeGreaterThan(1);
  // None that was tested on is ever learned from.
  const learned = ids(after.train);
  expect(before.test.filter(({ id }) => learned.has(id))).toEqual([]);
  expect(before.look.files[0]?.digest).toMatch(/^[0-9a-f]{64}$/);
});

test("what cannot be learned from is left out and counted by its reason", async () => {
  const odd = [
    { messages: [{ role: "user", content: "alone" }] },
    { messages: [...chat(1).messages, ...chat(2).messages.slice(1)] },
    { messages: [{ role: "user", content: " " }, ...chat(1).messages.slice(1)] },
    chat(3),
    {
      messages: [
        { role: "user", content: "WHAT is the answer  to question 3?" },
        ...chat(3).messages.slice(1),
      ],
    },
    { no: "chat" },
  ];
  const { look, train, test } = await prepare([fileOf([...many(30), ...odd])]);
  expect(look.found).toBe(36);
  expect(look.skipped).toEqual({
    ...{ shape: 1, roles: 1, noAnswer: 1, empty: 1, duplicate: 2, nearTest: 0 },
  });
  expect(look.train).toBe(train.length);
  // A question behind the last answer is not learned from.
  const [tested] = test;
  const words = tested?.messages[0]?.content ?? "";
  const long = "one two three four five six seven eight nine ten eleven twelve thirteen";
  const near = Array.from({ length: 40 }, (_, n) => chat(n, `${long} ${n}`));
  const again = await prepare([fileOf([...many(30), ...near])]);
  expect(words).not.toBe("");
  expect(again.look.skipped.nearTest).toBeGreaterThan(20);
});

test("personal data is masked before anything is kept, and languages are told", async () => {
  const rows = [...many(12), chat(90, "Escribe a ana@example.org para que te lo diga, por favor.")];
  const mask = async (text: string) => text.replace("ana@example.org", "[EMAIL]");
  const { look, train, validation, test } = await prepare([fileOf(rows)], mask);
  expect(look.masked).toBe(1);
  const all = JSON.stringify([train, validation, test]);
  expect(all).not.toContain("ana@");
  expect(all).toContain("[EMAIL]");
  expect(look.languages.en).toBe(12);
  expect((await prepare([fileOf(rows)])).look.masked).toBeNull();
});

test("too few are refused, with how many there are", async () => {
  await expect(prepare([fileOf(many(9))])).rejects.toMatchObject({
    code: "training_data_few",
    params: { found: 9, least: 10 },
  });
});
