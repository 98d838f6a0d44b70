/** Grammars over a real vocabulary: as llama.cpp reads them, and to the end with random logits. */
import { Ajv2020 } from "ajv/dist/2020.js";
import koffi from "koffi";
import type { LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/core/engine.ts";
import type { Grammar } from "../../src/core/extras.ts";
import { random } from "../../src/core/statistics.ts";
import type { Extras } from "../../src/core/types.ts";
import { bind, type Pointer } from "../../src/engines/llama/native/api.ts";
import { findLibrary } from "../../src/engines/llama/native/find.ts";
import { Model } from "../../src/engines/llama/native/model.ts";
import { gbnfOf } from "../../src/engines/llama/process/grammar.ts";
import { compileGrammar } from "../../src/engines/llama/process/grammar-compile.ts";
import { constraintOf } from "../../src/engines/llama/process/grammar-constraint.ts";
import { parseGbnf } from "../../src/engines/llama/process/grammar-parse.ts";
import {
  type Vocabulary,
  vocabularyOf,
} from "../../src/engines/llama/process/grammar-vocabulary.ts";
import { type Prompts, promptsOf } from "../../src/engines/llama/process/prompt.ts";
import { Sampler } from "../../src/engines/llama/sampling/sampler.ts";
import { startEngine } from "../../src/engines/llama/service/index.ts";
import { vocabulary as vocabularyModel, wordsOf } from "./attack.ts";
import { starterModel } from "./model.ts";
import { PLAN } from "./plan.ts";

let model: Model;
let files: LlamaModel;
let prompts: Prompts;
let words: Vocabulary;
let theirs: (gbnf: string) => Theirs;

/** llama.cpp's own grammar. */
interface Theirs {
  /** 1 for each token that may come next. */
  allowed(): Uint8Array;
  accept(token: number): void;
  free(): void;
}

beforeAll(async () => {
  files = await vocabularyModel();
  const { path } = await findLibrary();
  const options = { lockMemory: false, gpu: false, onProgress: () => {} };
  model = await Model.load(bind(path), starterModel(), options);
  prompts = await promptsOf(wordsOf(files));
  words = vocabularyOf(model, prompts.marks, prompts.stopTokens);
  theirs = oracle(path, model.vocab, model.vocabSize);
});
afterAll(() => files.llama.dispose());

function oracle(path: string, vocab: Pointer, size: number): (gbnf: string) => Theirs {
  const library = koffi.load(path);
  koffi.struct("oracle_array", {
    data: "void *",
    size: "size_t",
    selected: "int64",
    sorted: "bool",
  });
  const init = library.func("void *llama_sampler_init_grammar(void *vocab, str gbnf, str root)");
  const apply = library.func("void llama_sampler_apply(void *sampler, _Inout_ oracle_array *all)");
  const take = library.func("void llama_sampler_accept(void *sampler, int32 token)");
  const drop = library.func("void llama_sampler_free(void *sampler)");
  return (gbnf) => {
    const sampler = init(vocab, gbnf, "root");
    if (sampler === null) throw new Error(`llama.cpp refuses ${gbnf}`);
    return {
      allowed() {
        // Structures of a token id, its logit and its probability.
        const data = new ArrayBuffer(12 * size);
        const [ids, logits] = [new Int32Array(data), new Float32Array(data)];
        for (let token = 0; token < size; token++) ids[3 * token] = token;
        apply(sampler, { data: Buffer.from(data), size, selected: -1n, sorted: false });
        return Uint8Array.from({ length: size }, (_, token) =>
          logits[3 * token + 1] === Number.NEGATIVE_INFINITY ? 0 : 1,
        );
      },
      accept: (token) => take(sampler, token),
      free: () => drop(sampler),
    };
  };
}

const PERSON = {
  type: "object",
  properties: {
    name: { type: "string", maxLength: 40 },
    born: { type: "string", format: "date" },
    size: { type: "number", minimum: 0, maximum: 3 },
    kind: { enum: ["cat", "dog", null] },
    friends: { type: "array", items: { $ref: "#" }, maxItems: 2 },
  },
  required: ["name", "born", "size"],
};
const GRAMMARS: readonly Grammar[] = [
  { type: "json_object" },
  { type: "json_schema", schema: PERSON },
  { type: "gbnf", source: 'root ::= ([α-ω] | "😀" | [^a-z0-9<] "ab"? | "the " [a-z]+ " ")* "."' },
];

describe("the engine", () => {
  const ask = async (engine: Engine, extras: Extras): Promise<string> => {
    const pieces = engine.generate({
      messages: [{ role: "user", content: "Say a word." }],
      sampling: { temperature: 0.7, topP: 0.9, maxTokens: 40, seed: 1 },
      ...{ reproducible: false, extras, signal: new AbortController().signal },
    });
    let text = "";
    for await (const piece of pieces) {
      if (typeof piece === "string") text += piece;
      else if ("text" in piece) text += piece.text;
    }
    return text;
  };
  const gbnf = (source: string): Extras => ({ grammar: { type: "gbnf", source } });

  it("refuses what is wrong with one grammar, and goes on with the others", async () => {
    const path = starterModel();
    const engine = await startEngine({ path, id: "starter", name: "Starter", plan: PLAN });
    const token = Array.from({ length: words.size }, (_, id) => id).find(
      (id) => words.piece(id) === "q",
    ) as number;
    const answers = await Promise.allSettled([
      ask(engine, gbnf('root ::= ("left" | "right") "!"')),
      ask(engine, gbnf("root ::= nothing")),
      ask(engine, { ...gbnf('root ::= "q"'), logitBias: { [token]: -100 } }),
      ask(engine, { grammar: { type: "json_schema", schema: { not: {} }, strict: true } }),
      ask(engine, { grammar: { type: "json_schema", schema: { enum: [12, 345] } } }),
      ask(engine, { tools: { list: [{ name: "a" }], choice: "auto", parallel: true } }),
    ]);
    await engine.close();
    const said = answers.map((it) => (it.status === "fulfilled" ? it.value : it.reason.code));
    expect(said).toEqual([
      expect.stringMatching(/^(left|right)!$/),
      "invalid_grammar",
      "grammar_stuck",
      "unsupported_schema",
      expect.stringMatching(/^(12|345)$/),
      "tools_unsupported",
    ]);
  });
});

describe("a grammar over the starter model's vocabulary", () => {
  it.each(GRAMMARS)("allows what llama.cpp allows, token by token: %j", (grammar) => {
    const gbnf = gbnfOf(grammar);
    const plain = Array.from({ length: words.size }, (_, token) => token).filter(
      // For llama.cpp a text ends at a zero byte.
      (token) => words.ends(token) || (words.piece(token)[0] ?? "\0") !== "\0",
    );
    for (let seed = 1; seed <= 3; seed++) {
      const next = random(seed);
      const ours = constraintOf(compileGrammar(parseGbnf(gbnf)), words);
      const others = theirs(gbnf);
      for (let step = 0; step < 25; step++) {
        const logits = new Float32Array(words.size);
        ours.apply(logits);
        const allowed = others.allowed();
        const wrong = plain.filter((token) => (logits[token] === 0) !== (allowed[token] === 1));
        expect(wrong.map((token) => [token, words.piece(token)])).toEqual([]);
        const open = plain.filter((token) => logits[token] === 0 && !words.ends(token));
        if (open.length === 0) break;
        // Half of the time a long token: those cross borders of rules.
        open.sort((a, b) => words.piece(b).length - words.piece(a).length);
        const among = next() < 0.5 ? Math.min(20, open.length) : open.length;
        const token = open[Math.floor(next() * among)] as number;
        ours.accept(token);
        others.accept(token);
      }
      others.free();
    }
  });

  it("makes valid JSON out of random logits", () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(PERSON);
    const closing = Array.from({ length: words.size }, (_, token) => token).filter((token) =>
      /["}\]]/.test(words.piece(token)),
    );
    let whole = 0;
    for (let seed = 1; seed <= 6; seed++) {
      const next = random(seed);
      const sampling = { temperature: 0, topP: 1, maxTokens: 300, seed };
      const constraint = constraintOf(
        compileGrammar(parseGbnf(gbnfOf({ type: "json_schema", schema: PERSON }))),
        words,
      );
      const sampler = new Sampler({ sampling, constraint });
      const decoder = new TextDecoder("utf-8", { fatal: true });
      let text = "";
      let ended = false;
      while (sampler.tokens.length < sampling.maxTokens && !ended) {
        const logits = Float32Array.from({ length: words.size }, () => 8 * next());
        for (const token of closing) logits[token] = (logits[token] as number) + 6 * next();
        const { id } = sampler.next(logits);
        ended = words.ends(id);
        if (!ended) text += decoder.decode(model.piece(id), { stream: true });
      }
      if (!ended) continue;
      whole++;
      const value: unknown = JSON.parse(text + decoder.decode());
      expect([text, validate(value), validate.errors]).toEqual([text, true, null]);
    }
    expect(whole).toBeGreaterThan(2);
  });
});
