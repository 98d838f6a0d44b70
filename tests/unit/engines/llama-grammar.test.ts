/** A grammar lets through the texts that are its own, their beginnings, and nothing else. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGrammar } from "../../../src/engines/llama/process/grammar-compile.ts";
import {
  constraintOf as constrained,
  type Lazy,
} from "../../../src/engines/llama/process/grammar-constraint.ts";
import { Matcher, type State } from "../../../src/engines/llama/process/grammar-match.ts";
import { parseGbnf } from "../../../src/engines/llama/process/grammar-parse.ts";
import type { Vocabulary } from "../../../src/engines/llama/process/grammar-vocabulary.ts";

const constraintOf = (gbnf: string, ...more: DropFirst<Parameters<typeof constrained>>) =>
  constrained(compileGrammar(parseGbnf(gbnf)), ...more);
type DropFirst<List extends readonly unknown[]> = List extends [unknown, ...infer Rest] ? Rest : [];

const latin1 = (text: string) => Buffer.from(text).toString("latin1");

/** "whole": the text may end there; "open": it has to go on; "no": it is none of the grammar's. */
function read(gbnf: string, text: string): "whole" | "open" | "no" {
  const matcher = new Matcher(compileGrammar(parseGbnf(gbnf)));
  const state = matcher.read(matcher.start, latin1(text));
  return state ? (state.final ? "whole" : "open") : "no";
}

/** One token for each byte, then the given texts, then the end. */
function vocabularyOf(texts: readonly string[]): Vocabulary & { readonly end: number } {
  const pieces = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
  pieces.push(...texts.map(latin1), "</s>");
  const end = pieces.length - 1;
  return {
    size: pieces.length,
    end,
    piece: (token) => (token === end ? "" : (pieces[token] as string)),
    ends: (token) => token === end,
  };
}

describe("a grammar", () => {
  it.each([
    ['root ::= "yes" | "no"', ["yes", "no"], ["", "y", "n"], ["yesno", "x"]],
    ['root ::= [a-c]+ "-" [^x]', ["a-b", "ab-é", "ab-😀"], ["a", "a-"], ["x", "a-x"]],
    ['root ::= "a"{2,3}\n# more\nb ::= "b"', ["aa", "aaa"], ["a"], ["aaaa"]],
    ['root ::= "(" root ")" | ""', ["", "()", "((()))"], ["(("], [")", "(()))"]],
    ['root ::= ("a" |\n "b" # c\n)* end\nend ::= "\\x21" | "\\u00e9"', ["!", "abé"], ["ab"], ["c"]],
    ['root ::= [\\]"-] | [a-]', ["]", "-", "a", '"'], [""], ["b"]],
    ["root ::= .", ["a", "é", "語", "😀"], [""], ["ab"]],
  ])("%s", (gbnf, whole, open, no) => {
    for (const text of whole) expect([text, read(gbnf, text)]).toEqual([text, "whole"]);
    for (const text of open) expect([text, read(gbnf, text)]).toEqual([text, "open"]);
    for (const text of no) expect([text, read(gbnf, text)]).toEqual([text, "no"]);
  });

  it("knows every class of characters byte for byte", () => {
    const character = fc.oneof(
      fc.integer({ max: 0x10ffff, min: 0 }),
      fc.integer({ max: 300, min: 0 }),
    );
    fc.assert(
      fc.property(character, character, character, (one, two, tried) => {
        fc.pre(![one, two, tried].some((code) => code >= 0xd800 && code <= 0xdfff));
        const [low, high] = [Math.min(one, two), Math.max(one, two)];
        const hex = (code: number) => `\\U${code.toString(16).padStart(8, "0")}`;
        const inside = tried >= low && tried <= high;
        const text = String.fromCodePoint(tried);
        const range = `${hex(low)}-${hex(high)}`;
        expect(read(`root ::= [${range}]`, text) === "whole").toBe(inside);
        fc.pre(low > 0 || high < 0x10ffff);
        expect(read(`root ::= [^${range}] | "never mind"`, text) === "whole").toBe(!inside);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, RegExp]>([
    ["root ::= other", /no rule named other/],
    ['top ::= "a"', /no rule named root/],
    ['root ::= root "a" | "b"', /rule root begins with itself/],
    ['root ::= e root\ne ::= "x"?', /no text of finite length/],
    ['root ::= e root | "b"\ne ::= "x"?', /rule root begins with itself/],
    ['root ::= "a" root', /no text of finite length/],
    ["root ::= [^\\x00-\\U0010ffff]", /no text of finite length/],
    ['root ::= "a', /ends within quotes .* at line 1, column 12/],
    ["root ::= <[5]>", /whole tokens are not supported at line 1, column 11/],
    ['root ::= "a"\nroot', /expected ::= at line 2, column 5/],
    ["root ::= *", /nothing to repeat/],
    ['root ::= "a"{3,2}', /lower bound is above/],
    ['root ::= "\\q"', /\\q is no escape/],
    [`root ::= ${"(".repeat(1000)}`, /nested deeper/],
    [`root ::= ((${'"a"{20000} '.repeat(40)}){20000})`, /too large/],
  ])("is refused with the reason, case %#", (gbnf, reason) => {
    expect(() => compileGrammar(parseGbnf(gbnf))).toThrow(reason);
    expect(() => compileGrammar(parseGbnf(gbnf))).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^(invalid_grammar|grammar_too_large)$/),
        status: 400,
      }),
    );
  });

  it("leaves out the alternatives that can never end", () => {
    const gbnf = 'root ::= "a" alley | "ab"\nalley ::= "x" alley';
    expect([read(gbnf, "a"), read(gbnf, "ax"), read(gbnf, "ab")]).toEqual(["open", "no", "whole"]);
  });

  it("stays small where each byte doubles the readings", () => {
    const matcher = new Matcher(
      compileGrammar(parseGbnf('root ::= "a" root "b" | "a" root "c" | "x"')),
    );
    let state: State | null = matcher.start;
    for (let at = 0; at < 100 && state; at++) {
      expect(state.stacks.length).toBeLessThanOrEqual(5000);
      state = matcher.step(state, 97);
    }
    expect(state).toBeNull();
  });
});

