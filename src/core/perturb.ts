/**
 * Texts changed a little so that a reader still understands them, by recipes that need no model: five
 * of the literature, for English above all, and some of words and of Spanish.
 * Sources: Gao et al. 2018 (DeepWordBug); Li et al. 2019 (TextBugger, characters); Pruthi et al.
 * 2019; Boucher et al. 2022 (Bad Characters); Ribeiro et al. 2020 (CheckList), as TextAttack has them.
 */
import { random } from "./statistics.ts";

/** Changes one word. @param next chance, from a seed */
export type Change = (word: string, next: () => number) => string;

const at = (word: string, next: () => number, from = 0, less = 0) =>
  from + Math.floor(next() * Math.max(1, word.length - from - less));
const letter = (next: () => number) => String.fromCharCode(97 + Math.floor(next() * 26));
const splice = (word: string, index: number, remove: number, add: string) =>
  word.slice(0, index) + add + word.slice(index + remove);

const swap: Change = (word, next) => {
  const index = at(word, next, 0, 1);
  return splice(word, index, 2, `${word[index + 1] ?? ""}${word[index] ?? ""}`);
};
const drop: Change = (word, next) => splice(word, at(word, next), 1, "");
const insert: Change = (word, next) => splice(word, at(word, next), 0, letter(next));
const substitute: Change = (word, next) => splice(word, at(word, next), 1, letter(next));

const LOOKS: Readonly<Record<string, string>> = {
  ...{ a: "@", e: "3", i: "1", o: "0", s: "$", l: "1", t: "7" },
};
const VISUAL: Readonly<Record<string, string>> = {
  ...{ a: "а", c: "с", e: "е", i: "і", o: "о", p: "р", s: "ѕ", x: "х", y: "у", j: "ј" },
};
const KEYS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

const replaceOne =
  (table: Readonly<Record<string, string>>): Change =>
  (word, next) => {
    const places = [...word].flatMap((char, index) => (table[char.toLowerCase()] ? [index] : []));
    if (places.length === 0) return swap(word, next);
    const index = pick(places, next);
    return splice(word, index, 1, table[(word[index] ?? "").toLowerCase()] ?? "");
  };

const inside =
  (change: Change): Change =>
  (word, next) =>
    word.length < 4 ? word : `${word[0]}${change(word.slice(1, -1), next)}${word.at(-1)}`;

const keyboard: Change = (word, next) => {
  const index = at(word, next);
  const row = KEYS.find((keys) => keys.includes((word[index] ?? "").toLowerCase()));
  if (!row) return word;
  const place = row.indexOf((word[index] ?? "").toLowerCase());
  return splice(word, index, 1, row[place + (place === 0 || next() < 0.5 ? 1 : -1)] ?? "");
};

const NAMES = ["Laura", "Tom", "Ana", "Luis", "Ines", "Marta", "Eva", "Bob", "Alice", "Max"];
const PLACES = ["Leeds", "Soria", "Vigo", "Oslo", "Canberra"];
const SHORT: ReadonlyArray<readonly [string, string]> = [
  ...([
    ["don't", "do not"],
    ["you're", "you are"],
    ["it's", "it is"],
    ["I'm", "I am"],
  ] as const),
  ...([
    ["I've", "I have"],
    ["isn't", "is not"],
    ["can't", "cannot"],
    ["let's", "let us"],
  ] as const),
];
const checklist: Change = (word, next) => {
  const short = SHORT.find(([contracted]) => contracted.toLowerCase() === word.toLowerCase());
  if (short) return short[1];
  if (/^\d+$/.test(word)) return String(Number(word.slice(0, 9)) + 1 + Math.floor(next() * 9));
  if (NAMES.includes(word)) return pick(NAMES, next);
  return PLACES.includes(word) ? pick(PLACES, next) : word;
};

const pick = <T>(list: readonly T[], next: () => number): T =>
  list[Math.floor(next() * list.length)] as T;

export const RECIPES: Readonly<Record<string, Change>> = {
  DeepWordBug: (word, next) => pick([swap, drop, insert, substitute], next)(word, next),
  TextBugger: (word, next) =>
    pick<Change>(
      [
        (one, chance) => splice(one, at(one, chance, 1, 1), 0, " "),
        inside(drop),
        inside(swap),
        replaceOne(LOOKS),
        replaceOne(VISUAL),
      ],
      next,
    )(word, next),
  Pruthi: (word, next) => inside(pick([swap, drop, insert, keyboard], next))(word, next),
  BadCharacters: (word, next) =>
    pick<Change>(
      [
        (one, chance) =>
          splice(one, at(one, chance), 0, pick(["\u200B", "\u200C", "\u2060"], chance)),
        replaceOne(VISUAL),
        (one) => `\u202E${[...one].reverse().join("")}\u202C`,
        (one, chance) => splice(one, at(one, chance, 1), 0, `${letter(chance)}\b`),
      ],
      next,
    )(word, next),
  CheckList: checklist,
};

