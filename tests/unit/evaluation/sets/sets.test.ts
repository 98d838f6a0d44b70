/** Sets of questions: what people's files look like, and what is said of those that cannot be read. */
import { describe, expect, test } from "vitest";
import { CharlaError } from "../../../../src/core/errors.ts";
import { builtIn } from "../../../../src/features/evaluation/sets/built-in.ts";
import { item } from "../../../../src/features/evaluation/sets/item.ts";
import { BUILT_IN } from "../../../../src/features/evaluation/sets/names.ts";
import {
  MOST_ITEMS,
  type ReadOptions,
  readSet,
} from "../../../../src/features/evaluation/sets/read.ts";

/** In pieces that cut characters and lines. */
const pieces = (bytes: Uint8Array, size = 7) =>
  function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
const utf8 = (text: string) => new TextEncoder().encode(text);
const read = (name: string, text: string | Uint8Array, options?: ReadOptions) =>
  readSet(name, pieces(typeof text === "string" ? utf8(text) : text), options);

async function refusal(name: string, text: string | Uint8Array, options?: ReadOptions) {
  const error = await read(name, text, options).catch((caught: unknown) => caught);
  if (!(error instanceof CharlaError)) throw error;
  return { code: error.code, params: error.params };
}

describe("a table", () => {
  test.each([
    ["commas", 'question,reference\n"¿Qué, año?",1492\n'],
    ["semicolons", "question;reference\r\n¿Qué, año?;1492\r\n"],
    ["tabs", "question\treference\n¿Qué, año?\t1492"],
    ["Spanish names", '\ufeffPregunta,Respuesta\n"¿Qué, año?",1492'],
  ])("with %s", async (_what, text) => {
    const { items, of, encoding } = await read("own.csv", text, { lang: "es" });
    expect([of, encoding]).toEqual([1, "utf-8"]);
    expect(items).toEqual([
      {
        ...{ id: "2", lang: "es", kind: "qa", source: "not stated", licence: "not stated" },
        messages: [{ role: "user", content: "¿Qué, año?" }],
        references: ["1492"],
      },
    ]);
  });

  test("with several references, choices, and texts of several lines", async () => {
    const text = `id,lang,question,reference1,reference 2,choice1,choice2,answer,source,licence
a,en,"Two
lines?",yes,"[""si"",""sí""]",,,,me,CC0-1.0
b,en,Which?,,,left,right,B,me,CC0-1.0
c,en,Which?,,,left,right,left,me,CC0-1.0
`;
    const { items } = await read("own.csv", text);
    expect(items.map(({ kind }) => kind)).toEqual(["qa", "choice", "choice"]);
    expect(items[0]?.references).toEqual(["yes", "si", "sí"]);
    expect(items[0]?.messages[0]?.content).toBe("Two\nlines?");
    expect(items.map(({ answer }) => answer)).toEqual([undefined, 1, 0]);
  });

  test("in UTF-16 and in Windows's Latin-1", async () => {
    const text = "question,reference\n¿Dónde está el año?,aquí\n".repeat(1);
    const wide = Buffer.from(`\ufeff${text}`, "utf16le");
    const bare = Buffer.from(text, "utf16le");
    for (const bytes of [wide, bare, Buffer.from(wide).swap16(), Buffer.from(bare).swap16()]) {
      const { items, encoding } = await read("own.csv", bytes);
      expect(encoding).toMatch(/^utf-16/);
      expect(items[0]?.messages[0]?.content).toBe("¿Dónde está el año?");
    }
    const latin = await read("own.csv", Buffer.from(text, "latin1"));
    expect(latin.encoding).toBe("windows-1252");
    expect(latin.items[0]?.references).toEqual(["aquí"]);
  });

  test.each([
    ["ragged rows", "question,reference\na,b\nc,d,e\n", "evaluation_set_ragged", 3],
    [
      "a quotation mark that is not closed",
      'question,reference\na,b\n"c,d\n',
      "evaluation_set_broken_line",
      3,
    ],
    ["no column for the question", "text,label\na,b\n", "evaluation_set_columns", undefined],
    ["an empty question", "question,reference\n,b\n", "evaluation_set_item", 2],
    [
      "an answer that is no choice",
      "question,choice1,choice2,answer\na,b,c,d\n",
      "evaluation_set_item",
      2,
    ],
    ["an id twice", "id,question\nx,a\nx,b\n", "evaluation_set_twice", 3],
    ["nothing but its first line", "question,reference\n", "evaluation_set_empty", undefined],
    ["nothing", "", "evaluation_set_empty", undefined],
  ])("with %s is refused by its line", async (_what, text, code, line) => {
    const refused = await refusal("own.csv", text);
    expect(refused.code).toBe(code);
    expect(refused.params.line).toBe(line);
  });

  test("that is a workbook or a picture is no text", async () => {
    const zip = Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 8, 0, 0, 0, 33, 0, 1, 2]);
    expect((await refusal("own.csv", zip)).code).toBe("evaluation_set_not_text");
  });
});

