/**
 * `npm run eval:turns -- [SENTENCES]`: whether the page notices when somebody begins and ends to speak, in
 * rooms of several kinds. Spoken by the fetched voices; needs a data folder with them.
 */
import { readConfig } from "../../src/config.ts";
import { quantile, random } from "../../src/core/statistics.ts";
import { voiceTools } from "../../src/engines.ts";
import { VoiceQueue } from "../../src/features/voice/process/queue.ts";
import { Shelf } from "../../src/features/voice/shelf/store.ts";
import { Speech } from "../../src/features/voice/speech.ts";
import { Turns } from "../../src/features/voice/turns.ts";
import { sentences } from "./sentences.ts";

const [count = "40"] = process.argv.slice(2);
/** Of the room around a sentence, and of a room in which nobody speaks. */
const [AROUND_S, ALONE_S] = [3, 600];
/** Of silence in the middle of what somebody says. */
const THOUGHT_S = 0.7;
/** A sentence begins where it is this loud, in shares of its loudest. */
const AUDIBLE = 0.05;
/** In decibels below the sentence; null for a room without any sound. */
const ROOMS: readonly (readonly [name: string, make: Room, below: number])[] = [
  ["no sound", () => () => 0, 99],
  ["hiss (white)", white, 30],
  ["hiss (white)", white, 20],
  ["hiss (white)", white, 10],
  ["rain (pink)", pink, 20],
  ["rain (pink)", pink, 10],
  ["fan (brown)", brown, 10],
  ["fan (brown)", brown, 0],
  ["keyboard", keyboard, 10],
];
type Room = (rate: number, next: () => number) => () => number;

function white(_rate: number, next: () => number): () => number {
  return () => next() * 2 - 1;
}
/** By octaves of white noise. Source: the algorithm of Voss and McCartney. */
function pink(_rate: number, next: () => number): () => number {
  const rows = Array.from({ length: 12 }, () => next() * 2 - 1);
  let at = 0;
  return () => {
    at += 1;
    const row = Math.min(11, 31 - Math.clz32(at & -at));
    rows[row] = next() * 2 - 1;
    return rows.reduce((sum, one) => sum + one, 0) / 12;
  };
}
function brown(_rate: number, next: () => number): () => number {
  let value = 0;
  return () => {
    value = 0.995 * value + 0.05 * (next() * 2 - 1);
    return value;
  };
}
/** Strokes of 15 ms, three to seven in a second, over a quiet hiss. */
function keyboard(rate: number, next: () => number): () => number {
  let [left, until] = [0, 0];
  return () => {
    if (until-- <= 0) {
      until = Math.round(rate * (0.14 + 0.2 * next()));
      left = Math.round(rate * 0.015);
    }
    return (next() * 2 - 1) * (left-- > 0 ? 1 : 0.01);
  };
}

const rms = (samples: Float32Array) =>
  Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);

/** Seconds at which somebody begins and ends to be heard. */
function spoken(samples: Float32Array, rate: number): readonly [number, number] {
  const most = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const audible = (one: number) => Math.abs(one) > most * AUDIBLE;
  return [samples.findIndex(audible) / rate, samples.findLastIndex(audible) / rate];
}

const { home } = readConfig();
const shelf = new Shelf(home, voiceTools, () => {});
const queue = new VoiceQueue(() => shelf.addon("engine"));
const speech = new Speech(shelf, queue, { enabled: true, seconds: 300, characters: 4096 });
const mine = { who: "eval", signal: new AbortController().signal };
const sounds: { readonly samples: Float32Array; readonly rate: number }[] = [];
for (const [language, voice] of [
  ["en", "piper-joe"],
  ["es", "kokoro-dora"],
] as const)
  for (const text of sentences(language, Number(count) / 2)) {
    const [sound] = await speech.speak(text, { voice, language }, mine);
    if (sound) sounds.push(sound);
  }
await queue.stop();
// Every second one goes on after a moment of thought.
for (const [at, { samples, rate }] of sounds.entries()) {
  if (at % 2 === 0) continue;
  const pause = new Float32Array(Math.round(THOUGHT_S * rate));
  const both = [...samples, ...pause, ...samples];
  sounds[at] = { samples: Float32Array.from(both), rate };
}

for (const [name, make, below] of ROOMS) {
  const next = random(46);
  const [late, after]: [number[], number[]] = [[], []];
  let [missed, cut, false_] = [0, 0, 0];
  for (const { samples, rate } of sounds) {
    const room = make(rate, next);
    const trial = Float32Array.from({ length: 5 * rate }, room);
    const gain = (rms(samples) * 10 ** (-below / 20)) / (rms(trial) || 1);
    const around = Math.round(AROUND_S * rate);
    const all = new Float32Array(samples.length + 2 * around);
    all.set(samples, around);
    for (let at = 0; at < all.length; at++) all[at] = (all[at] ?? 0) + gain * room();
    const [from, to] = spoken(samples, rate).map((at) => at + AROUND_S) as [number, number];
    const seen = marksIn(all, rate);
    const begins = seen.filter(({ mark, at }) => mark === "begins" && at >= from);
    const ends = seen.filter(({ mark, at }) => mark === "ends" && at >= from);
    false_ += seen.filter(({ mark, at }) => mark === "begins" && at < from).length;
    const [first] = begins;
    if (!first || first.at > to + 0.3) missed += 1;
    else late.push(first.at - from);
    if (ends.some(({ at }) => at < to)) cut += 1;
    const last = ends.at(-1);
    if (last && last.at >= to) after.push(last.at - to);
  }
  const [rate, alone] = [16_000, make(16_000, next)];
  const quiet = Float32Array.from({ length: ALONE_S * rate }, () => 0.02 * alone());
  const wrong = marksIn(quiet, rate).filter(({ mark }) => mark === "begins").length;
  const ms = (list: number[], share: number) => `${Math.round(1000 * quantile(list, share))} ms`;
  console.log(
    `${name}, ${below} dB below: ${sounds.length} sentences, ${missed} missed, ${cut} cut, ${false_} begun too early; ` +
      `begun after ${ms(late, 0.5)} (95 %: ${ms(late, 0.95)}), ended after ${ms(after, 0.5)} (95 %: ${ms(after, 0.95)}), ` +
      `${after.length} ended; alone for ${ALONE_S / 60} min: ${wrong} begun`,
  );
}

function marksIn(samples: Float32Array, rate: number) {
  const turns = new Turns(rate);
  const piece = Math.round(0.02 * rate);
  const seen: { readonly mark: string; readonly at: number }[] = [];
  for (let at = 0; at < samples.length; at += piece)
    for (const mark of turns.push(samples.subarray(at, at + piece)))
      seen.push({ mark, at: at / rate });
  return seen;
}
