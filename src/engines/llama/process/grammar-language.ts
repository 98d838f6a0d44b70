/**
 * Regular languages over characters, with intersection and complement: what patterns, formats,
 * lengths and bounds have in common is one automaton. A language is what may come next; after each
 * character it becomes another one, its derivative.
 * Sources: Brzozowski, "Derivatives of Regular Expressions" (1964); Owens, Reppy and Turon,
 * "Regular-expression derivatives re-examined" (2009).
 */
import { tooLarge } from "./grammar-limits.ts";
import type { Ranges } from "./grammar-parse.ts";

export interface Language {
  readonly id: number;
  /** The empty text is one of it. */
  readonly nullable: boolean;
  /** The language of what may follow this character. */
  after(code: number): Language;
  /** Characters at which the derivative may become another one, for all before the next of them. */
  readonly cuts: ReadonlySet<number>;
}

/** Thrown for what takes too much to find out: 0.3 s. */
export class TooComplex extends Error {}

const LAST_CODE = 0x10ffff;
const MAX_WORK = 300_000;
/** Of all that is made. */
const MAX_SPENT = 3_000_000;
const MAX_STATES = 10_000;
const NO_CUTS: ReadonlySet<number> = new Set();

/** Makes languages, each of them once, so that equal ones are the same object. */
export class Languages {
  readonly #known = new Map<string, Language>();
  /** What each was made of, for those that simplify. */
  readonly #parts = new Map<
    Language,
    { readonly word: string; readonly of: readonly Language[] }
  >();
  readonly #automata = new Map<Language, readonly AutomatonState[]>();
  #work = 0;
  #spent = 0;

  /** No text at all. */
  readonly none = this.#make("none", { nullable: false, after: () => this.none });
  /** The empty text. */
  readonly blank = this.#make("blank", { nullable: true, after: () => this.none });
  readonly any = this.chars([[0, LAST_CODE]]);
  /** Every text. */
  readonly all: Language = this.#make("all", { nullable: true, after: () => this.all });

