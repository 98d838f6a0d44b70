/**
 * Who was erased, by id and time, in a file beside the database and in no backup of it: so a backup
 * that is put back is erased again, and an erasure that was cut off is finished. It holds nothing
 * else of a person, and an id that nothing belongs to tells nothing.
 */
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";

interface Tombstone {
  readonly person: string;
  /** ISO time. */
  readonly at: string;
  /** It was begun before that; absent when it begins. */
  readonly done?: true;
}

export class Tombstones {
  readonly #path: string;

  /** @param home the data folder */
  constructor(home: string) {
    this.#path = join(home, "erased.jsonl");
  }

  begun(person: string): Promise<void> {
    return this.#add({ person, at: new Date().toISOString() });
  }

  done(person: string): Promise<void> {
    return this.#add({ person, at: new Date().toISOString(), done: true });
  }

  /** Whose erasure has begun and has not ended. */
  async unfinished(): Promise<readonly string[]> {
    const open = new Set<string>();
    for (const { person, done } of await this.#read()) {
      if (done) open.delete(person);
      else open.add(person);
    }
    return [...open];
  }

  /** Who was erased after a moment, so that what is older holds them still. */
  async since(moment: Date): Promise<readonly string[]> {
    const later = (await this.#read()).filter(({ at }) => at >= moment.toISOString());
    return [...new Set(later.map(({ person }) => person))];
  }

  async #add(tombstone: Tombstone): Promise<void> {
    const file = await open(this.#path, "a", 0o600);
    try {
      // The line before may have been cut.
      await file.write(`\n${JSON.stringify(tombstone)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** A line that a loss of power has cut was never acknowledged: its work is done again. */
  async #read(): Promise<readonly Tombstone[]> {
    const text = await readFile(this.#path, "utf8").catch((thrown) => {
      if (thrown.code === "ENOENT") return "";
      throw thrown;
    });
    return text
      .split("\n")
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line));
  }
}
