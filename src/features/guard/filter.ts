/**
 * Keeps fragments of protected texts out of a stream. A text is looked at as `folded` sees it, so
 * case, accents, look-alikes and whatever stands between letters hide nothing; what is let through
 * is the text as it was written.
 *
 * Held back is exactly what may still become part of a fragment that is too long: the end of the
 * stream that is a fragment now, less the `free` characters that may leak anyway. All else passes at
 * once. How the stream was cut into pieces changes nothing but the moment.
 */
import { folded } from "./confusables.ts";
import type { Follower, Fragments } from "./fragments.ts";

export type Kind = "canary" | "secret" | "prompt";

export interface Protected {
  readonly kind: Kind;
  readonly fragments: Fragments;
  /** A fragment of so many folded characters is taken out. */
  readonly least: number;
  /** So many folded characters of it may have passed by then. */
  readonly free: number;
  /** Nothing of the stream passes after it. */
  readonly ends: boolean;
}

/** Stands where something was taken out. */
export const WITHHELD = "[withheld]";

interface Watch extends Protected {
  readonly follow: Follower;
  /** What `follow` said last. */
  length: number;
  /** The last folded character ended a fragment that is too long. */
  caught: boolean;
  /** It did so for the first time since it did not. */
  fresh: boolean;
}

/** A character that waits. */
interface Held {
  readonly char: string;
  /** Number of its last folded character, or of the one before where it has none. */
  readonly number: number;
  cut: boolean;
}

export class Filter {
  readonly #watches: readonly Watch[];
  #withheld: Partial<Record<Kind, number>> = {};
  #ended = false;
  /** Folded characters of the stream so far. */
  #count = 0;
  #held: Held[] = [];
  /** The last thing that was shown is `WITHHELD`. */
  #told = false;
  /** Half of a character, whose other half is in the next piece. */
  #half = "";

  constructor(protect: readonly Protected[]) {
    this.#watches = protect.map((one) => ({
      ...one,
      follow: one.fragments.follow(),
      length: 0,
      caught: false,
      fresh: false,
    }));
  }

  /** A protected text has come that ends the stream. */
  get ended(): boolean {
    return this.#ended;
  }

  /** How often something was taken out, by kind. */
  get withheld(): Readonly<Partial<Record<Kind, number>>> {
    return this.#withheld;
  }

  /** So many UTF-16 units wait. */
  get waiting(): number {
    return this.#held.reduce((sum, { char }) => sum + char.length, this.#half.length);
  }

  /**
   * Looks at text that was shown before, so that what follows is judged together with it: a protected
   * text does not come out in parts.
   */
  after(text: string): void {
    for (const char of text) this.#look(char);
    this.#ended = false;
    this.#withheld = {};
  }

  /** Takes new text and gives what can be shown. */
  push(text: string): string {
    const whole = this.#half + text;
    const last = whole.charCodeAt(whole.length - 1);
    this.#half = last >= 0xd800 && last <= 0xdbff ? whole.slice(-1) : "";
    return this.#take(this.#half ? whole.slice(0, -1) : whole);
  }

  /** What was held back, when no more text comes. */
  flush(): string {
    const rest = this.#take(this.#half);
    this.#half = "";
    return rest + this.#release(Number.POSITIVE_INFINITY);
  }

  #take(text: string): string {
    let shown = "";
    for (const char of text) {
      if (this.#ended) break;
      const hold = this.#look(char);
      if (this.#held.length === 0 && this.#count <= hold) {
        shown += char;
        this.#told = false;
        continue;
      }
      this.#held.push({ char, number: this.#count, cut: false });
      this.#cut();
      shown += this.#release(hold);
      if (this.#ended) shown += this.#end();
    }
    return shown;
  }

  /** Gives the number of the last folded character that need not wait. */
  #look(char: string): number {
    for (const watch of this.#watches) watch.caught = false;
    for (const plain of folded(char)) {
      this.#count += 1;
      for (const watch of this.#watches) {
        const before = watch.length;
        watch.length = watch.follow(plain);
        if (watch.length < watch.least) continue;
        watch.caught = true;
        watch.fresh = before < watch.least;
        if (watch.fresh) this.#withheld[watch.kind] = (this.#withheld[watch.kind] ?? 0) + 1;
        this.#ended ||= watch.ends;
      }
    }
    let hold = Number.POSITIVE_INFINITY;
    for (const { length, free } of this.#watches) {
      if (length > free) hold = Math.min(hold, this.#count - length + free);
    }
    return hold;
  }

  /** Marks what is part of a fragment that is too long, and whatever stands between its parts. */
  #cut(): void {
    for (const { caught, fresh, length, free } of this.#watches) {
      if (!caught) continue;
      const passed = this.#count - length + free;
      for (let at = this.#held.length - 1; at >= 0; at--) {
        const one = this.#held[at] as Held;
        if (one.number <= passed || (one.cut && !fresh)) break;
        one.cut = true;
      }
    }
  }

  #release(hold: number): string {
    let shown = "";
    let at = 0;
    for (; at < this.#held.length; at++) {
      const { char, number, cut } = this.#held[at] as Held;
      if (number > hold) break;
      shown += cut ? this.#tell() : char;
      if (!cut) this.#told = false;
    }
    if (at > 0) this.#held = this.#held.slice(at);
    return shown;
  }

  #end(): string {
    this.#held = [];
    return this.#tell();
  }

  #tell(): string {
    if (this.#told) return "";
    this.#told = true;
    return WITHHELD;
  }
}
