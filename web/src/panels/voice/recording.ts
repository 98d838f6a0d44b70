/** Dictation: what is said is recorded, made a text, and put into the composer, where it can be read first. */
import type { Transcription } from "../../../../src/features/voice/api.ts";
import { language } from "../../chat/language.ts";
import { request, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { hear } from "./browser.ts";
import { stopReading } from "./reading.ts";
import { ear, type Note, voice } from "./state.ts";
import { wavOf } from "./wav.ts";

/** What the recognisers were taught with. */
const RATE = 16_000;
const LEVEL_MS = 100;
/** Bars show the loudness of speech, which is far below the loudest that there can be. */
const LOUD = 6;

let ending: AbortController | undefined;
let cancelled = false;

/** Begins to listen, or says why not. */
export async function begin(): Promise<void> {
  const by = ear();
  if (voice.get().phase !== "idle") return;
  if (!by) return voice.set({ note: "setup", problem: null });
  if (!isSecureContext || !navigator.mediaDevices)
    return voice.set({ note: "insecure", problem: null });
  // It must not hear itself.
  stopReading();
  ending = new AbortController();
  cancelled = false;
  voice.set({ phase: "asking", note: null, problem: null, level: 0 });
  try {
    const text = by === "server" ? await recorded(ending.signal) : await heard(ending.signal);
    if (cancelled) return;
    if (text === "") voice.set({ note: "nothing" });
    else desk.write([desk.draft.trimEnd(), text].filter(Boolean).join(" "));
  } catch (thrown) {
    if (cancelled) return;
    const note = NOTES[(thrown as Error).name];
    voice.set(note ? { note } : { problem: toProblem(thrown) });
  } finally {
    voice.set({ phase: "idle", level: 0 });
  }
}

/** By the names of the browser's errors. */
const NOTES: Readonly<Record<string, Note>> = {
  ...{ NotAllowedError: "denied", "not-allowed": "denied", "service-not-allowed": "denied" },
  // A press so short that the recording has no sound in it.
  EncodingError: "nothing",
  ...{ NotFoundError: "missing", NotReadableError: "missing", "audio-capture": "missing" },
};

/** What was said so far becomes text. */
export const finish = () => ending?.abort();

/** What was said is thrown away. */
export function cancel(): void {
  cancelled = true;
  ending?.abort();
}

async function heard(signal: AbortSignal): Promise<string> {
  voice.set({ phase: "listening" });
  return hear(signal);
}

async function recorded(signal: AbortSignal): Promise<string> {
  const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  let sound: Blob;
  try {
    // Whoever has let go of the button while the browser asked has said nothing.
    if (signal.aborted) return "";
    sound = await record(stream, signal);
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
  if (cancelled) return "";
  voice.set({ phase: "hearing", level: 0 });
  const context = new OfflineAudioContext(1, 1, RATE);
  const decoded = await context.decodeAudioData(await sound.arrayBuffer());
  const body = new FormData();
  body.append("file", wavOf(decoded), "speech.wav");
  body.append("language", language());
  const reply = await request("/v1/audio/transcriptions", { method: "POST", body });
  return ((await reply.json()) as Transcription).text;
}

function record(stream: MediaStream, signal: AbortSignal): Promise<Blob> {
  const recorder = new MediaRecorder(stream);
  const pieces: Blob[] = [];
  const done = Promise.withResolvers<Blob>();
  const stop = () => recorder.state !== "inactive" && recorder.stop();
  const longest = setTimeout(stop, Number(desk.fact("voice", "seconds") ?? 60) * 1000);
  const meter = levelOf(stream);
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  recorder.onstop = () => {
    clearTimeout(longest);
    meter.stop();
    done.resolve(new Blob(pieces, { type: recorder.mimeType }));
  };
  signal.addEventListener("abort", stop);
  recorder.start();
  voice.set({ phase: "listening" });
  return done.promise;
}

/** Shows that something is heard. */
function levelOf(stream: MediaStream): { stop(): void } {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    voice.set({ level: Math.min(1, Math.sqrt(power) * LOUD) });
  }, LEVEL_MS);
  return {
    stop() {
      clearInterval(timer);
      void context.close();
    },
  };
}
