/**
 * What a replica tells the one that leads of a request that it forwards: from which address it came,
 * sealed with a key that only those have who have the master key. It is good once, for this request
 * and this leader. So the leader believes it, and nobody else can say it.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** On a request: who forwards it. On a response to one: that it was not begun, and belongs elsewhere. */
export const HEADER = "x-charla-replica";
export const NOT_BEGUN = "not-begun";
/** How replicas speak with each other; those with another number do not. */
export const PROTOCOL = 1;

/** What of a request the seal stands for. */
export interface Head {
  readonly method: string;
  /** With its query, as it came. */
  readonly path: string;
  readonly host: string;
  /** Of the other end of the connection that it came by. */
  readonly address: string;
}

/** <term> <sender> <number> <address> <seal> */
const FORM = /^([\w-]{22}) ([\w-]{22}) (\d{1,15}) ([0-9a-f.:]+|unknown) ([\w-]{43})$/;
/** Requests overtake each other, by no more than this. */
const WINDOW = 8192;
/** Processes that have forwarded something to one leader; of more, the oldest starts anew. */
const SENDERS = 256;

export const nameByChance = () => randomBytes(16).toString("base64url");

export class Heads {
  readonly #key: Buffer;
  readonly #sender = nameByChance();
  #sent = 0;
  /** By sender: the highest number, and those below it that have come. */
  readonly #heard = new Map<string, { top: number; readonly seen: Set<number> }>();

  /** @param key 32 bytes that follow from the master key */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** @param term of the leader that it is for */
  write(term: string, head: Head): string {
    this.#sent += 1;
    const said = [term, this.#sender, String(this.#sent), head.address];
    return [...said, this.#seal(said, head)].join(" ");
  }

  /**
   * @param term of this leader
   * @returns the address; undefined for what no replica has written, or not for this
   */
  read(text: string, term: string, head: Omit<Head, "address">): string | undefined {
    const [, ...parts] = FORM.exec(text) ?? [];
    const [whom, sender = "", number = "", address = "", seal = ""] = parts;
    const expected = this.#seal(parts.slice(0, 4), { ...head, address });
    const own = timingSafeEqual(Buffer.from(expected), Buffer.from(seal.padEnd(expected.length)));
    return own && whom === term && this.#first(sender, Number(number)) ? address : undefined;
  }

  #seal(said: readonly string[], { method, path, host }: Head): string {
    const what = JSON.stringify([PROTOCOL, ...said, method, path, host]);
    return createHmac("sha256", this.#key).update(what).digest("base64url");
  }

  /** Whether this number has not come before. */
  #first(sender: string, number: number): boolean {
    const known = this.#heard.get(sender) ?? { top: 0, seen: new Set<number>() };
    if (number <= known.top - WINDOW || known.seen.has(number)) return false;
    // The newest last.
    this.#heard.delete(sender);
    this.#heard.set(sender, known);
    if (this.#heard.size > SENDERS) this.#heard.delete([...this.#heard.keys()][0] ?? "");
    // Of one that has counted for long under others, too: from there on, and no step for each before.
    if (number - known.top > WINDOW) {
      known.seen.clear();
      known.top = number;
    }
    known.seen.add(number);
    for (; known.top < number; known.top += 1) known.seen.delete(known.top + 1 - WINDOW);
    return true;
  }
}