describe("a constraint", () => {
  const vocabulary = vocabularyOf(["ab", "abc", "<call>", "ll>a", "é", "a😀", "bc"]);
  const tokens = Array.from({ length: vocabulary.size }, (_, token) => token);
  const gbnf = 'root ::= ("ab" | "é" | [x-z😀] root "c"? | "<call>a")';
  const lazies: Array<Lazy | undefined> = [
    undefined,
    { triggers: ["<call>"], optional: true },
    { triggers: ["xé", "<call>"], optional: false },
  ];

  it("masks exactly the tokens that it does not allow, at every place of a random way", () => {
    fc.assert(
      fc.property(fc.constantFrom(...lazies), fc.infiniteStream(fc.nat()), (lazy, random) => {
        const constraint = constraintOf(gbnf, vocabulary, lazy);
        for (let step = 0; step < 20; step++) {
          const logits = new Float32Array(vocabulary.size);
          constraint.apply(logits);
          const allowed = tokens.filter((token) => constraint.allows(token));
          expect(tokens.filter((token) => logits[token] === 0)).toEqual(allowed);
          const pick = allowed[(random.next().value ?? 0) % allowed.length] as number;
          constraint.accept(pick);
          if (pick === vocabulary.end) return;
        }
      }),
    );
  });

  it("starts at a trigger within a token, and then knows what stands behind it", () => {
    const constraint = constraintOf('root ::= "call>ab"', vocabulary, {
      triggers: ["call>"],
      optional: true,
    });
    const token = (text: string) => tokens.find((it) => vocabulary.piece(it) === text) as number;
    for (const text of ["x", "c", "a"]) constraint.accept(token(text));
    expect(constraint.allows(vocabulary.end)).toBe(true);
    expect(constraint.allows(token("ll>a"))).toBe(true);
    constraint.accept(token("ll>a"));
    expect(tokens.filter((it) => constraint.allows(it))).toEqual([token("b")]);
    expect(() => constraint.accept(token("x"))).toThrow(
      expect.objectContaining({ code: "grammar_stuck" }),
    );
    constraint.accept(token("b"));
    expect(tokens.filter((it) => constraint.allows(it))).toEqual([vocabulary.end]);
  });

  it("gives up an answer whose every token costs a little less than is too much", () => {
    const long = vocabularyOf([..."aw"].map((letter) => letter.repeat(300)));
    const words = Array.from({ length: 40 }, (_, at) => `"w${at}"`).join(" | ");
    const constraint = constraintOf(`root ::= "a" root "z" | w\nw ::= ${words}`, long, undefined, {
      budget: 2e5,
    });
    const token = Array.from({ length: long.size }, (_, at) => at).find(
      (it) => long.piece(it) === "a".repeat(300),
    ) as number;
    let tokens = 0;
    const run = () => {
      for (; tokens < 100; tokens++) {
        constraint.apply(new Float32Array(long.size));
        constraint.accept(token);
      }
    };
    expect(run).toThrow(expect.objectContaining({ code: "invalid_grammar" }));
    expect(tokens).toBeGreaterThan(5);
  });

  it("gives up a grammar that can be read in too many ways, and lives", () => {
    const many = vocabularyOf(Array.from({ length: 300 }, (_, at) => "a".repeat(at + 2)));
    const gbnf = `root ::= "a" root "b" | "a" root "c" | a a a a "x"\na ::= "a"* | "a"* a2\na2 ::= "a"`;
    const constraint = constraintOf(gbnf, many);
    const run = () => {
      for (let at = 0; at < 40; at++) {
        constraint.apply(new Float32Array(many.size));
        constraint.accept(97);
      }
    };
    expect(run).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/invalid_grammar|grammar_stuck/) }),
    );
  });

  it("says so when a bias has forbidden all that may come next", () => {
    const constraint = constraintOf('root ::= "q"', vocabulary);
    const logits = new Float32Array(vocabulary.size);
    logits[113] = Number.NEGATIVE_INFINITY;
    expect(() => constraint.apply(logits)).toThrow(
      expect.objectContaining({ code: "grammar_stuck" }),
    );
  });
});
