/** How much a model may think: what a template says of it, and how a thought is ended. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limited } from "../../../src/engines/llama/process/thought-limit.ts";
import type { Constraint } from "../../../src/engines/llama/sampling/sampler.ts";
import { budgetOf, waysOf, wordsFor } from "../../../src/engines/thinking.ts";

describe("a template", () => {
  test.each([
    ["{{ messages }}", undefined],
    [undefined, undefined],
    ["{% if enable_thinking %}<think>{% endif %}", { off: true, effort: false }],
    ["{{ content.split('</think>')[-1] }}<think>\\n", { off: true, effort: false }],
    ["[THINK]{{ thought }}[/THINK]", { off: true, effort: false }],
    ["Reasoning: {{ reasoning_effort }}", { off: false, effort: true }],
    ["{% if enable_thinking %}{{ reasoning_effort }}{% endif %}", { off: true, effort: true }],
    ["{{ not_enable_thinking_at_all }}", undefined],
  ])("%j has %j", (template, ways) => {
    expect(waysOf(template)).toEqual(ways);
  });

  test("is told what it has a word for", () => {
    expect(wordsFor()).toEqual({});
    expect(wordsFor({ tokens: 8 })).toEqual({});
    expect(wordsFor({ tokens: 0 })).toEqual({ enable_thinking: false, thinking: false });
    expect(wordsFor({ effort: "low" })).toEqual({ reasoning_effort: "low" });
  });

  test("that has no word for the effort gets a number of tokens, the smallest that is wished", () => {
    const [switched, worded] = [
      { off: true, effort: false },
      { off: true, effort: true },
    ];
    expect(budgetOf({ effort: "low" }, switched)).toBe(512);
    expect(budgetOf({ effort: "medium" }, switched)).toBe(2048);
    expect(budgetOf({ effort: "high" }, switched)).toBeUndefined();
    expect(budgetOf({ effort: "low" }, worded)).toBeUndefined();
    expect(budgetOf({ effort: "low", tokens: 9 }, worded)).toBe(9);
    expect(budgetOf({ effort: "medium", tokens: 9 }, switched)).toBe(9);
    expect(budgetOf({ effort: "low", tokens: 9999 }, switched)).toBe(512);
    expect(budgetOf({ tokens: 0 }, switched)).toBe(0);
    expect(budgetOf(undefined, switched)).toBeUndefined();
  });
});

/** Tokens are bytes. */
const bytes = (text: string) => [...Buffer.from(text)];
const CLOSE = "\n</think>\n\n";
const limit = (tokens: number, opened?: string) => ({
  ...{ tokens, opened, close: bytes(CLOSE) },
  piece: (id: number) => Uint8Array.of(id),
});

/** What is written by who would rather write `wish`, byte by byte. */
function write(constraint: Constraint, wish: string): string {
  const written: number[] = [];
  for (const wanted of bytes(wish)) {
    const logits = new Float32Array(256);
    // It is tried again once it may be written.
    while (!constraint.allows(wanted)) {
      logits.fill(0);
      constraint.apply(logits);
      const only = logits.findIndex((logit) => logit > Number.NEGATIVE_INFINITY);
      written.push(only);
      constraint.accept(only);
    }
    written.push(wanted);
    constraint.accept(wanted);
  }
  return Buffer.from(written).toString();
}

describe("a thought", () => {
  test("ends when it is as long as it may be", () => {
    const said = write(limited(undefined, limit(5)), "<think>abcdefgh");
    expect(said).toBe(`<think>abcd${CLOSE}efgh`);
    expect(write(limited(undefined, limit(5, "</think>")), "abcdefgh")).toBe(`abcde${CLOSE}fgh`);
  });

  test("of none ends at once, wherever it was opened", () => {
    expect(write(limited(undefined, limit(0, "</think>")), "so")).toBe(`${CLOSE}so`);
    expect(write(limited(undefined, limit(0)), "<think>so")).toBe(`<think>${CLOSE}so`);
  });

  test("that is short enough, or none, is left alone", () => {
    // The mark counts, here a token for each letter.
    const rest = "all that still comes";
    for (const said of [`<think>ab</think>${rest}`, `Hello <think>${rest}`, rest]) {
      expect(write(limited(undefined, limit(12)), said)).toBe(said);
    }
    const opened = `ab</think>${rest}`;
    expect(write(limited(undefined, limit(12, "</think>")), opened)).toBe(opened);
  });

  test("is ended although a bias forbids it", () => {
    const constraint = limited(undefined, limit(0, "</think>"));
    const logits = new Float32Array(256).fill(1);
    logits[bytes(CLOSE)[0] as number] = Number.NEGATIVE_INFINITY;
    constraint.apply(logits);
    expect(logits.findIndex((logit) => logit > Number.NEGATIVE_INFINITY)).toBe(bytes(CLOSE)[0]);
    expect(logits.filter((logit) => logit > Number.NEGATIVE_INFINITY)).toHaveLength(1);
  });

  test("is no longer than it may be, and what follows is the grammar's", () => {
    fc.assert(
      fc.property(fc.nat(12), fc.string({ unit: fc.constantFrom(..."abcé") }), (most, wish) => {
        const seen: number[] = [];
        const inner: Constraint = {
          allows: (token) => token !== bytes("c")[0],
          apply(logits) {
            logits[bytes("c")[0] as number] = Number.NEGATIVE_INFINITY;
          },
          accept: (token) => void seen.push(token),
        };
        const safe = wish.replaceAll("c", "b");
        const constraint = limited(inner, limit(most, "</think>"));
        const said = write(constraint, safe);
        const [thought = ""] = said.split("</think>");
        // The line break belongs to the mark.
        expect(thought.trimEnd().length).toBeLessThanOrEqual(most);
        expect(Buffer.from(seen).toString()).toBe(said);
        expect(constraint.allows(bytes("c")[0] as number)).toBe(false);
      }),
    );
  });

  test("is among the steps of sampling only where there is a grammar", () => {
    const grammar: Constraint = { allows: () => true, apply() {}, accept() {} };
    expect(limited(undefined, limit(3)).name).toBe("");
    expect(limited(grammar, limit(3)).name).toBe("grammar");
    expect(limited({ ...grammar, name: "x" }, limit(3)).name).toBe("x");
    expect(limited({ ...grammar, calling: true }, limit(3)).calling).toBe(true);
  });
});
