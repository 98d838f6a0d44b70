/**
 * What a model's file says of itself, in copies of the starter that say other things: its chat
 * template, the token that opens a text, and tokens that are more than their letters.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message } from "../../src/core/types.ts";
import { type Api, bind } from "../../src/engines/llama/native/api.ts";
import { findLibrary, lookForLibrary } from "../../src/engines/llama/native/find.ts";
import { Model } from "../../src/engines/llama/native/model.ts";
import { openLibrary } from "../../src/engines/llama/native/open.ts";
import { cutText, marksOf, tokenizerOf } from "../../src/engines/llama/native/tokenizer.ts";
import { type Prompts, promptsOf } from "../../src/engines/llama/process/prompt.ts";
import { Slices } from "../../src/engines/llama/process/slices.ts";
import { type Changes, copyGguf } from "../fixtures/gguf-copy.ts";
import { starterModel } from "./model.ts";

const folder = mkdtempSync(join(tmpdir(), "charla-files-"));
let api: Api;
beforeAll(async () => {
  api = bind((await findLibrary()).path);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Opened {
  readonly model: Model;
  readonly prompts: Prompts;
  text(messages: readonly Message[]): Promise<string>;
}

let copies = 0;
async function open(changes: Changes): Promise<Opened> {
  const path = join(folder, `${copies++}.gguf`);
  copyGguf(starterModel(), path, changes);
  const model = await Model.load(api, path, { lockMemory: false, gpu: false, onProgress() {} });
  const tokenizer = tokenizerOf(model);
  const prompts = await promptsOf({
    ...{ tokenizer, path, size: model.vocabSize, marks: marksOf(model), opening: model.opening },
    template: model.metadata("tokenizer.chat_template"),
  });
  rmSync(path);
  return {
    ...{ model, prompts },
    async text(messages) {
      return tokenizer.detokenize([...(await prompts.render(messages)).tokens] as never, true);
    },
  };
}

const HI: Message = { role: "user", content: "Hi" };
const TEMPLATE = "tokenizer.chat_template";
const CHAT_ML = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";
const slice = () => new Slices().begin();

describe("tokens that a file calls user defined", () => {
  test("come out of no text of a user", async () => {
    // <file_sep>, <issue_start> and the like, of the starter's vocabulary.
    const marks = [5, 6, 7, 8];
    const { model, prompts, text } = await open({
      types: Object.fromEntries(marks.map((token) => [token, 4])),
    });
    expect(marksOf(model)).toHaveLength(marks.length);
    for (const mark of marksOf(model)) {
      // As llama.cpp has it.
      expect(marks).toContain(cutText(model, mark)[0]);
      for (const hostile of [mark, `a ${mark}b${mark}`, `${mark[0]}${mark}`]) {
        const tokens = await prompts.foreign(hostile, slice());
        expect(tokens.filter((token) => marks.includes(token))).toEqual([]);
        expect(Buffer.concat(tokens.map((token) => model.piece(token))).toString()).toBe(hostile);
        const prompt = await prompts.render([{ role: "user", content: hostile }]);
        expect(prompt.tokens.filter((token) => marks.includes(token))).toEqual([]);
        expect(await text([{ role: "user", content: hostile }])).toContain(hostile);
      }
    }
  });
});

describe("the token that opens every text", () => {
  test("stands before a prompt whose template does not write it", async () => {
    const { model, prompts } = await open({ values: { "tokenizer.ggml.add_bos_token": true } });
    const [bos] = model.opening;
    const { tokens } = await prompts.render([HI]);
    expect(tokens[0]).toBe(bos);
    expect(tokens.slice(1)).not.toContain(bos === tokens[1] ? bos : undefined);
    const { tokens: other, systemTokens } = await prompts.render([
      { role: "user", content: "Bye" },
    ]);
    expect(other.slice(0, systemTokens)).toEqual(tokens.slice(0, systemTokens));
  });

  test("is not written twice", async () => {
    const values = {
      "tokenizer.ggml.add_bos_token": true,
      [TEMPLATE]:
        "{{ bos_token }}{% for m in messages %}{{ m.role + ': ' + m.content }}{% endfor %}",
    };
    const { model, prompts } = await open({ values });
    const { tokens } = await prompts.render([HI]);
    const [bos] = model.opening;
    expect(tokens.slice(0, 2)).toEqual([bos, expect.not.toSatisfy((it) => it === bos)]);
  });
});

describe("a chat template", () => {
  test.each([
    ["removed", null, undefined],
    ["empty", " ", undefined],
    ["unclosed", "{% for m in messages %}{{ m.content", expect.any(String)],
    [
      "of an unknown filter",
      "{% for m in messages %}{{ m.content | shout }}{% endfor %}",
      expect.stringContaining("shout"),
    ],
  ])("%s is replaced by Chat ML, whose marks the starter knows, and it is said", async (...row) => {
    const [, value, reason] = row;
    const { prompts, text } = await open({ values: { [TEMPLATE]: value } });
    expect(prompts.standIn).toEqual({ template: "chatml", reason });
    expect(await text([HI])).toBe(CHAT_ML);
    expect(prompts.stopTokens.size).toBe(1);
  });

  test("is not replaced where it works", async () => {
    const { prompts } = await open({});
    expect(prompts.standIn).toBeUndefined();
    expect(prompts.messageTokens).toBeGreaterThan(3);
  });

  test("refuses messages in its own words, as a fault of who sent them", async () => {
    const roles = `{% if messages[0].role == 'assistant' %}{{ raise_exception('The user speaks first.') }}{% endif %}`;
    const value = `${roles}{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}`;
    const { prompts } = await open({ values: { [TEMPLATE]: value } });
    await expect(
      prompts.render([{ role: "assistant", content: "Hello" }, HI]),
    ).rejects.toMatchObject({
      ...{ code: "messages_refused", status: 400, param: "messages" },
      message: expect.stringContaining("The user speaks first."),
    });
    expect((await prompts.render([HI])).tokens.length).toBeGreaterThan(3);
  });
});

test("a long text has the same tokens in slices as at once", async () => {
  const { model, prompts } = await open({});
  const words = "The quick brown fox jumps over the lazy dog, 12 times;\nun día más, ¿no? ";
  for (const text of [words.repeat(2000), `${"漢字かな。 ".repeat(900)}end of it `.repeat(9)]) {
    expect(await prompts.foreign(text, slice())).toEqual(cutText(model, text));
  }
  // One run without any word: other tokens at most where it is cut, and the same text.
  const run = " ".repeat(100_000);
  const tokens = await prompts.foreign(run, slice());
  expect(Buffer.concat(tokens.map((token) => model.piece(token))).toString()).toBe(run);
  expect(tokens.length - cutText(model, run).length).toBeLessThan(20);
});

test("a file that does not load says why, in the library's own words", async () => {
  const [path, own] = [join(folder, "new.gguf"), openLibrary(await lookForLibrary())];
  const load = () => Model.load(own, path, { lockMemory: false, gpu: false, onProgress() {} });
  copyGguf(starterModel(), path, { values: { "tokenizer.ggml.pre": "brandnew2027" } });
  await expect(load()).rejects.toThrow(/did not load the file: .*brandnew2027/);
  copyGguf(starterModel(), path, { values: { "general.architecture": "qwen9" } });
  await expect(load()).rejects.toThrow(/did not load the file: .*qwen9/);
});
