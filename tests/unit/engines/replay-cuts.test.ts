/** A text read again does not tell in which tokens it was written: they are found by the draws. */
import { expect, test } from "vitest";
import { judged, type Place, replay } from "../../../src/engines/llama/process/replay.ts";
import type { Scheduler } from "../../../src/engines/llama/process/scheduler.ts";
import type { Sampler } from "../../../src/engines/llama/sampling/sampler.ts";

const WORDS = ["p", "are", "los", "a", "arel", "osa", "l", " la", " villa", " v", "illa", "x"];
const piece = (id: number) => Buffer.from(WORDS[id] as string);
const ids = (...words: string[]) => words.map((word) => WORDS.indexOf(word));
const { signal } = new AbortController();

/** As a tokenizer cuts what somebody else has written. */
const CUTS: Readonly<Record<string, readonly string[]>> = {
  "parelosa la villa": ["p", "arel", "osa", " la", " villa"],
  "losa la villa": ["l", "osa", " la", " villa"],
  "a la villa": ["a", " la", " villa"],
  illa: ["illa"],
};
const cut = async (text: string) => ids(...(CUTS[text] ?? []));

/** The model that has written `own`; what does not begin so is drawn by other numbers, so nothing fits. */
function writer(own: readonly number[]) {
  const asked: (readonly number[])[] = [];
  const judge = async (answer: readonly number[]) => {
    asked.push(answer);
    return answer.map((id, at): Place => {
      const same = own.slice(0, at).every((one, place) => one === answer[place]);
      const winner = same ? (own[at] ?? WORDS.indexOf("x")) : WORDS.indexOf("x");
      return { id, winner, behind: id === winner ? 0 : 2 };
    });
  };
  return { asked, judge };
}
/** Of what comes out as it stands, before the word in question. */
const before = ids(...Array<string>(8).fill("l"));
const start = async () => [...before, ...(await cut("parelosa la villa"))];

test("a word that was written in other pieces is found, though the first of them fits no better", async () => {
  const own = [...before, ...ids("p", "are", "los", "a", " la", " v", "illa")];
  const { judge } = writer(own);
  const places = await replay({ tokens: await start(), cut, judge, piece, signal });
  expect(places.map(({ id }) => id)).toEqual(own);
  expect(places.every(({ behind }) => behind === 0)).toBe(true);
});

test("a text of somebody else is left as it is cut, after a few tries", async () => {
  const { asked, judge } = writer([...before, ...ids("p", "are", "x")]);
  const tokens = await start();
  const places = await replay({ tokens, cut, judge, piece, signal });
  expect(places.map(({ id }) => id)).toEqual(tokens);
  expect(asked.length).toBeLessThan(8);
});

test("a prompt is read in small chunks, too, where something differs, and so on where that fits better", async () => {
  const own = await start();
  const ways: boolean[] = [];
  const judge = async (answer: readonly number[], slowly: boolean) => {
    ways.push(slowly);
    return answer.map((id, at): Place => {
      // Another token in the middle, by rounding; nothing to cut otherwise there.
      const differs = !slowly && at === 4;
      return { id, winner: differs ? (ids("x")[0] as number) : id, behind: differs ? 0.1 : 0 };
    });
  };
  const places = await replay({ tokens: own, cut, judge, piece, signal });
  expect(places.every(({ behind }) => behind === 0)).toBe(true);
  expect(ways).toEqual([false, true]);
  // Where all comes out there is no reason to.
  ways.length = 0;
  const clean = async (answer: readonly number[], slowly: boolean) => {
    ways.push(slowly);
    return answer.map((id): Place => ({ id, winner: id, behind: 0 }));
  };
  await replay({ tokens: own, cut, judge: clean, piece, signal });
  expect(ways).toEqual([false]);
});

test("how far each is off is asked no more once an answer is hopeless", async () => {
  const asked: boolean[] = [];
  const sampler = {
    judge: (_: Float32Array, id: number, roughly: boolean) => {
      asked.push(roughly);
      return { winner: id + 1, behind: roughly ? 1000 : 3 };
    },
  } as unknown as Sampler;
  const answer = Array.from({ length: 200 }, (_, n) => n);
  const scheduler: Pick<Scheduler, "add"> = {
    add({ onLogits, onEnd }) {
      for (const _ of answer) onLogits(Float32Array.of(0), 0);
      onEnd(undefined);
    },
  };
  const pass = { prompt: [1], answer, sampler, slowly: false, adapter: undefined, signal };
  const places = await judged(pass, scheduler);
  expect(places).toHaveLength(200);
  expect(asked.indexOf(true)).toBe(64);
  expect(asked.slice(64).every(Boolean)).toBe(true);
});
