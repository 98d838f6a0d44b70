/** What is heard in a recording, and how a text sounds: which model does it, piece by piece. */
import { join } from "node:path";
import { audioTooLong, broke, noHearing, noVoice, textTooLong, unknownModel } from "./errors.ts";
import type { VoicePolicy } from "./policy.ts";
import type { Hearing, Sound, Speaking } from "./process/protocol.ts";
import type { VoiceQueue } from "./process/queue.ts";
import type { Part } from "./shelf/parts.ts";
import type { Shelf } from "./shelf/store.ts";
import { speechIn } from "./sound/gate.ts";
import { languageOf, sentencesOf } from "./spoken.ts";

export interface Heard {
  readonly text: string;
  /** Of the first piece; empty where nobody speaks. */
  readonly language: string;
  /** In seconds. */
  readonly duration: number;
  readonly pieces: readonly {
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }[];
}

/** Whose it is, and until when it is wanted. */
export interface For {
  readonly who: string;
  readonly signal: AbortSignal;
}

/** What a piece of work may take on a slow and busy machine: so much, and so much more for its size. */
const LEAST_MS = 60_000;
const MS_OF_SECOND = 10_000;
const MS_OF_CHARACTER = 500;
/** Names by which OpenAI's clients ask for whatever there is. */
const ANY = new Set(["default", "whisper-1", "tts-1"]);

export class Speech {
  readonly #shelf: Shelf;
  readonly #queue: VoiceQueue;
  readonly #policy: VoicePolicy;

  constructor(shelf: Shelf, queue: VoiceQueue, policy: VoicePolicy) {
    this.#shelf = shelf;
    this.#queue = queue;
    this.#policy = policy;
  }

  /** The languages that are understood and spoken now. */
  async languages(): Promise<{ readonly hears: string[]; readonly speaks: string[] }> {
    const present = await this.#present();
    const of = (kind: Part["kind"]) => [
      ...new Set(present.filter((one) => one.kind === kind).flatMap(({ languages }) => languages)),
    ];
    return { hears: of("hears"), speaks: of("speaks") };
  }

  /** Nothing without the engine, and no voice without the sounds of languages. */
  async #present(): Promise<readonly Part[]> {
    const present = await this.#shelf.present();
    const has = (id: string) => present.some((one) => one.id === id);
    if (!has("engine")) return [];
    return present.filter(({ kind }) => kind !== "speaks" || has("espeak-data"));
  }

  /**
   * @param language "es"; undefined where it is to be found out
   * @throws CharlaError `audio_too_long`, `voice_cannot_hear`, `voice_model_unknown`; what the queue says
   */
  async hear(
    sound: Sound,
    {
      language,
      model,
    }: { readonly language?: string | undefined; readonly model?: string | undefined },
    { who, signal }: For,
  ): Promise<Heard> {
    const duration = sound.samples.length / sound.rate;
    if (duration > this.#policy.seconds) throw audioTooLong(duration, this.#policy.seconds);
    const ears = (await this.#present()).filter(({ kind }) => kind === "hears");
    const part = chosen(ears, "model", model, language, () => noHearing(language ?? ""));
    const hearing = this.#hearing(part);
    // One that knows a single language is told no other.
    const asked = part.languages.length === 1 ? (part.languages[0] ?? "") : (language ?? "");
    const pieces: Heard["pieces"][number][] = [];
    let found = "";
    for (const { from, to } of speechIn(sound)) {
      const piece = { samples: sound.samples.slice(from, to), rate: sound.rate };
      const seconds = (to - from) / sound.rate;
      const work = {
        type: "hear",
        model: hearing,
        sound: piece,
        language: found || asked,
      } as const;
      const told = await this.#queue.ask(work, who, LEAST_MS + seconds * MS_OF_SECOND, signal);
      if (told.type !== "heard") throw broke();
      const text = told.text.trim();
      if (text === "") continue;
      found ||= told.language;
      pieces.push({ start: from / sound.rate, end: to / sound.rate, text });
    }
    const text = pieces.map((one) => one.text).join(" ");
    return { text, language: found || asked, duration, pieces };
  }

  /**
   * The sound of a text, sentence by sentence.
   *
   * @throws CharlaError `speech_too_long`, `voice_cannot_speak`, `voice_model_unknown`; what the queue says
   */
  async speak(
    text: string,
    { voice, model, language = languageOf(text), speed = 1 }: SpeakOptions,
    { who, signal }: For,
  ): Promise<readonly Sound[]> {
    if (text.length > this.#policy.characters) throw textTooLong(this.#policy.characters);
    const voices = (await this.#present()).filter(({ kind }) => kind === "speaks");
    const missing = () => noVoice(language);
    if (model !== undefined && !ANY.has(model)) chosen(voices, "model", model, undefined, missing);
    const named = ANY.has(voice) && model !== undefined ? model : voice;
    const speaking = this.#speaking(
      chosen(voices, "voice", named, ANY.has(named) ? language : undefined, missing),
    );
    const sounds: Sound[] = [];
    for (const sentence of sentencesOf(text, language)) {
      const ms = LEAST_MS + sentence.length * MS_OF_CHARACTER;
      const work = { type: "speak", voice: speaking, text: sentence, speed } as const;
      const told = await this.#queue.ask(work, who, ms, signal);
      if (told.type !== "spoken") throw broke();
      sounds.push(told.sound);
    }
    return sounds;
  }

  #hearing({ id }: Part): Hearing {
    const file = (name: string) => join(this.#shelf.folder(id), name);
    const kind = id === "whisper-base" ? "whisper" : "moonshine";
    const ending = kind === "whisper" ? "onnx" : "ort";
    const [encoder, decoder] = [file(`encoder.${ending}`), file(`decoder.${ending}`)];
    return { id, kind, encoder, decoder, tokens: file("tokens.txt") };
  }

  #speaking({ id }: Part): Speaking {
    const file = (name: string) => join(this.#shelf.folder(id), name);
    const data = join(this.#shelf.folder("espeak-data"), "espeak-ng-data");
    const files = { id, model: file("model.onnx"), tokens: file("tokens.txt"), data };
    if (id !== "kokoro-dora") return { ...files, kind: "piper" };
    return { ...files, kind: "kokoro", styles: file("voices.bin") };
  }
}

interface SpeakOptions {
  readonly voice: string;
  readonly model?: string | undefined;
  readonly language?: string | undefined;
  readonly speed?: number;
}

/** By its name, or the first that knows the language. */
function chosen(
  parts: readonly Part[],
  param: string,
  name = "default",
  language: string | undefined,
  missing: () => Error,
): Part {
  const able = parts.filter(({ languages }) => !language || languages.includes(language));
  if (!ANY.has(name)) {
    const named = parts.find(({ id }) => id === name);
    if (!named) {
      const names = parts.map(({ id }) => id);
      throw unknownModel(param, name, names);
    }
    if (!able.includes(named)) throw missing();
    return named;
  }
  const [first] = able;
  if (!first) throw missing();
  return first;
}
