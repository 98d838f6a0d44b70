/**
 * `npm run eval:voice -- [SENTENCES [ES-VOICE]]`: how well what this server speaks is heard by it again, in
 * both languages, and how long both take. Needs a data folder with what `charla voice setup` fetches.
 */
import { readConfig } from "../../src/config.ts";
import { quantile, random, sum } from "../../src/core/statistics.ts";
import { voiceTools } from "../../src/engines.ts";
import type { Sound } from "../../src/features/voice/process/protocol.ts";
import { VoiceQueue } from "../../src/features/voice/process/queue.ts";
import { Shelf } from "../../src/features/voice/shelf/store.ts";
import { Speech } from "../../src/features/voice/speech.ts";
import { type Language, sentences } from "./sentences.ts";

const [count = "100", spanish = "kokoro-dora"] = process.argv.slice(2);
const VOICES: Readonly<Record<Language, string>> = { es: spanish, en: "piper-joe" };
const RESAMPLES = 1000;

const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Words that have to be put in, taken out or changed (Levenshtein). */
function mistakes(said: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: heard.length + 1 }, (_, at) => at);
  for (const [at, word] of said.entries()) {
    const next = [at + 1];
    for (let of = 1; of <= heard.length; of++) {
      const same = (row[of - 1] ?? 0) + (word === heard[of - 1] ? 0 : 1);
      next.push(Math.min(same, (row[of] ?? 0) + 1, (next[of - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

interface Heard {
  readonly wrong: number;
  readonly of: number;
}
const rate = (all: readonly Heard[]) =>
  sum(all.map(({ wrong }) => wrong)) / sum(all.map(({ of }) => of));

/** Of 95 %, by resamples of whole sentences. */
function interval(all: readonly Heard[]): readonly [number, number] {
  const next = random(7);
  const rates = Array.from({ length: RESAMPLES }, () =>
    rate(all.map(() => all[Math.floor(next() * all.length)] as Heard)),
  );
  return [quantile(rates, 0.025), quantile(rates, 0.975)];
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const { home } = readConfig();
const shelf = new Shelf(home, voiceTools, () => {});
const queue = new VoiceQueue(() => shelf.addon("engine"));
const speech = new Speech(shelf, queue, { enabled: true, seconds: 300, characters: 4096 });
const mine = { who: "eval", signal: new AbortController().signal };
const ears = (await shelf.present()).filter(({ kind }) => kind === "hears");

for (const language of ["en", "es"] as const) {
  const said = sentences(language, Number(count));
  const sounds: Sound[] = [];
  const speaking: number[] = [];
  for (const text of said) {
    const since = performance.now();
    const [sound] = await speech.speak(text, { voice: VOICES[language], language }, mine);
    speaking.push(performance.now() - since);
    if (sound) sounds.push(sound);
  }
  const seconds = sounds.map(({ samples, rate: hertz }) => samples.length / hertz);
  console.log(
    `${VOICES[language]}: ${said.length} sentences, ${(sum(seconds) / seconds.length).toFixed(1)} s each; ` +
      `spoken in ${quantile(speaking, 0.5).toFixed(0)} ms (median), ${quantile(speaking, 0.95).toFixed(0)} ms (95 %)`,
  );
  for (const { id } of ears.filter(({ languages }) => languages.includes(language))) {
    const hearing: number[] = [];
    const all: Heard[] = [];
    for (const [at, sound] of sounds.entries()) {
      const since = performance.now();
      const { text } = await speech.hear(sound, { language, model: id }, mine);
      hearing.push(performance.now() - since);
      const wanted = words(said[at] ?? "");
      all.push({ wrong: mistakes(wanted, words(text)), of: wanted.length });
    }
    const [low, high] = interval(all);
    console.log(
      `  ${id}: WER ${percent(rate(all))} (${percent(low)} to ${percent(high)}), ` +
        `${percent(all.filter(({ wrong }) => wrong === 0).length / all.length)} without a mistake; ` +
        `heard in ${quantile(hearing, 0.5).toFixed(0)} ms (median), ${quantile(hearing, 0.95).toFixed(0)} ms (95 %)`,
    );
  }
}
await queue.stop();
