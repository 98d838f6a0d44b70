/**
 * Hands-free: somebody speaks, their silence sends it, the answer is read aloud, and it listens again. The
 * microphone is closed from the end of what they say to the end of what they hear, so that it never hears the answer.
 */
import { toProblem } from "../../../chat/problem.ts";
import { desk } from "../../../desk.ts";
import { hear } from "../browser.ts";
import { read, stopReading } from "../reading.ts";
import { mayListen, NOTES, written } from "../recording.ts";
import { type Note, type Talk, voice } from "../state.ts";
import { PATIENCE_S, turn } from "./listen.ts";

/** The words can be read for so long before they are sent. */
const SHOWN_MS = 1500;
/** Loudspeakers and rooms sound on for a moment. */
const ECHO_MS = 400;
const LOOK_MS = 100;

let ending: AbortController | undefined;
/** Of what is going on just now: what is being said, or read. */
let step: AbortController | undefined;

/** Ends it, or says why by a note. */
export function end(note: Note | null = null): void {
  if (note) voice.set({ note });
  ending?.abort(new DOMException("ended", "AbortError"));
}

/** What is being said is at its end, or what is being read has been heard enough of. */
export const next = () => step?.abort();

/** Begins, and goes on until it is ended. */
export async function begin(): Promise<void> {
  const { phase, talk } = voice.get();
  const by = phase === "idle" && talk === null && mayListen();
  if (!by) return;
  stopReading();
  ending = new AbortController();
  const { signal } = ending;
  voice.set({ talk: "opening", note: null, problem: null, words: "" });
  const hidden = () => document.hidden && end("hidden");
  document.addEventListener("visibilitychange", hidden);
  try {
    // An answer that is being written is heard first.
    for (let answer = running(); !signal.aborted; answer = await asked(by, signal))
      if (answer) await answered(answer, signal);
  } catch (thrown) {
    if (!signal.aborted) {
      const note = NOTES[(thrown as Error).name];
      voice.set(note ? { note } : { problem: toProblem(thrown) });
    }
  } finally {
    document.removeEventListener("visibilitychange", hidden);
    ending = step = undefined;
    stopReading();
    voice.set({ talk: null, level: 0, words: "" });
  }
}

const running = () => {
  const last = desk.branch.at(-1);
  return last?.role === "assistant" && last.status === "running" ? last.id : undefined;
};

/** Listens, and asks what was said. @returns the answer's id; undefined where nothing was asked */
async function asked(by: "server" | "browser", signal: AbortSignal): Promise<string | undefined> {
  set("opening", signal);
  const text = await (by === "server" ? recorded(signal) : recognised(signal));
  if (text === null) end("silent");
  if (!text || signal.aborted) return undefined;
  voice.set({ words: text });
  set("sending", signal);
  desk.write([desk.draft.trimEnd(), text].filter(Boolean).join(" "), false);
  step = new AbortController();
  await pause(SHOWN_MS, signal, step.signal);
  set("answering", signal);
  // Where it was not taken, the page says why, and the words stay where they can be sent again.
  if (!(await desk.send())) end();
  voice.set({ words: "" });
  const answer = desk.branch.at(-1);
  return answer?.role === "assistant" ? answer.id : undefined;
}

async function recorded(signal: AbortSignal): Promise<string | null> {
  step = new AbortController();
  const wav = await turn(step.signal, signal);
  if (!wav) return null;
  set("writing", signal);
  return written(wav, signal);
}

async function recognised(signal: AbortSignal): Promise<string | null> {
  const until = performance.now() + PATIENCE_S * 1000;
  while (performance.now() < until) {
    set("listening", signal);
    step = new AbortController();
    const text = await hear(AbortSignal.any([step.signal, signal]), false);
    if (text !== "") return text;
    // A browser that gives up at once is asked no more often than this.
    await pause(ECHO_MS, signal);
  }
  return null;
}

/** Reads an answer; who goes on to speak ends it, also where it is still being written. */
async function answered(answer: string, signal: AbortSignal): Promise<void> {
  set("answering", signal);
  step = new AbortController();
  step.signal.addEventListener("abort", () => {
    stopReading();
    if (running() === answer) desk.stop();
  });
  signal.addEventListener("abort", stopReading);
  const shown = voice.subscribe(() => {
    const { reading, talk } = voice.get();
    if (talk === "answering" && reading && !reading.waiting) voice.set({ talk: "reading" });
  });
  try {
    await read(answer);
  } finally {
    shown();
    signal.removeEventListener("abort", stopReading);
  }
  if (voice.get().problem) return end();
  // What was stopped ends in a moment, and can be asked below then.
  while (running() && !signal.aborted) await pause(LOOK_MS, signal);
  await pause(ECHO_MS, signal);
}

function set(talk: Talk, signal: AbortSignal): void {
  signal.throwIfAborted();
  voice.set({ talk });
}

/** @param signals any of which ends it early */
function pause(ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    for (const signal of signals)
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
  });
}
