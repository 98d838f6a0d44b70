/**
 * What the browser itself can do without sending anything anywhere: recognition that it promises to do on
 * this machine (`processLocally`), and voices that are installed here (`localService`). Others are not
 * used, whatever happens.
 */
import { language } from "../../chat/language.ts";
import { voice } from "./state.ts";

/** Source: the Web Speech API, a draft of the W3C's Audio Community Group; not in TypeScript's library. */
interface Recognition extends EventTarget {
  lang: string;
  continuous: boolean;
  processLocally: boolean;
  start(): void;
  stop(): void;
  abort(): void;
}
interface Recognitions {
  new (): Recognition;
  readonly prototype: object;
  available?(asked: { langs: string[]; processLocally: true }): Promise<string>;
}
interface ResultEvent extends Event {
  readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }>>;
}

const TAGS = { es: "es-ES", en: "en-US" } as const;
const LANGUAGES = ["es", "en"] as const;

const recognitions = () => (globalThis as { SpeechRecognition?: Recognitions }).SpeechRecognition;

/** Looks what there is; voices may come later than the page. */
export async function look(): Promise<void> {
  speechSynthesis?.addEventListener?.("voiceschanged", lookForVoices);
  lookForVoices();
  const Recogniser = recognitions();
  if (!Recogniser?.available || !("processLocally" in Recogniser.prototype)) return;
  const browserHears: string[] = [];
  for (const one of LANGUAGES) {
    const state = await Recogniser.available({ langs: [TAGS[one]], processLocally: true }).catch(
      () => "unavailable",
    );
    if (state === "available") browserHears.push(one);
  }
  voice.set({ browserHears });
}

function lookForVoices(): void {
  const local = globalThis.speechSynthesis?.getVoices().filter((one) => one.localService) ?? [];
  const browserSpeaks = LANGUAGES.filter((one) => local.some(({ lang }) => isOf(lang, one)));
  voice.set({ browserSpeaks });
}

const isOf = (tag: string, language: string) => tag.toLowerCase().split(/[-_]/)[0] === language;

/**
 * @param continuous whether pauses are a part of it
 * @returns what was said until the signal is aborted, or the browser thinks that it is the end
 */
export function hear(signal: AbortSignal, continuous = true): Promise<string> {
  const Recogniser = recognitions();
  if (!Recogniser) return Promise.resolve("");
  const by = Object.assign(new Recogniser(), { lang: TAGS[language()], continuous });
  // Set last and looked at again: without it, the sound would leave this machine.
  by.processLocally = true;
  if (by.processLocally !== true) return Promise.resolve("");
  const ended = Promise.withResolvers<string>();
  let text = "";
  by.addEventListener("result", (event) => {
    const { results } = event as ResultEvent;
    text = Array.from(results, (heard) => heard[0]?.transcript ?? "").join("");
  });
  by.addEventListener("error", (event) => {
    const { error } = event as Event & { readonly error: string };
    if (error !== "no-speech" && error !== "aborted") ended.reject(new DOMException(error, error));
  });
  by.addEventListener("end", () => ended.resolve(text.trim()));
  signal.addEventListener("abort", () => by.stop());
  by.start();
  return ended.promise;
}

/** @returns once it was said, or stopped */
export function speak(text: string, language: string, speed: number): Promise<void> {
  const local = speechSynthesis
    .getVoices()
    .find((one) => one.localService && isOf(one.lang, language));
  if (!local) return Promise.resolve();
  const said = Object.assign(new SpeechSynthesisUtterance(text), {
    ...{ voice: local, lang: local.lang, rate: speed },
  });
  return new Promise((resolve) => {
    said.onend = said.onerror = () => resolve();
    speechSynthesis.speak(said);
  });
}
