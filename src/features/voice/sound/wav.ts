/**
 * Sound in the format WAV: read as the engine wants it, one channel of floats, and written with 16 bits.
 * Source: "Multimedia Programming Interface and Data Specifications 1.0" (RIFF), and RFC 2361 of the codecs.
 */
import { audioUnreadable } from "../errors.ts";
import type { Sound } from "../process/protocol.ts";

const [PCM, FLOAT, EXTENSIBLE] = [1, 3, 0xfffe];
const HEAD = 44;
const MOST_CHANNELS = 8;

type Read = (view: DataView, at: number) => number;
/** By kind and bits. */
const READERS: Readonly<Record<string, Read>> = {
  [`${PCM}/8`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${PCM}/16`]: (view, at) => view.getInt16(at, true) / 32_768,
  [`${PCM}/24`]: (view, at) =>
    ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608,
  [`${PCM}/32`]: (view, at) => view.getInt32(at, true) / 2_147_483_648,
  [`${FLOAT}/32`]: (view, at) => view.getFloat32(at, true),
};

interface Format {
  readonly kind: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/** @throws CharlaError `audio_unreadable` */
export function readWav(bytes: Uint8Array): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number) => Buffer.from(bytes.subarray(at, at + 4)).toString("latin1");
  if (bytes.length < HEAD || name(0) !== "RIFF" || name(8) !== "WAVE")
    throw audioUnreadable("WAV?");
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const kind = name(at);
    const from = at + 8;
    // Whoever streams does not know the length, and says 0 or the most that there is.
    const size = Math.min(view.getUint32(at + 4, true), bytes.length - from);
    if (kind === "fmt " && size >= 16) format = formatAt(view, from, size);
    if (kind === "data") {
      if (!format) break;
      const length = size === 0 ? bytes.length - from : size;
      return samplesOf(new DataView(view.buffer, view.byteOffset + from, length), format);
    }
    at = from + size + (size % 2);
  }
  throw audioUnreadable("WAV without data");
}

function formatAt(view: DataView, at: number, size: number): Format {
  const kind = view.getUint16(at, true);
  const named = kind === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : kind;
  const channels = view.getUint16(at + 2, true);
  const rate = view.getUint32(at + 4, true);
  const format = { kind: named, channels, rate, bits: view.getUint16(at + 14, true) };
  const known = READERS[`${format.kind}/${format.bits}`];
  const sane = channels >= 1 && channels <= MOST_CHANNELS && rate >= 8000 && rate <= 192_000;
  if (!known || !sane)
    throw audioUnreadable(`${format.kind}, ${format.bits} bit, ${channels} × ${rate} Hz`);
  return format;
}

function samplesOf(view: DataView, { kind, channels, rate, bits }: Format): Sound {
  const read = READERS[`${kind}/${bits}`] as Read;
  const width = bits / 8;
  const count = Math.floor(view.byteLength / (width * channels));
  const samples = new Float32Array(count);
  for (let at = 0; at < count; at++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += read(view, (at * channels + channel) * width);
    const value = sum / channels;
    samples[at] = Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0;
  }
  return { samples, rate };
}

/** Parts one after the other, with a pause between them. */
export function writeWav(parts: readonly Sound[], pauseSeconds = 0): Buffer {
  const rate = parts[0]?.rate ?? 16_000;
  const pause = Math.round(pauseSeconds * rate);
  const count = parts.reduce((sum, { samples }) => sum + samples.length + pause, -pause);
  const bytes = Buffer.alloc(HEAD + 2 * Math.max(0, count));
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(PCM, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(bytes.length - HEAD, 40);
  let at = HEAD;
  for (const { samples } of parts) {
    for (const value of samples) {
      bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32_767), at);
      at += 2;
    }
    at += 2 * pause;
  }
  return bytes;
}
