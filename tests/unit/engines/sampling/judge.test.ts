/** What would have been taken at each place of an answer that is given. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../../../../src/core/statistics.ts";
import { replay } from "../../../../src/engines/llama/process/replay.ts";
import { Sampler } from "../../../../src/engines/llama/sampling/sampler.ts";

const logitsOf = (seed: number) => {
  const next = random(seed);
  return Float32Array.from({ length: 600 }, () => 4 * next() - 2);
};
const [id, key] = ["wm-1", "0123456789abcdef".repeat(4)];
const options = fc.record({
  seed: fc.nat(),
  marked: fc.boolean(),
  temperature: fc.constantFrom(0, 0.3, 1, 1.5),
  topP: fc.constantFrom(0.5, 0.9, 1),
});
function samplerOf({ seed, marked, ...rest }: ReturnType<typeof made>) {
  const sampling = { ...rest, maxTokens: 40, seed };
  return new Sampler({ sampling, ...(marked && { draw: { id, key, required: true } }) });
}
const made = () => ({ seed: 0, marked: false, temperature: 1, topP: 1 });

test("what the same sampler has taken is never behind, with and without a mark", () => {
  fc.assert(
    fc.property(options, (given) => {
      const writing = samplerOf(given);
      const reading = samplerOf(given);
      for (let at = 0; at < 40; at++) {
        const taken = writing.next(logitsOf(given.seed + at)).id;
        expect(reading.judge(logitsOf(given.seed + at), taken)).toEqual({
          winner: taken,
          behind: 0,
        });
      }
    }),
    { numRuns: 30 },
  );
});

test("a token that is behind by so much wins with so much more, and not with less", () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(0.3, 1), fc.nat(39), (seed, temperature, place) => {
      const given = { ...made(), seed, temperature };
      const before = samplerOf(given);
      for (let at = 0; at < place; at++) before.next(logitsOf(seed + at));
      // So few that each runs by itself.
      const logits = logitsOf(seed + place).slice(0, 120);
      const after = (more: number, token: number) => {
        const sampler = samplerOf(given);
        for (const id of before.tokens) sampler.accept(id);
        const changed = logits.slice();
        changed[token] = (changed[token] as number) + more * temperature;
        return sampler.judge(changed, token);
      };
      const likely = [...logits.keys()].sort(
        (a, b) => (logits[b] as number) - (logits[a] as number),
      );
      const token = likely[seed % 20] as number;
      const { winner, behind } = after(0, token);
      if (winner === token) return;
      expect(after(behind + 1e-3, token).winner).toBe(token);
      expect(after(behind - 1e-3, token).winner).not.toBe(token);
    }),
    { numRuns: 60 },
  );
});

test("what was written in other pieces than it is cut into is read as it was written", async () => {
  const pieces = ["ab", "a", "b", "c", "abc"];
  const written = [1, 2, 3, 0];
  const cuts: Record<string, number[]> = { bcab: [2, 3, 0], cab: [3, 0], ab: [0] };
  const asked: (readonly number[])[] = [];
  const places = await replay({
    tokens: [4, 0],
    cut: async (text) => cuts[text] ?? [],
    async judge(answer) {
      asked.push(answer);
      const right = (at: number) => answer.slice(0, at).join() === written.slice(0, at).join();
      return answer.map((id, at) => {
        const winner = right(at) ? (written[at] as number) : id;
        return { id, winner, behind: winner === id ? 0 : 0.9 };
      });
    },
    piece: (id) => Buffer.from(pieces[id] as string),
    signal: new AbortController().signal,
  });
  expect(places.map(({ id }) => id)).toEqual(written);
  // The first cut in both ways to read the prompt, of which none fits better.
  expect(asked).toEqual([[4, 0], [4, 0], written]);
});