describe("an object on each line", () => {
  test("has the fields of a set", async () => {
    const one = builtIn("own-questions")[0];
    const { items } = await read("own.jsonl", `${JSON.stringify(one)}\n\n`);
    expect(items).toEqual([one]);
  });
  test.each([
    ['{"question": "a"}\n{"question": ', "evaluation_set_broken_line", 2],
    ['{"question": "a"}\n[1]', "evaluation_set_broken_line", 2],
    ['{"question": "a"}\n{"question": 3}', "evaluation_set_item", 2],
    ['{"messages": [{"role": "assistant", "content": "x"}]}', "evaluation_set_item", 1],
    ['{"question": "a", "kind": "qa"}', "evaluation_set_item", 1],
  ])("is refused by its line: %s", async (text, code, line) => {
    expect(await refusal("own.jsonl", text)).toMatchObject({ code, params: { line } });
  });
  test("that never ends is refused before it fills the memory", async () => {
    const endless = function* () {
      for (;;) yield utf8(`"${"x".repeat(1_000_000)}`);
    };
    const error = await readSet("own.csv", pieces(utf8('question\n"x'))).catch(
      (caught) => caught.code,
    );
    expect(error).toBe("evaluation_set_broken_line");
    const opened = () => {
      const all = endless();
      return (function* () {
        for (let n = 0; n < 8; n++) yield all.next().value as Uint8Array;
      })();
    };
    await expect(readSet("own.jsonl", opened)).rejects.toMatchObject({
      code: "evaluation_set_long_line",
    });
  });
});

describe("very many rows", () => {
  const lines = (count: number) =>
    function* () {
      for (let at = 0; at < count; at += 1000) {
        const rows = Array.from(
          { length: 1000 },
          (_, n) => `{"question":"?","reference":${at + n}}\n`,
        );
        yield utf8(rows.join(""));
      }
    };
  const many = (count: number) =>
    function* () {
      yield utf8("question,reference\n");
      for (let at = 0; at < count; at += 1000) {
        yield utf8(
          Array.from({ length: 1000 }, (_, n) => `Question ${at + n}?,${at + n}\n`).join(""),
        );
      }
    };
  test("are refused by how many they are, and can be sampled", async () => {
    await expect(readSet("many.csv", many(MOST_ITEMS + 1000))).rejects.toMatchObject({
      code: "evaluation_set_too_many",
    });
    const sample = { count: 200, seed: 3 };
    const { items, of } = await readSet("many.jsonl", lines(200_000), { sample });
    expect([items.length, of]).toEqual([200, 200_000]);
    const numbers = items.map(({ references }) => Number(references[0]));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    // Of 200 drawn evenly, none of ten parts is empty but by a chance of one in a hundred million.
    expect(new Set(numbers.map((one) => Math.floor(one / 20_000))).size).toBe(10);
  });
});

describe("OpenAssistant's conversations", () => {
  const said = (id: string, role: string, text: string, rest: object = {}) => ({
    ...{ message_id: id, role, text, lang: "es", review_result: true, deleted: false },
    ...rest,
  });
  const expected = [
    { id: "q1", messages: 1, references: ["best", "other"] },
    { id: "q2", messages: 3, references: ["end"] },
  ];
  const shown = ({
    items,
  }: {
    items: readonly { id: string; messages: readonly unknown[]; references: readonly string[] }[];
  }) =>
    items.map(({ id, messages, references }) => ({ id, messages: messages.length, references }));

  test("as trees", async () => {
    const q2 = said("q2", "prompter", "and?", { replies: [said("a3", "assistant", "end")] });
    const replies = [
      said("a2", "assistant", "other", { rank: 1 }),
      said("a1", "assistant", "best", { rank: 0, replies: [q2] }),
      said("a0", "assistant", "spam", { rank: 2, review_result: false }),
    ];
    const row = { message_tree_id: "q1", prompt: said("q1", "prompter", "hola", { replies }) };
    expect(shown(await read("trees.jsonl", JSON.stringify(row)))).toEqual(expected);
  });

  test("as loose messages in any order", async () => {
    const rows = [
      said("a3", "assistant", "end", { parent_id: "q2" }),
      said("a1", "assistant", "best", { parent_id: "q1", rank: 0 }),
      said("q2", "prompter", "and?", { parent_id: "a1" }),
      said("q1", "prompter", "hola", { parent_id: null }),
      said("a2", "assistant", "other", { parent_id: "q1", rank: 1 }),
    ];
    const text = rows.map((row) => JSON.stringify(row)).join("\n");
    expect(shown(await read("messages.jsonl", text))).toEqual(expected);
  });
});

describe("the built-in sets", () => {
  test("are 100 questions and 60 chats, the same in both languages", () => {
    expect(BUILT_IN.map((name) => builtIn(name).length)).toEqual([100, 60]);
    for (const name of BUILT_IN) {
      const ids = (lang: "en" | "es") => builtIn(name, lang).map(({ id }) => id.slice(0, -3));
      expect(ids("en")).toEqual(ids("es"));
      expect(new Set(ids("en")).size).toBe(ids("en").length);
    }
  });
  test.each(BUILT_IN)("%s hold what a set must", (name) => {
    for (const one of builtIn(name)) {
      expect(item.parse(one)).toEqual(one);
      expect(one.messages.at(-1)?.role).toBe("user");
      expect([one.source, one.licence]).toEqual(["own", "Apache-2.0"]);
      if (name === "own-questions") expect(one.references.length).toBeGreaterThan(0);
    }
  });
});
