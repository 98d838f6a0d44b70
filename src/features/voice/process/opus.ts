/**
 * Sound in Opus, as browsers and phones record it (in WebM or Ogg), and in Ogg for programs. Both libraries are in
 * WebAssembly and JavaScript; what somebody has sent is opened in this process alone, which has no rights.
 */
import type { Sound } from "./protocol.ts";

/** As far as they are used here. Sources: the types of libopus-wasm 0.4.0 and mediabunny 1.61.0. */
interface Libraries {
  readonly opus: {
    createDecoder(options: object): Promise<{
      decodeFloat(packet: Uint8Array): Float32Array;
      free(): void;
    }>;
    createEncoder(options: object): Promise<{
      readonly frameSize: number;
      encodeFloat(frame: Float32Array): Uint8Array;
      free(): void;
    }>;
  };
  readonly media: {
    readonly OGG: object;
    readonly WEBM: object;
    readonly MATROSKA: object;
    readonly BufferSource: new (bytes: Uint8Array) => object;
    readonly BufferTarget: new () => { readonly buffer: ArrayBuffer | null };
    readonly Input: new (
      options: object,
    ) => {
      getPrimaryAudioTrack(): Promise<{ readonly codec: string | null } | null>;
    };
    readonly EncodedPacketSink: new (
      track: object,
    ) => {
      packets(): AsyncIterable<Packet>;
    };
    readonly EncodedPacket: new (
      data: Uint8Array,
      type: "key",
      timestamp: number,
      duration: number,
    ) => Packet;
    readonly EncodedAudioPacketSource: new (
      codec: "opus",
    ) => {
      add(packet: Packet, about?: object): Promise<void>;
    };
    readonly OggOutputFormat: new () => object;
    readonly Output: new (
      options: object,
    ) => {
      addAudioTrack(source: object): void;
      start(): Promise<void>;
      finalize(): Promise<void>;
    };
  };
}
interface Packet {
  readonly data: Uint8Array;
}

/** Samples in a second, as the recognisers want them; and of what is written. */
const [HEARD_HZ, WRITTEN_HZ] = [16_000, 24_000];
/** In a second: speech of one voice is clear with that. */
const BITS = 32_000;
/** For speech. Source: `opus_defines.h`, `OPUS_APPLICATION_VOIP`. */
const VOIP = 2048;
/** Samples at 48 kHz that the decoder leaves out at the beginning, since the encoder looks ahead. */
const SKIP = 312;
/** To both sides of a sample, in the narrower of both rates, when a sound is given another rate. */
const REACH = 16;

const librariesOf = (entry: string) => import(entry) as Promise<Libraries>;

/**
 * @param seconds after which it is not read any further
 * @returns undefined for what is no Opus in one of these containers
 */
export async function decode(
  entry: string,
  bytes: Uint8Array,
  seconds: number,
): Promise<Sound | undefined> {
  const { opus, media } = await librariesOf(entry);
  const formats = [media.OGG, media.WEBM, media.MATROSKA];
  const pieces: Float32Array[] = [];
  let count = 0;
  try {
    const input = new media.Input({ formats, source: new media.BufferSource(bytes) });
    const track = await input.getPrimaryAudioTrack();
    if (track?.codec !== "opus") return undefined;
    const decoder = await opus.createDecoder({ sampleRate: HEARD_HZ, channels: 1 });
    try {
      for await (const { data } of new media.EncodedPacketSink(track).packets()) {
        const piece = decoder.decodeFloat(data);
        pieces.push(piece);
        count += piece.length;
        if (count > seconds * HEARD_HZ) break;
      }
    } finally {
      decoder.free();
    }
  } catch {
    return undefined;
  }
  const samples = new Float32Array(count);
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return { samples, rate: HEARD_HZ };
}

/** Opus in Ogg. Source: RFC 7845. */
export async function encode(entry: string, sound: Sound): Promise<Uint8Array> {
  const { opus, media } = await librariesOf(entry);
  const samples = atRate(sound, WRITTEN_HZ);
  const encoder = await opus.createEncoder({
    ...{ sampleRate: WRITTEN_HZ, channels: 1, application: VOIP, bitrate: BITS },
  });
  const target = new media.BufferTarget();
  const output = new media.Output({ format: new media.OggOutputFormat(), target });
  const source = new media.EncodedAudioPacketSource("opus");
  output.addAudioTrack(source);
  await output.start();
  const size = encoder.frameSize;
  const decoderConfig = {
    ...{ codec: "opus", numberOfChannels: 1, sampleRate: WRITTEN_HZ, description: head() },
  };
  for (let at = 0; at < samples.length; at += size) {
    const frame = new Float32Array(size);
    frame.set(samples.subarray(at, at + size));
    const [time, long] = [at / WRITTEN_HZ, size / WRITTEN_HZ];
    const packet = new media.EncodedPacket(encoder.encodeFloat(frame), "key", time, long);
    await source.add(packet, at === 0 ? { decoderConfig } : undefined);
  }
  await output.finalize();
  encoder.free();
  return new Uint8Array(target.buffer ?? []);
}

/** The identification header of one channel. Source: RFC 7845, 5.1. */
function head(): Uint8Array {
  const bytes = new Uint8Array(19);
  bytes.set(Buffer.from("OpusHead", "latin1"));
  const view = new DataView(bytes.buffer);
  view.setUint8(8, 1);
  view.setUint8(9, 1);
  view.setUint16(10, SKIP, true);
  view.setUint32(12, WRITTEN_HZ, true);
  return bytes;
}

/** Another rate, by a windowed sinc (Hann), which lets nothing through above half of the lower rate. */
export function atRate({ samples, rate }: Sound, wanted: number): Float32Array {
  if (rate === wanted) return samples;
  const share = Math.min(1, wanted / rate);
  const reach = REACH / share;
  return Float32Array.from({ length: Math.round((samples.length * wanted) / rate) }, (_, at) => {
    const middle = (at * rate) / wanted;
    let sum = 0;
    for (let of = Math.ceil(middle - reach); of <= middle + reach; of++) {
      const away = of - middle;
      const angle = Math.PI * away * share;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * away) / reach);
      sum += (samples[of] ?? 0) * share * window * (angle === 0 ? 1 : Math.sin(angle) / angle);
    }
    return sum;
  });
}
