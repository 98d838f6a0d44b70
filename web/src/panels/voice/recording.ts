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
export const RATE = 16_000;
export const AUDIO = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
const LEVEL_MS = 100;
/** Bars show the loudness of speech, which is far below the loudest that there can be. */
const LOUD = 6;

let ending: AbortController | undefined;
let cancelled = false;

/** Begins to listen, or says why not. */
export async function begin(): Promise<void> {
  const { phase, talk } = voice.get();
  const by = phase === "idle" && talk === null && mayListen();
  if (!by) return;
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

/** By what it is listened, or null, which is told. */
export function mayListen(): ReturnType<typeof ear> {
  const by = ear();
  const secure = isSecureContext && navigator.mediaDevices !== undefined;
  if (!by || !secure) voice.set({ note: by ? "insecure" : "setup", problem: null });
  return secure ? by : null;
}

/** By the names of the browser's errors. */
export const NOTES: Readonly<Record<string, Note>> = {
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
  const stream = await navigator.mediaDevices.getUserMedia({ audio: AUDIO });
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
  return written(wavOf(decoded));
}

/** What is said in a recording. */
export async function written(wav: Blob, signal?: AbortSignal): Promise<string> {
  const body = new FormData();
  body.append("file", wav, "speech.wav");
  body.append("language", language());
  const asked = { method: "POST", body, ...(signal && { signal }) };
  const reply = await request("/v1/audio/transcriptions", asked);
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
