/** Sound: WAV read and written, and where somebody speaks in it. */
import { expect, test } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import { atRate } from "../../../src/features/voice/process/opus.ts";
import type { Sound } from "../../../src/features/voice/process/protocol.ts";
import { speechIn } from "../../../src/features/voice/sound/gate.ts";
import { readWav, writeWav } from "../../../src/features/voice/sound/wav.ts";

const RATE = 16_000;
/** Numbers that look like noise and are the same each time. */
function noise(seconds: number, loud: number): number[] {
  let state = 1;
  return Array.from({ length: Math.round(seconds * RATE) }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state / 2 ** 30 - 1) * loud;
  });
}
const sound = (...parts: readonly (readonly number[])[]): Sound => ({
  samples: Float32Array.from(parts.flat()),
  rate: RATE,
});
const seconds = (made: Sound) =>
  speechIn(made).map(({ from, to }) => [from, to].map((at) => Math.round((at / RATE) * 10) / 10));

test("what is written is read again, with a pause between the parts", () => {
  const one = sound([0, 0.5, -0.5, 1, -1]);
  const back = readWav(writeWav([one]));
  expect(back.rate).toBe(RATE);
  expect([...back.samples].map((value) => Math.round(value * 100) / 100)).toEqual([
    0, 0.5, -0.5, 1, -1,
  ]);
  const two = readWav(writeWav([one, one], 0.25));
  expect(two.samples.length).toBe(10 + RATE / 4);
});

/** @param write puts a sample at its place */
function wav(
  kind: number,
  bits: number,
  channels: number,
  values: number[],
  size?: number,
): Buffer {
  const width = bits / 8;
  const bytes = Buffer.alloc(44 + values.length * width);
  bytes.write("RIFF\0\0\0\0WAVEfmt ", 0, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(kind, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(44_100, 24);
  bytes.writeUInt16LE(bits, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(size ?? values.length * width, 40);
  for (const [at, value] of values.entries()) {
    if (kind === 3) bytes.writeFloatLE(value, 44 + at * width);
    else if (bits === 8) bytes.writeUInt8(value, 44 + at);
    else bytes.writeIntLE(value, 44 + at * width, width);
  }
  return bytes;
}

test("WAV of every kind that recorders write is one channel of floats", () => {
  const halves = [0.5, -0.5];
  expect([...readWav(wav(1, 8, 1, [192, 64])).samples]).toEqual(halves);
  expect([...readWav(wav(1, 16, 1, [16_384, -16_384])).samples]).toEqual(halves);
  expect([...readWav(wav(1, 24, 1, [4_194_304, -4_194_304])).samples]).toEqual(halves);
  expect([...readWav(wav(1, 32, 1, [2 ** 30, -(2 ** 30)])).samples]).toEqual(halves);
  expect([...readWav(wav(3, 32, 1, halves)).samples]).toEqual(halves);
  // Two channels are mixed; what is no number is silence.
  expect([...readWav(wav(3, 32, 2, [1, 0, Number.NaN, 0])).samples]).toEqual([0.5, 0]);
  // Whoever streams says that it is endless, or nothing.
  for (const size of [0xffffffff, 0])
    expect(readWav(wav(1, 16, 1, [1, 2, 3], size)).samples.length).toBe(3);
});

test.each([
  ["nothing", Buffer.alloc(0)],
  [
    "a text",
    Buffer.from("this is no sound at all, though it is long enough to be one of forty-four"),
  ],
  ["MP3 in WAV", wav(0x55, 16, 1, [0])],
  ["no channels", wav(1, 16, 0, [0])],
  ["no data", wav(1, 16, 1, []).subarray(0, 36)],
])("%s is refused in words", (_name, bytes) => {
  expect(() => readWav(bytes)).toThrowError(CharlaError);
});

test("silence and even noise are no speech, whatever their loudness", () => {
  expect(seconds(sound([]))).toEqual([]);
  expect(seconds(sound(noise(3, 0)))).toEqual([]);
  for (const loud of [0.0005, 0.02, 0.5]) expect(seconds(sound(noise(3, loud)))).toEqual([]);
  // A click is none either.
  expect(seconds(sound(noise(1, 0.001), noise(0.04, 0.5), noise(1, 0.001)))).toEqual([]);
});

test("what is louder than the background is found, with a margin, and short pauses belong to it", () => {
  const [quiet, loud] = [noise(1, 0.002), noise(1, 0.2)];
  expect(seconds(sound(quiet, loud, quiet))).toEqual([[0.8, 2.2]]);
  const pause = noise(0.4, 0.002);
  expect(seconds(sound(quiet, loud, pause, loud, quiet))).toEqual([[0.8, 3.6]]);
  expect(seconds(sound(quiet, loud, quiet, loud, quiet))).toEqual([
    [0.8, 2.2],
    [2.8, 4.2],
  ]);
});

test("what is too long for a recogniser is cut where it is quietest, and nothing is lost", () => {
  const stretch = [noise(20, 0.2), noise(0.3, 0.01), noise(20, 0.2)];
  const found = speechIn(sound(noise(6, 0.001), ...stretch, noise(1, 0.001)));
  expect(found.length).toBe(2);
  expect(found.every(({ from, to }) => (to - from) / RATE <= 25)).toBe(true);
  expect(found[0]?.to).toBe(found[1]?.from);
  expect((found[0]?.to ?? 0) / RATE).toBeCloseTo(26.1, 0);
});

test("a sound of another rate is the same sound, and what the rate cannot hold is gone", () => {
  const tone = (hertz: number, rate: number) =>
    Float32Array.from({ length: rate }, (_, at) => Math.sin((2 * Math.PI * hertz * at) / rate));
  for (const [from, to] of [
    [22_050, 24_000],
    [44_100, 24_000],
    [16_000, 24_000],
  ] as const) {
    const made = atRate({ samples: tone(440, from), rate: from }, to);
    expect(made.length).toBe(to);
    // Beginning and end have nothing beside them.
    const wanted = tone(440, to);
    const off = made.map((one, at) => Math.abs(one - (wanted[at] ?? 0)));
    expect(Math.max(...off.slice(100, -100))).toBeLessThan(0.01);
  }
  const high = atRate({ samples: tone(15_000, 48_000), rate: 48_000 }, 24_000);
  expect(Math.max(...high.slice(100, -100).map(Math.abs))).toBeLessThan(0.01);
});
