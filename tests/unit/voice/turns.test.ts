/** Where somebody begins and ends to speak: on sounds that are made here, whose truth is known. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../../../src/core/statistics.ts";
import { type Mark, Turns } from "../../../src/features/voice/turns.ts";

const RATE = 16_000;
/** Seconds of noise, of which each sample is at most so large. */
const noise = (seconds: number, loud: number, seed = 1): number[] => {
  const next = random(seed);
  return Array.from({ length: seconds * RATE }, () => loud * (2 * next() - 1));
};
/** Something like a voice: syllables of a tone with overtones, four in a second. */
const voice = (seconds: number, loud: number): number[] =>
  Array.from({ length: seconds * RATE }, (_, at) => {
    const time = at / RATE;
    const syllable = Math.max(0.02, Math.sin(2 * Math.PI * 4 * time));
    const tones = [220, 660, 1100].map((hertz) => Math.sin(2 * Math.PI * hertz * time));
    return (loud * syllable * tones.reduce((sum, one) => sum + one, 0)) / 3;
  });

interface Seen {
  readonly mark: Mark;
  /** Seconds. */
  readonly at: number;
}

/** @param sizes of the pieces in which it comes, again and again */
function marksIn(sound: readonly number[], sizes: readonly number[] = [1024]): readonly Seen[] {
  const turns = new Turns(RATE);
  const seen: Seen[] = [];
  for (let at = 0, round = 0; at < sound.length; round++) {
    const size = sizes[round % sizes.length] ?? 1;
    const piece = Float32Array.from(sound.slice(at, at + size));
    at += size;
    for (const mark of turns.push(piece)) seen.push({ mark, at: at / RATE });
  }
  return seen;
}

test("what a room always does is nobody who speaks, however loud it is", () => {
  const loudness = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(loudness, fc.nat(), (loud, seed) => {
      expect(marksIn(noise(20, loud, seed))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

test("somebody who is clearly louder than the room is heard once, from their beginning to their end", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.05, max: 0.9, noNaN: true }),
      fc.double({ min: 0, max: 0.1, noNaN: true }),
      fc.integer({ min: 1, max: 15 }),
      fc.nat(),
      (loud, share, seconds, seed) => {
        const said = voice(seconds, loud);
        const sound = [...new Array(2 * RATE).fill(0), ...said, ...new Array(3 * RATE).fill(0)];
        const room = noise(seconds + 5, share * loud, seed);
        const seen = marksIn(sound.map((one, at) => one + (room[at] ?? 0)));
        expect(seen.map(({ mark }) => mark)).toEqual(["begins", "ends"]);
        const [begins, ends] = seen.map(({ at }) => at) as [number, number];
        expect(begins).toBeGreaterThan(2);
        expect(begins).toBeLessThan(2.7);
        expect(ends).toBeGreaterThan(seconds + 2.8);
        expect(ends).toBeLessThan(seconds + 3.6);
      },
    ),
    { numRuns: 15 },
  );
});

test("it does not matter in which pieces a sound comes", () => {
  const sound = [...noise(1, 0.01), ...voice(2, 0.4), ...noise(2, 0.01, 2), ...voice(1, 0.4)];
  const marks = (sizes: readonly number[]) => marksIn(sound, sizes).map(({ mark }) => mark);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }), (sizes) => {
      expect(marks(sizes)).toEqual(["begins", "ends", "begins"]);
    }),
    { numRuns: 20 },
  );
});

test("clicks are nobody, and a moment of thought is no end", () => {
  const click = [...noise(0.03, 0.8), ...noise(0.27, 0.004)];
  expect(marksIn(Array.from({ length: 40 }, () => click).flat())).toEqual([]);
  const thought = [...noise(1, 0.002), ...voice(2, 0.3), ...noise(0.8, 0.002), ...voice(2, 0.3)];
  expect(marksIn(thought).map(({ mark }) => mark)).toEqual(["begins"]);
});

test("a fan that is switched on is taken for somebody once, and then for a part of the room", () => {
  const seen = marksIn([...noise(3, 0.003), ...noise(20, 0.1)]);
  expect(seen.map(({ mark }) => mark)).toEqual(["begins", "ends"]);
  expect(seen[1]?.at).toBeLessThan(10);
});

test("it counts for how long nobody has spoken", () => {
  const turns = new Turns(RATE);
  turns.push(Float32Array.from(noise(2, 0.001)));
  expect(turns.silence).toBeCloseTo(2, 1);
  turns.push(Float32Array.from(voice(2, 0.3)));
  expect(turns.speaking).toBe(true);
  expect(turns.silence).toBeLessThan(0.5);
  turns.push(new Float32Array(61 * RATE));
  expect(turns.speaking).toBe(false);
  expect(turns.silence).toBeGreaterThan(60);
});
