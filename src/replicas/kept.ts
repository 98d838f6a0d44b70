/**
 * A request's body that can be sent again: it goes on as it comes, and what has come is kept as long as
 * it is small. A large one is sent once.
 */
import type { Readable } from "node:stream";

/** Of one body, in bytes: a question with its whole chat, and no file. */
const MOST = 2 ** 20;

/** What all bodies together may take of the memory. */
export class Room {
  #left: number;

  constructor(bytes = 2 ** 26) {
    this.#left = bytes;
  }

  /** @returns whether there was room */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

export class Kept {
  readonly #source: AsyncIterator<Buffer>;
  readonly #room: Room;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #whole = true;
  #ended: boolean;
  #next: Promise<Buffer | undefined> | undefined;

  /** @param empty there is none, and nothing is read */
  constructor(source: Readable, room: Room, empty = false) {
    this.#source = source.iterator({ destroyOnReturn: false });
    this.#room = room;
    this.#ended = empty;
  }

  /** Whether all that was read so far can be read again. */
  get whole(): boolean {
    return this.#whole;
  }

  /** From its beginning, by one reader at a time: the one before has been given up. */
  async *read(): AsyncGenerator<Buffer> {
    const chunks = this.#chunks; // also when they are let go of while this reader is on its way
    for (let at = 0; ; at += 1) {
      const chunk = chunks[at] ?? (await this.#more());
      if (chunk === undefined) return;
      yield chunk;
    }
  }

  /** Nothing is sent again from now on. */
  release(): void {
    this.#room.give(this.#bytes);
    this.#chunks = [];
    this.#bytes = 0;
    this.#whole = false;
  }

  /** What a reader who was given up has asked for is there for the next one. */
  #more(): Promise<Buffer | undefined> {
    if (this.#ended) return Promise.resolve(undefined);
    this.#next ??= this.#source.next().then(({ done, value }) => {
      this.#next = undefined;
      if (done) {
        this.#ended = true;
        return undefined;
      }
      this.#keep(value);
      return value;
    });
    return this.#next;
  }

  #keep(chunk: Buffer): void {
    if (!this.#whole) return;
    if (this.#bytes + chunk.length <= MOST && this.#room.take(chunk.length)) {
      this.#bytes += chunk.length;
      this.#chunks.push(chunk);
    } else {
      this.release();
    }
  }
}
