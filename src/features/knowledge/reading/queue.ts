/**
 * Reads the files that wait, one after the other: takes out the text, lets the house look at it as at
 * every text of a user, and stores it with the index of its words.
 */
import { CharlaError } from "../../../core/errors.ts";
import type { House } from "../../../core/feature.ts";
import { findReader, recognise } from "../../../core/ocr.ts";
import { pauses } from "../../../core/slices.ts";
import { IndexBuilder } from "../../../finding/index-block.ts";
import { piecesOf } from "../../../finding/pieces.ts";
import { languageOf, termsOf } from "../../../finding/words.ts";
import { unreadable } from "../errors.ts";
import type { About, Files } from "../store.ts";
import { readFileOf } from "./child.ts";
import { type Section, Unreadable } from "./sections.ts";

export interface QueueOptions {
  readonly files: Files;
  readonly intake: House["intake"];
  readonly log: House["log"];
  /** Called with each file that can be searched from now on. */
  ready(owner: string, id: string): void;
}

interface Waiting {
  readonly id: string;
  readonly owner: string;
}

export class ReadingQueue {
  readonly #options: QueueOptions;
  readonly #stopping = new AbortController();
  #waiting: Waiting[] = [];
  #current: (Waiting & { done: number; total: number; abort: AbortController }) | undefined;
  #running: Promise<void> = Promise.resolve();
  #changed = Promise.withResolvers<void>();

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** What an earlier server has left. */
  async resume(): Promise<void> {
    for (const { id, owner } of await this.#options.files.unread()) this.add(owner, id);
  }

  add(owner: string, id: string): void {
    if (this.#waiting.some((one) => one.id === id) || this.#current?.id === id) return;
    this.#waiting.push({ owner, id });
    if (!this.#current && this.#waiting.length === 1) this.#running = this.#run();
  }

  progress(id: string): { readonly done: number; readonly total: number } | undefined {
    return this.#current?.id === id ? this.#current : undefined;
  }

  /** Ends the reading of a file that is about to be deleted, or all of a person's. */
  async leave(is: (one: Waiting) => boolean): Promise<void> {
    this.#waiting = this.#waiting.filter((one) => !is(one));
    const current = this.#current;
    if (!current || !is(current)) return;
    current.abort.abort();
    while (this.#current === current) await this.#changed.promise;
  }

  /** Resolves when none of these waits or is read any more. @throws the signal's reason */
  async settled(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => {});
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      signal.throwIfAborted();
      const open = () =>
        ids.some((id) => this.#current?.id === id || this.#waiting.some((one) => one.id === id));
      while (open()) await Promise.race([this.#changed.promise, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiting = [];
    this.#current?.abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const abort = new AbortController();
      this.#current = { ...next, done: 0, total: 0, abort };
      this.#waiting.shift();
      await this.#read(next, abort.signal).catch((thrown) => {
        if (!abort.signal.aborted) this.#options.log("a file could not be read", thrown);
      });
      this.#current = undefined;
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
  }

  async #read({ owner, id }: Waiting, signal: AbortSignal): Promise<void> {
    const { files } = this.#options;
    const { about, bytes } = await files.one(owner, id);
    const blocks = files.blocks(await files.sealer(owner), id);
    await files.note(owner, id, "reading", about);
    await blocks.remove("text", "words", "vectors");
    const { name, digest } = about;
    let next: About = { name, digest };
    try {
      const sections: Section[] = [];
      // Asked each time: whoever installs it need not start the server again.
      const { languages = [] } = (await findReader(signal)) ?? {};
      const facts = await readFileOf({
        ...{ name, bytes, signal, content: () => blocks.original() },
        progress: (done, total) => {
          if (this.#current?.id === id) Object.assign(this.#current, { done, total });
        },
        sections: (some) => void sections.push(...some),
        ...(languages.length > 0 && {
          recognise: async (image) => (await recognise(image, signal)).text,
        }),
      });
      const taken = await this.#taken(owner, sections, signal);
      const text = taken.map((one) => one.text);
      const language = languageOf(text.join("\n").slice(0, 200_000));
      const index = new IndexBuilder(language);
      const pause = pauses(signal);
      const named = termsOf(name.replace(/\.\w+$/, ""), language);
      let passages = 0;
      for (const [at, section] of taken.entries()) {
        const above = termsOf(section.place.headings?.join(" ") ?? "", language);
        for (const piece of piecesOf(section.text, at)) {
          await pause();
          const words = termsOf(section.text.slice(piece.from, piece.to), language);
          index.add(piece, [...words, ...above, ...named]);
          passages += 1;
        }
      }
      const firsts = await blocks.storeText(taken);
      await blocks.put("words", 0, index.bytes());
      const characters = text.reduce((sum, one) => sum + one.length, 0);
      const size = { characters, passages, sections: taken.length };
      next = { ...next, ...facts, ...size, language, firsts };
    } catch (thrown) {
      signal.throwIfAborted();
      if (!(thrown instanceof Unreadable) && !(thrown instanceof CharlaError)) throw thrown;
      const error = thrown instanceof Unreadable ? unreadable(thrown.code) : thrown;
      await files.note(owner, id, "failed", { ...next, error: error.toJSON() });
      return;
    }
    await files.note(owner, id, "ready", next);
    this.#options.ready(owner, id);
  }

  /** Each text as the house lets it in. */
  async #taken(owner: string, sections: readonly Section[], signal: AbortSignal) {
    const { intake } = this.#options;
    const pause = pauses(signal);
    const taken: Section[] = [];
    for (const { place, text } of sections) {
      await pause();
      const clean = await intake({ owner, kind: "import", text });
      const { headings, ...rest } = place;
      const titles: string[] = [];
      for (const one of headings ?? [])
        titles.push(await intake({ owner, kind: "title", text: one }));
      if (clean.trim() === "") continue;
      taken.push({ place: { ...rest, ...(headings && { headings: titles }) }, text: clean });
    }
    if (taken.length === 0) throw new Unreadable("file_without_text");
    return taken;
  }
}