/** Letters that Spanish readers and writers mix up by their sound. */
const SOUNDS: readonly (readonly [string, string])[] = [
  ...([
    ["b", "v"],
    ["v", "b"],
    ["ll", "y"],
    ["y", "ll"],
    ["ge", "je"],
    ["je", "ge"],
    ["gi", "ji"],
    ["ji", "gi"],
    ["z", "s"],
    ["h", ""],
  ] as const),
];

/** Everyday slips: of the keyboard in both languages, of accents and of sounds in Spanish. */
export const SLIPS = {
  Keyboard: keyboard,
  /** "café" becomes "cafe", "¿" stays; "ñ" is a letter and stays, too. */
  Accents: (word) =>
    word
      .normalize("NFD")
      .replace(/[\u0300\u0301\u0308]/g, "")
      .normalize("NFC"),
  Sounds: (word, next) => {
    const found = SOUNDS.filter(([from]) => word.toLowerCase().includes(from));
    if (found.length === 0) return word;
    const [from, to] = pick(found, next);
    const index = word.toLowerCase().indexOf(from);
    const changed = word[index] === from[0] ? to : to.charAt(0).toUpperCase() + to.slice(1);
    return splice(word, index, from.length, changed);
  },
} as const satisfies Readonly<Record<string, Change>>;

/**
 * Changes a share of the words of a text, drawn by chance; punctuation and spaces stay.
 *
 * @returns the text, and the share of its words that is another now
 */
export function perturbed(
  text: string,
  change: Change,
  share: number,
  next: () => number,
): { readonly text: string; readonly changed: number } {
  const parts = text.split(WORDS);
  const places = wordsIn(parts);
  const order = places.map((index) => ({ index, key: next() })).toSorted((a, b) => a.key - b.key);
  let changed = 0;
  for (const { index } of order.slice(0, Math.ceil(places.length * share))) {
    const before = parts[index] as string;
    parts[index] = change(before, next);
    if (parts[index] !== before) changed += 1;
  }
  return { text: parts.join(""), changed: places.length ? changed / places.length : 0 };
}

/** Swaps neighbouring words, a share of all; what stands between them stays in its place. */
export function swapped(
  text: string,
  share: number,
  next: () => number,
): { readonly text: string; readonly changed: number } {
  const parts = text.split(WORDS);
  const places = wordsIn(parts);
  const first = share < 1 && next() < 0.5 ? 1 : 0;
  const pairs = Math.floor((places.length - first) / 2);
  const order = Array.from({ length: Math.max(0, pairs) }, (_, at) => ({ at, key: next() }));
  const most = Math.max(1, Math.floor((places.length * share) / 2));
  const chosen = order.toSorted((a, b) => a.key - b.key).slice(0, most);
  for (const { at } of chosen) {
    const [one, other] = [places[first + 2 * at], places[first + 2 * at + 1]] as [number, number];
    [parts[one], parts[other]] = [parts[other] as string, parts[one] as string];
  }
  const changed = 2 * chosen.length;
  return { text: parts.join(""), changed: places.length ? changed / places.length : 0 };
}

const WORDS = /([\p{L}\p{N}'’]+)/u;

/** Places of the words of more than one character among the parts that `WORDS` splits off. */
export const wordsIn = (parts: readonly string[]): number[] =>
  parts.flatMap((part, index) => (index % 2 === 1 && part.length > 1 ? [index] : []));

/** Those that say something in a language; the literature's are English ones. */
export const RECIPES_OF = {
  en: ["DeepWordBug", "Pruthi", "CheckList", "Keyboard", "WordOrder"],
  es: ["Accents", "Sounds", "Keyboard", "Pruthi", "WordOrder"],
} as const;
export type Recipe = (typeof RECIPES_OF)["en" | "es"][number];
export const ALL_RECIPES = [...new Set(Object.values(RECIPES_OF).flat())] as readonly Recipe[];

/** Share of the words that a copy changes at most. */
const SHARE = 0.25;

export interface Copy {
  readonly recipe: Recipe;
  readonly text: string;
  /** Share of the words that are others. */
  readonly changed: number;
}

/** One copy of a text by each recipe of the language; those that change nothing are left out. */
export function copiesOf(text: string, lang: "en" | "es", seed: number): Copy[] {
  const changes: Readonly<Record<string, Change>> = { ...RECIPES, ...SLIPS };
  return RECIPES_OF[lang]
    .map((recipe, at) => {
      const next = random(seed * 31 + at);
      const made =
        recipe === "WordOrder"
          ? swapped(text, SHARE, next)
          : perturbed(text, changes[recipe] as Change, SHARE, next);
      return { recipe, ...made };
    })
    .filter((copy) => copy.text !== text);
}
