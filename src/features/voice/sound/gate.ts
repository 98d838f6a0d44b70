/**
 * Where somebody speaks in a recording: what is clearly louder than the quietest of it. Recognisers invent
 * words for silence, so they are given nothing else; and what is long is cut where it is quiet.
 */
import type { Sound } from "../process/protocol.ts";

/** Samples of a sound, from and to. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const FRAME_S = 0.02;
/** Louder than the background by so much, in decibels, and than this of the loudest that there can be. */
const ABOVE_DB = 9;
const QUIETEST_DB = -55;
/** Shorter pauses are in a sentence; shorter sounds are clicks. */
const PAUSE_S = 0.6;
const SHORTEST_S = 0.12;
/** Beside a stretch, since words begin and end softly. */
const MARGIN_S = 0.2;
/** What one piece may take: Whisper's window is of 30 s. */
const LONGEST_S = 25;

export function speechIn({ samples, rate }: Sound): readonly Stretch[] {
  const frame = Math.max(1, Math.round(FRAME_S * rate));
  const loud = loudness(samples, frame);
  if (loud.length === 0) return [];
  const sorted = loud.toSorted();
  const background = sorted[Math.floor(sorted.length / 10)] ?? 0;
  const threshold = Math.max(QUIETEST_DB, background + ABOVE_DB);
  const found: { from: number; to: number; frames: number }[] = [];
  for (const [at, level] of loud.entries()) {
    if (level < threshold) continue;
    const last = found.at(-1);
    if (last && (at - last.to) * FRAME_S < PAUSE_S) {
      last.to = at + 1;
      last.frames += 1;
    } else found.push({ from: at, to: at + 1, frames: 1 });
  }
  const margin = Math.round(MARGIN_S / FRAME_S);
  const end = Math.ceil(samples.length / frame);
  return found
    .filter(({ frames }) => frames * FRAME_S >= SHORTEST_S)
    .map(({ from, to }) => ({ from: Math.max(0, from - margin), to: Math.min(end, to + margin) }))
    .flatMap((one) => cut(one, loud))
    .map(({ from, to }) => ({ from: from * frame, to: Math.min(samples.length, to * frame) }));
}

/** In decibels of the loudest that there can be, frame by frame. */
function loudness(samples: Float32Array, frame: number): Float32Array {
  const frames = new Float32Array(Math.floor(samples.length / frame));
  for (let at = 0; at < frames.length; at++) {
    let sum = 0;
    for (let of = at * frame; of < (at + 1) * frame; of++) sum += (samples[of] ?? 0) ** 2;
    frames[at] = 10 * Math.log10(sum / frame + 1e-12);
  }
  return frames;
}

/** Cuts a stretch of frames that is too long at its quietest place, looked for in its second half. */
function cut({ from, to }: Stretch, loud: Float32Array): readonly Stretch[] {
  const longest = LONGEST_S / FRAME_S;
  const parts: Stretch[] = [];
  let begin = from;
  while (to - begin > longest) {
    let quietest = begin + Math.floor(longest / 2);
    for (let at = quietest; at < begin + longest; at++)
      if ((loud[at] ?? 0) < (loud[quietest] ?? 0)) quietest = at;
    parts.push({ from: begin, to: quietest });
    begin = quietest;
  }
  return [...parts, { from: begin, to }];
}
