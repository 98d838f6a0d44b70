/**
 * The names that stand for personal data: "[DNI_1]". The same value has the same number; another
 * spelling of it ("12.345.678-Z") has a name of its own beside it, "[DNI_1.2]", so that every text
 * can be had back to the letter.
 *
 * What only looks like a placeholder because somebody typed it is kept as what it is: it stands in
 * the book without a value, and its number is never given out.
 */
import { KINDS, type Kind, labelOf } from "./kinds.ts";
import { normalise } from "./normalise.ts";
import { placeholders } from "./shape.ts";

/** One line of the book; without a value it was typed by hand. */
export interface Entry {
  readonly name: string;
  readonly value: string | null;
}

/** Something that needs a name. */
export interface Wanted {
  readonly kind: Kind;
  readonly value: string;
}

/** Whoever gives names: to each that is wanted, after those that are taken are put aside. */
export type Naming = (
  typed: readonly string[],
  wanted: readonly Wanted[],
) => Promise<readonly string[]>;

export class Book {
  readonly #entries = new Map<string, string | null>();
  /** By kind and value as it is written. */
  readonly #names = new Map<string, string>();
  /** By kind and value without regard to its spelling. */
  readonly #numbers = new Map<string, number>();
  /** Highest number of each label, and highest spelling of each number. */
  readonly #highest = new Map<string, number>();
  #added: Entry[] = [];

  constructor(entries: Iterable<Entry> = []) {
    for (const entry of entries) this.#put(entry);
  }

  /** Lines of it. */
  get size(): number {
    return this.#entries.size;
  }

  valueOf(name: string): string | null {
    return this.#entries.get(name) ?? null;
  }

  /** Keeps placeholders that were typed by hand; those that were given mean what they mean. */
  reserve(typed: Iterable<string>): void {
    for (const name of typed) {
      if (!this.#entries.has(name)) this.#add({ name, value: null });
    }
  }

  /** The names, where all that is asked for is known already. */
  known(typed: readonly string[], wanted: readonly Wanted[]): readonly string[] | undefined {
    if (!typed.every((name) => this.#entries.has(name))) return undefined;
    const names = wanted.map(({ kind, value }) => this.#names.get(`${kind} ${value}`));
    return names.every((name) => name !== undefined) ? names : undefined;
  }

  nameOf({ kind, value }: Wanted): string {
    const known = this.#names.get(`${kind} ${value}`);
    if (known) return known;
    const label = labelOf(kind);
    const number = this.#numbers.get(sameAs(kind, value));
    const next = (key: string) => (this.#highest.get(key) ?? 0) + 1;
    const name =
      number === undefined
        ? `[${label}_${next(label)}]`
        : `[${label}_${number}.${Math.max(2, next(`${label}_${number}`))}]`;
    this.#add({ name, value });
    return name;
  }

  /** What has come since the last call. */
  added(): readonly Entry[] {
    const added = this.#added;
    this.#added = [];
    return added;
  }

  #add(entry: Entry): void {
    this.#put(entry);
    this.#added.push(entry);
  }

  #put({ name, value }: Entry): void {
    const [match] = placeholders(name);
    const [, label = "", number = "", spelling] = match ?? [];
    const kind = KINDS.find((one) => labelOf(one) === label);
    if (!kind) return;
    this.#entries.set(name, value);
    const raise = (key: string, to: string) =>
      this.#highest.set(key, Math.max(this.#highest.get(key) ?? 0, Number(to)));
    raise(label, number);
    if (spelling !== undefined) raise(`${label}_${number}`, spelling);
    if (value === null) return;
    this.#names.set(`${kind} ${value}`, name);
    if (spelling === undefined) this.#numbers.set(sameAs(kind, value), Number(number));
  }
}

/** In one memory, for what is not stored. */
export const namingBy =
  (book: Book): Naming =>
  async (typed, wanted) => {
    book.reserve(typed);
    return wanted.map((one) => book.nameOf(one));
  };

/** Two spellings of one value have the same of this. */
function sameAs(kind: Kind, value: string): string {
  const { text } = normalise(value);
  const exact = kind === "secret" || kind === "ip" || kind === "name" || kind === "address";
  if (exact) return `${kind} ${text}`;
  if (kind === "email") return `${kind} ${text.toLowerCase()}`;
  const plain = text.replace(/[^A-Za-z0-9+]/g, "").toUpperCase();
  return `${kind} ${kind === "phone" ? plain.replace(/^(?:\+|00)34/, "") : plain}`;
}
