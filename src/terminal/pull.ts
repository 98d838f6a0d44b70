/** A download of a model, as the terminal shows it. */
import type { Language } from "../locales/index.ts";
import { progressLine } from "./progress.ts";

const texts = {
  en: { downloading: "downloading", verifying: "checking", stopping: "Stopping..." },
  es: { downloading: "descargando", verifying: "comprobando", stopping: "Parando..." },
};

/** What it asks of a library of models. */
interface Source {
  pull(id: string): Promise<{ readonly done: Promise<void> }>;
  cancel(id: string): Promise<unknown>;
  /** Sizes in bytes. */
  model(id: string): Promise<{
    readonly state: string;
    readonly received: number;
    readonly fileBytes: number;
    readonly bytesPerSecond: number | null;
  }>;
  change(signal: AbortSignal): Promise<void>;
}

/**
 * Shows the progress on standard error. Ctrl-C stops the download and keeps what has arrived.
 *
 * @throws CharlaError the library's; when it was stopped, one that says how to go on
 */
export async function pull(library: Source, id: string, language: Language): Promise<void> {
  const text = texts[language];
  const line = progressLine(process.stderr);
  const stop = () => {
    line.clear();
    console.error(text.stopping);
    void library.cancel(id);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const ended = new AbortController();
  try {
    const { done } = await library.pull(id);
    void done.catch(() => {}).finally(() => ended.abort());
    while (!ended.signal.aborted) {
      const { received, fileBytes, bytesPerSecond, state } = await library.model(id);
      if (state === "downloading" || state === "verifying") {
        line.show(`${id} ${text[state]}`, received, fileBytes, bytesPerSecond);
      }
      await library.change(ended.signal);
    }
    await done;
  } finally {
    line.clear();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
