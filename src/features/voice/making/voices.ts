/**
 * Models as their makers publish them, for sherpa-onnx: it wants to be told by a voice itself what
 * stands beside it in a file of JSON, and alphabets as lists.
 * Source: `offline-tts-vits-model.cc` and `offline-tts-kokoro-model.cc` of k2-fsa/sherpa-onnx.
 */
import { withMetadata } from "../../../core/onnx.ts";

interface PiperConfig {
  readonly audio: { readonly sample_rate: number };
  /** The language by which eSpeak NG tells the sounds of a text. */
  readonly espeak: { readonly voice: string };
  readonly num_speakers: number;
  readonly phoneme_id_map: Readonly<Record<string, readonly number[]>>;
}

export interface Voice {
  readonly model: Buffer;
  /** "sound id" on each line. */
  readonly tokens: string;
}

export function piper(model: Uint8Array, { audio, espeak, ...config }: PiperConfig): Voice {
  const about = { model_type: "vits", comment: "piper", language: espeak.voice };
  const sounds = Object.entries(config.phoneme_id_map);
  return {
    model: withMetadata(model, {
      ...{ ...about, voice: espeak.voice, has_espeak: 1 },
      ...{ n_speakers: config.num_speakers, sample_rate: audio.sample_rate },
    }),
    tokens: sounds.map(([sound, ids]) => `${sound} ${ids[0]}\n`).join(""),
  };
}

/** Source of its numbers: the model's card; 510 styles of 256, of which the length of a text chooses one. */
export function kokoro(model: Uint8Array, letters: Readonly<Record<string, number>>): Voice {
  return {
    model: withMetadata(model, {
      ...{ model_type: "kokoro", language: "Spanish", voice: "es", has_espeak: 1, version: 1 },
      ...{ sample_rate: 24_000, n_speakers: 1, style_dim: "510,1,256", speaker_names: "ef_dora" },
    }),
    tokens: Object.entries(letters)
      .map(([sound, id]) => `${sound} ${id}\n`)
      .join(""),
  };
}

/**
 * Moonshine's tokens: one after the other as a length and that many bytes. A length is a byte, or two
 * where the first is 128 or more: its seven lower bits and 128 times the second.
 * Source: `tokenizer.bin` as read by `bin-tokenizer.cpp` of moonshine-ai/moonshine.
 */
export function moonshineTokens(file: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < file.length; ) {
    const first = file.readUInt8(at++);
    const length = first < 128 ? first : (first & 127) + 128 * file.readUInt8(at++);
    lines.push(`${file.subarray(at, at + length).toString("base64")} ${lines.length}\n`);
    at += length;
  }
  return lines.join("");
}
