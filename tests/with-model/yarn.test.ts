/** A window that is longer than what the starter was trained for, by YaRN: it is read, and found in. */
import { expect, test } from "vitest";
import { identityDigest } from "../../src/engines/llama/cache/chain.ts";
import { starterModel } from "./model.ts";
import { product } from "./start.ts";

const never = new AbortController().signal;
const NEEDLE = "The secret word of Lisbon is marmalade.";

test("what stands in a window of twice the length is read, and other windows stay as they are", async () => {
  const path = starterModel();
  const plan = { slots: 1, contextTokens: 9000 };
  const plain = await product.start(path, { plan });
  expect(plain.card.contextWindow).toBe(8192);
  const text = `${NEEDLE} We went on. ${NEEDLE.slice(0, -"marmalade.".length - 1)}`;
  const logprob = async ({ tokenize, scoreTokens }: typeof plain) => {
    const before = (await tokenize?.(text, never)) ?? [];
    const word = (await tokenize?.(" marmalade", never)) ?? [];
    const scored = await scoreTokens?.([...before, ...word], {
      from: before.length,
      signal: never,
    });
    return scored?.reduce((sum, one) => sum + (one.logprob ?? 0), 0) ?? Number.NaN;
  };
  const usual = await logprob(plain);
  await plain.close();
  const yarn = await product.start(path, { plan: { ...plan, yarn: 2 } });
  expect(yarn.card.contextWindow).toBe(9000);
  const stretched = await logprob(yarn);
  await yarn.close();
  // Positions are scaled: the same text is not quite as likely, and the word is known all the same.
  expect(stretched).not.toBe(usual);
  expect(stretched).toBeGreaterThan(-3);
});

test("states of a scaled window are good for no other", () => {
  const identity = { model: "m", kvType: "f16", flashAttention: true, library: "1" };
  expect(identityDigest({ ...identity, yarn: 2 })).not.toBe(identityDigest(identity));
  expect(identityDigest({ ...identity, yarn: 1 })).toBe(identityDigest(identity));
});
