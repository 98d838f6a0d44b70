/** One turn of somebody who speaks, from the microphone: it is opened for that, and closed again behind it. */

import { Turns } from "../../../../../src/features/voice/turns.ts";
import { desk } from "../../../desk.ts";
import { AUDIO, RATE } from "../recording.ts";
import { voice } from "../state.ts";
import { wavOf } from "../wav.ts";
import tapUrl from "./tap.worklet.ts?worker&url";

/** Of what was heard before it is known that somebody speaks: words begin softly. */
const BEFORE_S = 0.8;
/** Of silence, after which nobody is there any more. */
export const PATIENCE_S = 60;
/** The quietest and the loudest that the page shows, in decibels of the loudest that there can be. */
const [QUIET_DB, LOUD_DB] = [-60, -15];

/**
 * @param done ends the turn here, whether or not there was a pause
 * @param signal closes the microphone; what was said is thrown away
 * @returns WAV; null where nobody has said anything for a minute
 */
export async function turn(done: AbortSignal, signal: AbortSignal): Promise<Blob | null> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: AUDIO });
  const context = new AudioContext();
  try {
    signal.throwIfAborted();
    await context.audioWorklet.addModule(tapUrl);
    const tap = new AudioWorkletNode(context, "tap", { channelCount: 1 });
    context.createMediaStreamSource(stream).connect(tap);
    // It gives nothing, but what leads nowhere is not run everywhere.
    tap.connect(context.destination);
    await context.resume();
    const pieces = await spoken(tap.port, context.sampleRate, done, signal);
    return pieces && wavOf(await atRate(pieces, context.sampleRate));
  } finally {
    for (const track of stream.getTracks()) track.stop();
    await context.close();
    voice.set({ level: 0 });
  }
}

function spoken(
  port: MessagePort,
  rate: number,
  done: AbortSignal,
  signal: AbortSignal,
): Promise<readonly Float32Array[] | null> {
  const turns = new Turns(rate);
  const longest = Number(desk.fact("voice", "seconds") ?? 60) * rate;
  const { promise, resolve, reject } = Promise.withResolvers<readonly Float32Array[] | null>();
  let pieces: Float32Array[] = [];
  let count = 0;
  port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
    pieces.push(data);
    count += data.length;
    const marks = turns.push(data);
    voice.set({
      talk: turns.speaking ? "speaking" : "listening",
      level: Math.min(1, Math.max(0, (turns.level - QUIET_DB) / (LOUD_DB - QUIET_DB))),
    });
    if (marks.includes("ends") || (turns.speaking && count >= longest)) return resolve(pieces);
    if (turns.speaking) return;
    if (turns.silence >= PATIENCE_S) return resolve(null);
    while (count - (pieces[0]?.length ?? 0) > BEFORE_S * rate)
      count -= pieces.shift()?.length ?? count;
  };
  voice.set({ talk: "listening" });
  // Who says that they are done before anything was noticed has perhaps spoken very softly.
  done.addEventListener("abort", () => resolve(pieces));
  signal.addEventListener("abort", () => reject(signal.reason));
  return promise.finally(() => {
    port.onmessage = null;
    pieces = [];
  });
}

/** The sound as the recognisers were taught with. */
async function atRate(pieces: readonly Float32Array[], rate: number): Promise<AudioBuffer> {
  const count = pieces.reduce((sum, { length }) => sum + length, 0);
  const context = new OfflineAudioContext(1, Math.ceil((count * RATE) / rate) || 1, RATE);
  const sound = context.createBuffer(1, count || 1, rate);
  let at = 0;
  for (const piece of pieces) {
    sound.copyToChannel(Float32Array.from(piece), 0, at);
    at += piece.length;
  }
  const source = Object.assign(context.createBufferSource(), { buffer: sound });
  source.connect(context.destination);
  source.start();
  return context.startRendering();
}
