/**
 * The process that hears and speaks: sherpa-onnx on sounds and texts that the server has cut to size. It
 * has no secrets, may write nothing and starts nothing; one piece of work at a time.
 */
import type { Asked, Hearing, Sound, Speaking, Told } from "./protocol.ts";

/** As far as it is used here. Source: `types.js` of sherpa-onnx-node 1.13.8. */
interface Sherpa {
  readonly OfflineRecognizer: new (config: object) => Recogniser;
  readonly OfflineTts: new (config: object) => Voice;
}
interface Recogniser {
  createStream(): { acceptWaveform(wave: object): void };
  setConfig(config: object): void;
  decodeAsync(stream: object): Promise<{ readonly text: string; readonly lang?: string }>;
}
interface Voice {
  generateAsync(asked: object): Promise<{ samples: Float32Array; sampleRate: number }>;
}

const [entry = "", threads = "1"] = process.argv.slice(2);
const numThreads = Number(threads);
/** Frames of 10 ms of silence behind a recording: with 300 of them Whisper base repeated itself instead of ending. */
const TAIL = 1000;

const { default: sherpa } = (await import(entry)) as { default: Sherpa };

let hearing:
  | { readonly id: string; readonly language: string; readonly by: Recogniser }
  | undefined;
let speaking: { readonly id: string; readonly by: Voice } | undefined;

process.on("message", (asked: Asked) => {
  work(asked)
    .catch((thrown): Told => ({ type: "failed", reason: String(thrown) }))
    .then(tell);
});
process.on("disconnect", () => process.exit(0));

async function work(asked: Asked): Promise<Told> {
  if (asked.type === "hear") return hear(asked);
  if (asked.type === "speak") return speak(asked);
  const opus = await import("./opus.ts");
  if (asked.type === "encode")
    return { type: "encoded", bytes: await opus.encode(asked.by, asked.sound) };
  const sound = await opus.decode(asked.by, asked.bytes, asked.seconds);
  return sound ? { type: "decoded", sound } : { type: "refused" };
}

const tell = (told: Told) => void process.send?.(told);

async function hear({ model, sound, language }: Extract<Asked, { type: "hear" }>): Promise<Told> {
  if (hearing?.id !== model.id) {
    hearing = undefined;
    hearing = {
      id: model.id,
      language,
      by: new sherpa.OfflineRecognizer(hearingOf(model, language)),
    };
  } else if (hearing.language !== language) {
    hearing.by.setConfig(hearingOf(model, language));
    hearing = { ...hearing, language };
  }
  const stream = hearing.by.createStream();
  stream.acceptWaveform({ samples: sound.samples, sampleRate: sound.rate });
  const { text, lang } = await hearing.by.decodeAsync(stream);
  return { type: "heard", text: text.trim(), language: lang?.replace(/\W/g, "") || language };
}

function hearingOf({ kind, encoder, decoder, tokens }: Hearing, language: string): object {
  const own =
    kind === "whisper"
      ? { whisper: { encoder, decoder, language, task: "transcribe", tailPaddings: TAIL } }
      : { moonshine: { encoder, mergedDecoder: decoder } };
  return {
    featConfig: { sampleRate: 16_000, featureDim: 80 },
    modelConfig: { ...own, tokens, numThreads, provider: "cpu", debug: 0 },
  };
}

async function speak({ voice, text, speed }: Extract<Asked, { type: "speak" }>): Promise<Told> {
  if (speaking?.id !== voice.id) {
    speaking = undefined;
    speaking = { id: voice.id, by: new sherpa.OfflineTts(speakingOf(voice)) };
  }
  const asked = { text, sid: 0, speed, enableExternalBuffer: false };
  const { samples, sampleRate } = await speaking.by.generateAsync(asked);
  return { type: "spoken", sound: { samples, rate: sampleRate } satisfies Sound };
}

function speakingOf({ kind, model, tokens, data, styles }: Speaking): object {
  const files = { model, tokens, dataDir: data };
  const own = kind === "piper" ? { vits: files } : { kokoro: { ...files, voices: styles } };
  return { model: { ...own, numThreads, provider: "cpu", debug: 0 }, maxNumSentences: 1 };
}
