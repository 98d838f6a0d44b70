/** Sound as it comes and goes: WAV is read and written here, Opus by the process without rights. */
import { audioUnreadable, broke, noOpus } from "./errors.ts";
import type { Sound } from "./process/protocol.ts";
import type { VoiceQueue } from "./process/queue.ts";
import type { Shelf } from "./shelf/store.ts";
import { readWav, writeWav } from "./sound/wav.ts";
import type { For } from "./speech.ts";

/** Of one sound, on a slow and busy machine. */
const MOST_MS = 120_000;
/** Between two sentences. */
const PAUSE_S = 0.25;

export class Coded {
  readonly #shelf: Shelf;
  readonly #queue: VoiceQueue;
  /** After which nothing is read any further. */
  readonly #seconds: number;

  constructor(shelf: Shelf, queue: VoiceQueue, seconds: number) {
    this.#shelf = shelf;
    this.#queue = queue;
    this.#seconds = seconds;
  }

  /** @throws CharlaError `audio_unreadable`, `voice_no_opus`; what the queue says */
  async read(bytes: Uint8Array, { who, signal }: For): Promise<Sound> {
    if (!mayBeOpus(bytes)) return readWav(bytes);
    const by = await this.#opus();
    const work = { type: "decode", by, bytes, seconds: this.#seconds + 1 } as const;
    const told = await this.#queue.ask(work, who, MOST_MS, signal);
    if (told.type === "refused") throw audioUnreadable("Opus?");
    if (told.type !== "decoded") throw broke();
    return told.sound;
  }

  wav(sentences: readonly Sound[]): Uint8Array {
    return writeWav(sentences, PAUSE_S);
  }

  /** @throws CharlaError `voice_no_opus`; what the queue says */
  async opus(sentences: readonly Sound[], { who, signal }: For): Promise<Uint8Array> {
    const sound = joined(sentences);
    const work = { type: "encode", by: await this.#opus(), sound } as const;
    const told = await this.#queue.ask(work, who, MOST_MS, signal);
    if (told.type !== "encoded") throw broke();
    return told.bytes;
  }

  async #opus(): Promise<string> {
    const entry = await this.#shelf.addon("opus");
    if (!entry) throw noOpus();
    return entry;
  }
}

function joined(sentences: readonly Sound[]): Sound {
  const rate = sentences[0]?.rate ?? 24_000;
  const pause = Math.round(PAUSE_S * rate);
  const count = sentences.reduce((sum, { samples }) => sum + samples.length + pause, 0);
  const all = new Float32Array(count);
  let at = 0;
  for (const { samples } of sentences) {
    all.set(samples, at);
    at += samples.length + pause;
  }
  return { samples: all, rate };
}

/** By its first bytes: Ogg (RFC 3533, 6), or a file in EBML (RFC 8794, 11.2.1), such as WebM. */
const mayBeOpus = (bytes: Uint8Array): boolean =>
  ["OggS", "\x1a\x45\xdf\xa3"].includes(Buffer.from(bytes.subarray(0, 4)).toString("latin1"));
