/**
 * Decides which states go to disk and when, and makes all changes to the folder, one after the
 * other. The states wait in memory, within its budget: there is no queue that could grow.
 */
import type { StateFolder } from "./disk.ts";
import type { Entry } from "./entry.ts";

interface WriterOptions {
  readonly disk: StateFolder;
  /** All there are, kept up to date by their owner. */
  readonly entries: ReadonlySet<Entry>;
  /** What was used last stays in memory alone, up to so many bytes. */
  readonly memoryOnlyBytes: number;
  /** Called when an entry has got its file. */
  saved(entry: Entry): void;
}

export class StateWriter {
  /** Whose bytes cannot be let go, because they are being written. */
  writing: Entry | undefined;
  readonly #options: WriterOptions;
  #changes: Promise<unknown>;
  #runs = false;
  /** When a write has to give up, on the clock of `performance`. */
  #deadline = Number.POSITIVE_INFINITY;

  /** @param opened the folder is not changed before */
  constructor(options: WriterOptions, opened: Promise<void>) {
    this.#options = options;
    this.#changes = opened;
  }

  /** Writes what is due, in the background. */
  wake(): void {
    if (this.#runs) return;
    this.#runs = true;
    const run = async () => {
      for (let entry = this.#due(); entry; entry = this.#due()) await this.#save(entry);
      this.#runs = false;
    };
    void run();
  }

  /** Writes all that is only in memory, pinned ones and the newest first. @returns how many */
  async flush(withinMs: number): Promise<number> {
    const until = performance.now() + withinMs;
    const wanted = [...this.#options.entries].filter(({ bytes, file }) => bytes && !file);
    wanted.sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.used - a.used);
    this.#deadline = until;
    let files = 0;
    for (const entry of wanted) if (performance.now() < until && (await this.#save(entry))) files++;
    await this.#changes; // a write that was under way has ended, too
    this.#deadline = Number.POSITIVE_INFINITY;
    return files;
  }

  /**
   * Removes the files of all models, once their owner has forgotten the entries.
   *
   * @returns how many are left
   */
  async clear(): Promise<number> {
    this.#deadline = 0;
    try {
      return await this.#change(() => this.#options.disk.clear());
    } finally {
      this.#deadline = Number.POSITIVE_INFINITY;
    }
  }

  remove(file: string): void {
    void this.#change(() => this.#options.disk.remove(file));
  }

  touch({ file, used }: Entry): void {
    if (file) void this.#change(() => this.#options.disk.touch(file, used));
  }

  /** What has no file and is pinned, or not among the newest in memory; oldest first. */
  #due(): Entry | undefined {
    if (this.#deadline < Number.POSITIVE_INFINITY) return undefined;
    const { entries, memoryOnlyBytes } = this.#options;
    const inMemory = [...entries].filter(({ bytes }) => bytes).sort((a, b) => b.used - a.used);
    let newest = 0;
    let due: Entry | undefined;
    for (const entry of inMemory) {
      newest += entry.size;
      const wanted = entry.pinned || newest > memoryOnlyBytes;
      if (wanted && !entry.file && entry.declined !== entry.used) due = entry;
    }
    return due;
  }

  #save(entry: Entry): Promise<boolean> {
    return this.#change(async () => {
      const { disk, entries, saved } = this.#options;
      const { bytes, used } = entry;
      if (!bytes || entry.file) return false;
      const goOn = () => entries.has(entry) && performance.now() < this.#deadline;
      this.writing = entry;
      const file = goOn() ? await disk.write(entry, bytes, goOn) : undefined;
      this.writing = undefined;
      if (!file) entry.declined = used;
      else if (!entries.has(entry)) await disk.remove(file);
      else {
        entry.file = file;
        saved(entry);
      }
      return entry.file !== undefined;
    });
  }

  #change<Result>(change: () => Promise<Result>): Promise<Result> {
    const done = this.#changes.then(change);
    this.#changes = done.catch(() => {});
    return done;
  }
}
