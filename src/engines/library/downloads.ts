/**
 * The downloads that run in this process, with their speed, and why earlier ones failed.
 */
import { CharlaError } from "../../core/errors.ts";
import type { CatalogueModel } from "./catalogue.ts";
import type { Hub } from "./hub.ts";
import { type Progress, pull } from "./pull.ts";
import type { Store } from "./store.ts";

export interface Download {
  readonly progress: Progress;
  /** Over the last few seconds; null until known. */
  readonly bytesPerSecond: number | null;
  /** Settles with the download. */
  readonly done: Promise<void>;
}

/** Over how many milliseconds the speed is measured. */
const WINDOW_MS = 4000;

export class Downloads {
  readonly #running = new Map<string, Download & { readonly abort: AbortController }>();
  readonly #errors = new Map<string, CharlaError>();
  readonly #options: { store: Store; hub: Hub; onChange(): void };

  constructor(options: { store: Store; hub: Hub; onChange(): void }) {
    this.#options = options;
  }

  get(id: string): Download | undefined {
    return this.#running.get(id);
  }

  error(id: string): CharlaError | undefined {
    return this.#errors.get(id);
  }

  /** Starts a download, or gives the one that runs. */
  start(model: CatalogueModel): Download {
    const { id } = model;
    const running = this.#running.get(id);
    if (running) return running;
    const { store, hub, onChange } = this.#options;
    const abort = new AbortController();
    const speed = speedometer();
    this.#errors.delete(id);

    const onProgress = (progress: Progress) => {
      const download = this.#running.get(id);
      if (!download) return;
      const bytesPerSecond = progress.phase === "downloading" ? speed(progress.received) : null;
      this.#running.set(id, { ...download, progress, bytesPerSecond });
      onChange();
    };
    const done = pull(model, { store, hub, signal: abort.signal, onProgress })
      .catch((thrown) => {
        abort.signal.throwIfAborted();
        this.#errors.set(id, CharlaError.from(thrown));
        throw thrown;
      })
      .finally(() => {
        this.#running.delete(id);
        onChange();
      });
    // Whoever waits for it hears of its failure; nobody has to.
    done.catch(() => {});
    const progress: Progress = { phase: "downloading", received: 0, total: model.fileBytes };
    const download = { progress, bytesPerSecond: null, done, abort };
    this.#running.set(id, download);
    onChange();
    return download;
  }

  /** Ends a download and waits until its file is closed. */
  async cancel(id: string): Promise<void> {
    const download = this.#running.get(id);
    this.#errors.delete(id);
    download?.abort.abort(cancelled(id));
    await download?.done.catch(() => {});
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.cancel(id)));
  }
}

function speedometer(): (received: number) => number | null {
  let marks: { at: number; received: number }[] = [];
  return (received) => {
    const at = performance.now();
    const first = marks[0];
    // A download that began anew starts its measure anew.
    if (first && received < first.received) marks = [];
    marks = marks.filter((mark) => at - mark.at < WINDOW_MS);
    if (marks.length === 0 || at - (marks.at(-1)?.at ?? 0) > 100) marks.push({ at, received });
    const oldest = marks[0];
    if (!oldest || at - oldest.at < 500) return null;
    return Math.round(((received - oldest.received) * 1000) / (at - oldest.at));
  };
}

function cancelled(model: string): CharlaError {
  return new CharlaError("download_stopped", {
    status: 409,
    message: "The download of {model} was stopped; what has arrived is kept.",
    hint: "Go on with `charla models pull {model}` or in the models panel.",
    params: { model },
  });
}
