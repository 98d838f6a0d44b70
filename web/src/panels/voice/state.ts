/** What this room knows: what can hear and speak here, and what is being heard or read just now. */
import { type Language, language } from "../../chat/language.ts";
import type { Problem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import { browser } from "../../ui/storage.ts";
import { createStore } from "../../ui/store.ts";

/** Why nothing was written down, or hands-free has ended by itself. */
export type Note = "nothing" | "denied" | "insecure" | "missing" | "setup" | "silent" | "hidden";

/**
 * Hands-free, step by step. opening: the microphone is not there yet; speaking: somebody is heard; sending: the words
 * can be read for a moment; answering: there is nothing to read aloud yet.
 */
export type Talk =
  | "opening"
  | "listening"
  | "speaking"
  | "writing"
  | "sending"
  | "answering"
  | "reading";

export interface Reading {
  /** Of the answer. */
  readonly message: string;
  readonly paused: boolean;
  /** Whether there is nothing to hear yet. */
  readonly waiting: boolean;
}

export interface VoiceState {
  /** Languages that the browser hears and speaks on this machine, without anybody else. */
  readonly browserHears: readonly string[];
  readonly browserSpeaks: readonly string[];
  /** Of the server, since something was fetched or removed; what it told at first, while null. */
  readonly server: { readonly hears: readonly string[]; readonly speaks: readonly string[] } | null;
  /** asking: the browser asks for the microphone; hearing: the text is being made. */
  readonly phase: "idle" | "asking" | "listening" | "hearing";
  /** Null while nobody talks hands-free. */
  readonly talk: Talk | null;
  /** What was said hands-free, from when it was written down until it is asked. */
  readonly words: string;
  /** How loud it is, 0 to 1. */
  readonly level: number;
  readonly note: Note | null;
  readonly problem: Problem | null;
  readonly reading: Reading | null;
  readonly speed: number;
  /** Whether answers are read as they are written. */
  readonly always: boolean;
}

const [SPEED, ALWAYS] = ["voice.speed", "voice.always"];
export const SPEEDS = [0.75, 1, 1.25, 1.5, 2] as const;

export const voice = createStore<VoiceState>({
  ...{ browserHears: [], browserSpeaks: [], server: null, phase: "idle", level: 0 },
  ...{ talk: null, words: "" },
  ...{ note: null, problem: null, reading: null },
  speed: SPEEDS.find((one) => String(one) === browser.recall(SPEED)) ?? 1,
  always: browser.recall(ALWAYS) === "yes",
});

export function setSpeed(speed: number): void {
  browser.remember(SPEED, String(speed));
  voice.set({ speed });
}

export function setAlways(always: boolean): void {
  browser.remember(ALWAYS, always ? "yes" : null);
  voice.set({ always });
}

export const enabled = () => desk.fact("voice", "enabled") === true;

const told = (name: "hears" | "speaks") =>
  voice.get().server?.[name] ?? String(desk.fact("voice", name) ?? "").split(",");

/** By what something said in a language is heard; the server's models before the browser's. */
export function ear(of: Language = language()): "server" | "browser" | null {
  if (!enabled()) return null;
  if (told("hears").includes(of)) return "server";
  return voice.get().browserHears.includes(of) ? "browser" : null;
}

/** By what a text in a language is spoken. */
export function mouth(of: string): "server" | "browser" | null {
  if (!enabled()) return null;
  if (told("speaks").includes(of)) return "server";
  return voice.get().browserSpeaks.includes(of) ? "browser" : null;
}

/** Whether one can talk without a hand: what is said is heard, and the answer read. */
export const canTalk = () => ear() !== null && mouth(language()) !== null;

export const canSpeak = () => mouth("es") !== null || mouth("en") !== null;
