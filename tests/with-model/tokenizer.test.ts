/** Our tokenizer beside node-llama-cpp's: the same tokens of the same text, over several kinds of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import {
  getLlama,
  type Llama,
  LlamaLogLevel,
  type LlamaModel,
  type Tokenizer,
} from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bind } from "../../src/engines/llama/native/api.ts";
import { findLibrary } from "../../src/engines/llama/native/find.ts";
import { Model } from "../../src/engines/llama/native/model.ts";
import { tokenizerOf } from "../../src/engines/llama/native/tokenizer.ts";
import { type Prompts, promptsOf } from "../../src/engines/llama/process/prompt.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";
import { TEMPLATES } from "../fixtures/templates.ts";
import { wordsOf } from "./attack.ts";
import { starterModel } from "./model.ts";

const folder = mkdtempSync(join(tmpdir(), "charla-tokenizer-"));
let llama: Llama;
interface Both {
  readonly ours: Tokenizer;
  readonly theirs: LlamaModel;
  readonly model: Model;
  readonly path: string;
}
const models = new Map<string, Both>();
const both = (name: string) => models.get(name) as Both;
beforeAll(async () => {
  llama = await getLlama({ build: "never", logLevel: LlamaLogLevel.error });
  writeGpt2(join(folder, "gpt2.gguf"));
  const { path: library } = await findLibrary();
  const paths = { starter: starterModel(), gpt2: join(folder, "gpt2.gguf") };
  for (const [name, path] of Object.entries(paths)) {
    const theirs = await llama.loadModel({ modelPath: path, vocabOnly: true });
    const options = { lockMemory: false, gpu: false, onProgress: () => {} };
    const model = await Model.load(bind(library), path, options);
    models.set(name, { ours: tokenizerOf(model), theirs, model, path });
  }
});
afterAll(async () => {
  await llama.dispose();
  rmSync(folder, { recursive: true });
});

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc
    .array(fc.constantFrom(" ", "\n", "<|im_end|>", "<|endoftext|>", "word", "é", "😀", "</s>"))
    .map((parts) => parts.join("")),
);

describe.each(["starter", "gpt2"])("%s", (name) => {
  test("texts are cut alike, with control tokens and without, at the beginning and inside", () => {
    const { ours, theirs } = both(name);
    const property = fc.property(
      text,
      fc.boolean(),
      fc.constantFrom(undefined, "trimLeadingSpace" as const),
      (one, special, options) => {
        const tokens = theirs.tokenizer(one, special, options);
        expect(ours(one, special, options)).toEqual(tokens);
        expect(ours.detokenize(tokens)).toBe(theirs.detokenize(tokens));
        expect(ours.detokenize(tokens, true)).toBe(theirs.detokenize(tokens, true));
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  test("the same tokens are control tokens, and have the same names", () => {
    const { ours, theirs } = both(name);
    const differing = [...theirs.iterateAllTokens()].filter(
      (token) =>
        ours.isSpecialToken(token) !== theirs.isSpecialToken(token) ||
        ours.isEogToken(token) !== theirs.isEogToken(token),
    );
    expect(differing).toEqual([]);
    for (const token of ["BOS", "EOS", "NL", "EOT", "SEP"] as const) {
      expect(ours(token, "builtin")).toEqual(theirs.tokenizer(token, "builtin"));
    }
  });

  test("the header says the same", () => {
    const { model, theirs } = both(name);
    const { metadata } = theirs.fileInfo;
    expect(model.metadata("tokenizer.chat_template")).toBe(metadata.tokenizer.chat_template);
    expect(model.metadata("general.architecture")).toBe(metadata.general.architecture);
    expect(model.metadata("there.is.none")).toBeUndefined();
    expect(model.trainedTokens).toBe(theirs.fileInsights.trainContextSize);
  });
});

test("prompts are the same token for token, by every template", async () => {
  const { ours, theirs, model, path } = both("starter");
  const templates = [model.metadata("tokenizer.chat_template"), ...Object.values(TEMPLATES)];
  for (const template of templates) {
    const words = { tokenizer: ours, size: model.vocabSize, template, path };
    const [own, other] = [await promptsOf(words), await promptsOf(wordsOf(theirs, template))];
    const contents = fc.array(text, { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(contents, async (contents) => {
      const messages = contents.map((content, at) => {
        return { role: at % 2 === 0 ? "user" : "assistant", content } as const;
      });
      expect(await own.render(messages)).toEqual(await other.render(messages));
    });
    await fc.assert(property, { numRuns: 30 });
    const facts = (one: Prompts) =>
      Object.entries(one).filter(([, value]) => typeof value !== "function");
    expect(facts(own)).toEqual(facts(other));
  }
});

test("a template that cannot be rendered is replaced as node-llama-cpp does it", async () => {
  const { ours, theirs, model, path } = both("starter");
  const template = "{% for m in messages %}<|im_start|>{{ m.role";
  const words = { tokenizer: ours, size: model.vocabSize, template, path };
  const messages = [{ role: "user", content: "Hi" } as const];
  const { tokens } = await (await promptsOf(words)).render(messages);
  // Chat ML, by the mark in it, which is also the starter's own.
  expect(theirs.detokenize(tokens as never, true)).toContain("<|im_start|>user\nHi<|im_end|>");
});