  chars(ranges: Ranges): Language {
    if (ranges.length === 0) return this.none;
    return this.#make(`[${ranges.join(";")}`, {
      nullable: false,
      cuts: () => new Set(ranges.flatMap(([low, high]) => [low, high + 1])),
      after: (code) =>
        ranges.some(([low, high]) => low <= code && code <= high) ? this.blank : this.none,
    });
  }

  text(text: string): Language {
    const codes = [...text].map((char) => char.codePointAt(0) as number);
    return codes.reduceRight(
      (rest, code) => this.#then(this.chars([[code, code]]), rest),
      this.blank,
    );
  }

  /** One after the other. */
  row(...parts: readonly Language[]): Language {
    return parts.reduceRight((rest, it) => this.#then(it, rest), this.blank);
  }

  #then(first: Language, second: Language): Language {
    if (first === this.none || second === this.none) return this.none;
    if (first === this.blank) return second;
    if (second === this.blank) return first;
    if (first === this.all && second === this.all) return first;
    const inner = this.#parts.get(first);
    if (inner?.word === "then") {
      const [one, two] = inner.of as [Language, Language];
      return this.#then(one, this.#then(two, second));
    }
    const made = this.#make(`.${first.id},${second.id}`, {
      nullable: first.nullable && second.nullable,
      cuts: () => (first.nullable ? union([first, second]) : first.cuts),
      after: (code) => {
        const rest = this.#then(first.after(code), second);
        return first.nullable ? this.either([rest, second.after(code)]) : rest;
      },
    });
    this.#parts.set(made, { word: "then", of: [first, second] });
    return made;
  }

  either(of: readonly Language[]): Language {
    const parts = this.#flat("either", of).filter((it) => it !== this.none);
    if (parts.includes(this.all)) return this.all;
    if (parts.length <= 1) return parts[0] ?? this.none;
    return this.#joined(
      "either",
      parts,
      parts.some(({ nullable }) => nullable),
    );
  }

  both(of: readonly Language[]): Language {
    const parts = this.#flat("both", of).filter((it) => it !== this.all);
    if (parts.includes(this.none)) return this.none;
    if (parts.length <= 1) return parts[0] ?? this.all;
    return this.#joined(
      "both",
      parts,
      parts.every(({ nullable }) => nullable),
    );
  }

  not(it: Language): Language {
    if (it === this.none) return this.all;
    if (it === this.all) return this.none;
    return this.#make(`!${it.id}`, {
      nullable: !it.nullable,
      cuts: () => it.cuts,
      after: (code) => this.not(it.after(code)),
    });
  }

  /** @param max Infinity where there is no bound */
  times(it: Language, min: number, max: number): Language {
    if (max <= 0 || it === this.blank) return this.blank;
    if (it === this.none) return min > 0 ? this.none : this.blank;
    if (min === 1 && max === 1) return it;
    if (it === this.any && min === 0 && max === Number.POSITIVE_INFINITY) return this.all;
    const least = it.nullable ? 0 : min;
    return this.#make(`{${it.id},${least},${max}`, {
      nullable: least === 0,
      cuts: () => it.cuts,
      after: (code) => this.#then(it.after(code), this.times(it, Math.max(0, least - 1), max - 1)),
    });
  }

  /** One that is told by a function of its own. @param key tells it from all others */
  machine(
    key: string,
    nullable: boolean,
    cuts: Ranges,
    after: (code: number) => Language,
  ): Language {
    const ends = () => new Set(cuts.flatMap(([low, high]) => [low, high + 1]));
    return this.#make(`m${key}`, { nullable, cuts: ends, after });
  }

  /** Runs what may take as much as any single thing. */
  afresh<T>(run: () => T): T {
    this.#spent += this.#work;
    this.#work = 0;
    if (this.#spent > MAX_SPENT) throw tooLarge();
    return run();
  }

  has(it: Language, text: string): boolean {
    let now = it;
    for (const char of text) now = now.after(char.codePointAt(0) as number);
    return now.nullable;
  }

  /**
   * Its automaton, without blind alleys: the first state is the start; none if no text fits.
   *
   * @throws TooComplex
   */
  automaton(start: Language): readonly AutomatonState[] {
    const known = this.#automata.get(start) ?? this.#explored(start);
    this.#automata.set(start, known);
    return known;
  }

  #explored(start: Language): readonly AutomatonState[] {
    const index = new Map<Language, number>([[start, 0]]);
    const edges: Array<Map<number, Array<[number, number]>>> = [];
    for (const state of index.keys()) {
      const out = new Map<number, Array<[number, number]>>();
      edges.push(out);
      const cuts = [...new Set([0, ...state.cuts])].sort((a, b) => a - b);
      for (const [at, low] of cuts.entries()) {
        if (low > LAST_CODE) break;
        const next = state.after(low);
        if (next === this.none) continue;
        const target = index.get(next) ?? index.size;
        if (target >= MAX_STATES) throw new TooComplex();
        index.set(next, target);
        const high = Math.min(LAST_CODE, (cuts[at + 1] ?? LAST_CODE + 1) - 1);
        const ranges = out.get(target) ?? [];
        const last = ranges.at(-1);
        if (last?.[1] === low - 1) last[1] = high;
        else ranges.push([low, high]);
        out.set(target, ranges);
      }
    }
    const states = [...index.keys()];
    const before = states.map((): number[] => []);
    for (const [from, out] of edges.entries()) for (const to of out.keys()) before[to]?.push(from);
    const live = new Set<number>();
    const todo = [...states.keys()].filter((at) => states[at]?.nullable);
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      if (live.has(at)) continue;
      live.add(at);
      todo.push(...(before[at] ?? []));
    }
    if (!live.has(0)) return [];
    const names = new Map([...live].sort((a, b) => a - b).map((at, name) => [at, name]));
    return [...names.keys()].map((at) => ({
      final: states[at]?.nullable === true,
      next: [...(edges[at] ?? [])].flatMap(([to, ranges]) => {
        const name = names.get(to);
        return name === undefined ? [] : [{ to: name, ranges }];
      }),
    }));
  }

  #flat(word: string, of: readonly Language[]): Language[] {
    const parts = of.flatMap((it) => {
      const inner = this.#parts.get(it);
      return inner?.word === word ? inner.of : [it];
    });
    return [...new Set(parts)].sort((a, b) => a.id - b.id);
  }

  #joined(word: "either" | "both", parts: readonly Language[], nullable: boolean): Language {
    const made = this.#make(`${word}${parts.map(({ id }) => id)}`, {
      nullable,
      cuts: () => union(parts),
      after: (code) => this[word](parts.map((it) => this.#tick(it.after(code)))),
    });
    this.#parts.set(made, { word, of: parts });
    return made;
  }

  #make(key: string, { nullable, after, cuts = () => NO_CUTS }: Recipe): Language {
    const known = this.#known.get(key);
    if (known) return this.#tick(known);
    let found: ReadonlySet<number> | undefined;
    const made: Language = {
      id: this.#known.size,
      nullable,
      after,
      get cuts() {
        found ??= cuts();
        return found;
      },
    };
    this.#known.set(key, made);
    return this.#tick(made);
  }

  #tick<T>(value: T): T {
    this.#work++;
    if (this.#work > MAX_WORK) throw new TooComplex();
    return value;
  }
}

export interface AutomatonState {
  readonly final: boolean;
  readonly next: ReadonlyArray<{ readonly to: number; readonly ranges: Ranges }>;
}

interface Recipe {
  readonly nullable: boolean;
  readonly after: (code: number) => Language;
  readonly cuts?: () => ReadonlySet<number>;
}

function union(of: readonly Language[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { cuts } of of) for (const cut of cuts) found.add(cut);
  return found;
}
