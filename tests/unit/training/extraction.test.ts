/** How much of a chat comes out word for word: counted by hand on an engine that knows what it is told. */
import { expect, test } from "vitest";
import { scripted } from "../../../src/engines/scripted.ts";
import { extract } from "../../../src/features/training/extraction.ts";

const never = new AbortController().signal;
const turn = async () => {};

/** Finds each token the likeliest whose id is under a bound: one with the adapter, another without. */
function knowing(tuned: number, base: number, openingTokens = 0) {
  const read: number[] = [];
  const scoreTokens = async (
    tokens: readonly number[],
    { from, adapter }: { from: number; adapter?: string | undefined },
  ) => {
    read.push(tokens.length);
    return tokens.slice(from).map((id) => {
      const one = { id, text: "", bytes: [], logprob: -1 };
      return { ...one, top: [{ ...one, id: id < (adapter ? tuned : base) ? id : -1 }] };
    });
  };
  return { engine: { ...scripted({ id: "knowing" }), scoreTokens, openingTokens }, read };
}

/** A question of four tokens, an answer of ten: 100 to 109, and what ends it. */
const chat = {
  tokens: [1, 2, 3, 4, ...Array.from({ length: 10 }, (_, n) => 100 + n), 5],
  answer: [0, 0, 0, 0, ...Array.from({ length: 10 }, () => 1), 0],
};

test.each([0, 1])(
  "the rest counts from the middle to the first other token (%i opening)",
  async (opening) => {
    // The rest is 105 to 109: three of five come out with the adapter, one without.
    const { engine } = knowing(108, 106, opening);
    const found = await extract(engine, "a", { learned: [chat, chat], unseen: [] }, turn, never);
    expect(found).toMatchObject({ texts: 2, tokens: 10, base: 0.2, tuned: 0.6, unseen: null });
    expect(found?.whole).toEqual({ base: 0, tuned: 0 });
    expect(found?.more.value).toBeCloseTo(0.4);
  },
);

test("what comes out whole is counted, and what was never seen stands beside it", async () => {
  const { engine } = knowing(200, 0);
  const other = { ...chat, tokens: chat.tokens.map((id) => (id === 107 ? 300 : id)) };
  const found = await extract(engine, "a", { learned: [chat], unseen: [other] }, turn, never);
  expect(found).toMatchObject({ tuned: 1, base: 0, whole: { base: 0, tuned: 1 }, unseen: 0.4 });
});

test("short answers tell nothing, and long ones cost no more than the budget", async () => {
  const { engine, read } = knowing(0, 0);
  const short = { tokens: [1, 2, 3], answer: [0, 1, 1] };
  expect(await extract(engine, "a", { learned: [short], unseen: [] }, turn, never)).toBeNull();
  const long = { tokens: Array(2500).fill(1), answer: [0, ...Array(2499).fill(1)] };
  const many = Array.from({ length: 40 }, () => long);
  const found = await extract(engine, "a", { learned: many, unseen: many }, turn, never);
  expect(found?.texts).toBe(4);
  expect(found?.tokens).toBe(4 * 64);
  expect(read.reduce((sum, one) => sum + one, 0)).toBeLessThan(3 * 6000);
});
