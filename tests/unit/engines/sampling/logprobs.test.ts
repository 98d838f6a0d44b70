/** Log-probabilities of tokens from logits. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { logOfSum } from "../../../../src/engines/llama/sampling/logprobs.ts";

const plain = (logits: Float32Array) => {
  const max = Math.max(...logits);
  return max + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0));
};

test("the logarithm of the sum is that of `Math.exp`, to nine digits", () => {
  const logits = fc
    .array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 300 })
    .map((list) => Float32Array.from(list));
  fc.assert(
    fc.property(logits, (list) => {
      expect(Math.abs(logOfSum(list) - plain(list))).toBeLessThan(1e-9);
    }),
  );
});

test("what cannot be, and what is far behind, adds nothing", () => {
  expect(logOfSum(Float32Array.of(0, Number.NEGATIVE_INFINITY))).toBe(0);
  expect(logOfSum(Float32Array.of(5, -1e30, -3e38))).toBe(5);
  expect(logOfSum(Float32Array.of(1, 1))).toBeCloseTo(1 + Math.LN2, 12);
});
