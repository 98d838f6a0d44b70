/** Perplexity and speed before and after, and how they are told. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Engine } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { perplexity, perplexityRatio, report } from "../../../src/features/quantize/report.ts";
import { told } from "../../../src/features/quantize/result.ts";
import { temporary } from "../../fixtures/charla.ts";

const never = new AbortController().signal;
const logprobs = fc.array(fc.double({ min: -20, max: 0, noNaN: true }), { minLength: 1 });

test("a model that gives each token 1 chance in n has perplexity n", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 50 }), (n, tokens) => {
      const scores = Array.from({ length: tokens }, () => -Math.log(n));
      expect(perplexity(scores) / n).toBeCloseTo(1, 9);
    }),
  );
});

test("the ratio is that of the two perplexities, and certain when all tokens lose alike", () => {
  fc.assert(
    fc.property(logprobs, fc.double({ min: -1, max: 1, noNaN: true }), (before, loss) => {
      const after = before.map((score) => score - loss);
      const { ratio, standardError } = perplexityRatio(before, after);
      expect(ratio).toBeCloseTo(perplexity(after) / perplexity(before), 6);
      expect(standardError).toBeCloseTo(0, 6);
    }),
  );
});

/** The scripted engine, with a score: each character is a token. */
function scoring(chances: number, closed: string[], name: string): Engine {
  const engine = scripted({ id: name, contextWindow: 24 });
  return {
    ...engine,
    async *generate(request) {
      // An engine is only asked what leaves room for an answer.
      expect(await engine.countTokens(request.messages)).toBeLessThanOrEqual(12);
      yield* engine.generate(request);
    },
    async score(text) {
      return [...text].map((char, i) => ({
        ...{ id: i, text: char, bytes: [...Buffer.from(char)], top: [] },
        logprob: i === 0 ? null : -Math.log(chances),
      }));
    },
    async close() {
      closed.push(name);
    },
  };
}

test("both files are measured one after the other, on the same text", async () => {
  const folder = temporary();
  const [before, after] = [join(folder, "before"), join(folder, "after")];
  writeFileSync(before, "0123456789");
  writeFileSync(after, "01234");
  const closed: string[] = [];
  const open = async (path: string) => {
    expect(closed).toEqual(path === before ? [] : [before]);
    return scoring(path === before ? 4 : 5, closed, path);
  };
  const text = "Once upon a time there was an owl that lived in a very old barn";
  const result = await report({ before, after, text: "text.txt" }, text, open, never);
  expect(closed).toEqual([before, after]);
  expect(result.textTokens).toBe(text.length - 1);
  expect(result.before).toMatchObject({ bytes: 10, perplexity: expect.closeTo(4) });
  expect(result.after).toMatchObject({ bytes: 5, perplexity: expect.closeTo(5) });
  expect(result.perplexity.ratio).toBeCloseTo(1.25);
  expect(result.before.tokensPerSecond).toBeGreaterThan(0);

  const counts = { tensors: 9, converted: 4, fallbacks: 1 };
  const sizes = { bytesBefore: 10e6, bytesAfter: 5e6 };
  const whole = { input: "in", output: "out", type: "Q8_0", ...sizes, ...counts, report: result };
  const lines = told(whole, "en").split("\n");
  expect(lines[0]).toBe("out is written: Q8_0, 5.00 MB, 50 % of the 10 MB before.");
  expect(lines[1]).toContain("1 of the 4 converted tensors do not fit Q8_0");
  expect(lines.find((line) => line.startsWith("Perplexity "))).toMatch(
    /^Perplexity +4\.000 +5\.000 +\+25 % ± 0\.00$/,
  );
  expect(told(whole, "es")).toContain("Perplejidad");
});

test("a text of one token cannot be measured, and the engine is closed", async () => {
  const path = join(temporary(), "model");
  writeFileSync(path, "x");
  const closed: string[] = [];
  const files = { before: path, after: path, text: "text.txt" };
  const failing = report(files, "a", async () => scoring(2, closed, path), never);
  await expect(failing).rejects.toMatchObject({ code: "quantise_text_unusable" });
  expect(closed).toEqual([path]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  "a model that computes %s is told to be broken, in the place of figures that are none",
  async (chance) => {
    const path = join(temporary(), "model.gguf");
    writeFileSync(path, "x");
    const files = { before: path, after: path, text: "text.txt" };
    const failing = report(files, "abc", async () => scoring(chance, [], path), never);
    await expect(failing).rejects.toMatchObject({
      code: "quantise_no_numbers",
      params: { file: path },
    });
  },
);
