/**
 * Reads an answer aloud, sentence by sentence, also while it is being written: the next sentence is fetched
 * while one is heard. By the server's voice where it has one for the language, else by one of the browser's.
 */
import { languageOf, sentencesOf, speakable } from "../../../../src/features/voice/spoken.ts";
import { failure, request, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { speak } from "./browser.ts";
import { mouth, voice } from "./state.ts";
import { t } from "./words.ts";

/** Between two looks whether a sentence has been written meanwhile. */
const LOOK_MS = 150;

let stopping: AbortController | undefined;
let context: AudioContext | undefined;

export function stopReading(): void {
  stopping?.abort();
  stopping = undefined;
  globalThis.speechSynthesis?.cancel();
  void context?.close();
  context = undefined;
  if (voice.get().reading) voice.set({ reading: null });
}

export function pauseOrGoOn(): void {
  const { reading } = voice.get();
  if (!reading) return;
  const paused = !reading.paused;
  voice.set({ reading: { ...reading, paused } });
  if (paused) {
    void context?.suspend();
    globalThis.speechSynthesis?.pause();
  } else {
    void context?.resume();
    globalThis.speechSynthesis?.resume();
  }
}

/** Reads an answer from its beginning. @param message its id */
export async function read(message: string): Promise<void> {
  stopReading();
  stopping = new AbortController();
  const { signal } = stopping;
  // Begun here, within what the reader has clicked: later the browser would not let it.
  context = new AudioContext();
  voice.set({
    reading: { message, paused: false, waiting: true },
    ...{ problem: null, note: null },
  });
  try {
    let ahead: Promise<Sound> | undefined;
    for await (const sentence of sentencesWritten(message, signal)) {
      const next = fetched(sentence, signal);
      // Its error is told when it is its turn.
      next.catch(() => {});
      if (ahead) await play(await ahead, signal);
      ahead = next;
    }
    if (ahead) await play(await ahead, signal);
  } catch (thrown) {
    if (!signal.aborted) voice.set({ problem: toProblem(thrown) });
  } finally {
    if (!signal.aborted) stopReading();
  }
}

interface Sentence {
  readonly text: string;
  readonly language: string;
}

/** The sentences of an answer as they are written, until the answer is whole. */
async function* sentencesWritten(id: string, signal: AbortSignal): AsyncGenerator<Sentence> {
  for (let said = 0; ; ) {
    const message = desk.branch.find((one) => one.id === id);
    if (!message) return;
    const whole = message.status !== "running";
    const text = speakable(message.content);
    const language = languageOf(text);
    const sentences = sentencesOf(text, language, whole);
    for (; said < sentences.length; said++) yield { text: sentences[said] ?? "", language };
    if (whole) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    signal.throwIfAborted();
  }
}

/** An utterance of the browser's own is made when it is said. */
type Sound = AudioBuffer | (() => Promise<void>);

async function fetched({ text, language }: Sentence, signal: AbortSignal): Promise<Sound> {
  const { speed } = voice.get();
  const by = mouth(language);
  if (by === "browser") return () => speak(text, language, voice.get().speed);
  if (!by || !context) throw silent(language);
  const body = JSON.stringify({ input: text, language, speed });
  const headers = { "content-type": "application/json" };
  const asked = { method: "POST", headers, body, signal };
  const reply = await request("/v1/audio/speech", asked);
  return context.decodeAudioData(await reply.arrayBuffer());
}

const silent = (language: string) =>
  failure({
    ...{ code: "voice_cannot_speak", retryable: false, params: { language } },
    ...{ message: t("read.noVoice", { language }), hint: t("read.noVoice.hint") },
  });

async function play(sound: Sound, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { reading } = voice.get();
  if (reading?.waiting) voice.set({ reading: { ...reading, waiting: false } });
  if (typeof sound === "function") await sound();
  else if (context) {
    const by = Object.assign(context.createBufferSource(), { buffer: sound });
    by.connect(context.destination);
    const ended = new Promise<void>((resolve) => {
      by.onended = () => resolve();
      signal.addEventListener("abort", () => resolve());
    });
    by.start();
    await ended;
  }
  signal.throwIfAborted();
}
