/**
 * Texts changed a little so that a reader still understands them: five recipes that need no model.
 * Sources: Gao et al. 2018 (DeepWordBug); Li et al. 2019 (TextBugger, characters); Pruthi et al.
 * 2019; Boucher et al. 2022 (Bad Characters); Ribeiro et al. 2020 (CheckList), as TextAttack has them.
 */
import { pick } from "./statistics.ts";

type Change = (word: string, next: () => number) => string;

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

export interface Attempt {
  readonly evaded: boolean;
  /** Share of the words that were changed when it ended. */
  readonly changed: number;
  /** How often the detector was asked. */
  readonly queries: number;
}

/** Most words that may be changed, as a share: beyond it a reader no longer understands. */
const MOST = 0.4;

/** Changes one word after the other, in random order, until the detector no longer sees it. */
export function evade(
  text: string,
  change: Change,
  seen: (text: string) => boolean,
  next: () => number,
): Attempt {
  const parts = text.split(/([\p{L}\p{N}'’]+)/u);
  const words = parts.flatMap((part, index) => (index % 2 === 1 && part.length > 1 ? [index] : []));
  const order = words
    .map((index) => ({ index, key: next() }))
    .toSorted((a, b) => a.key - b.key)
    .slice(0, Math.ceil(words.length * MOST));
  let changed = 0;
  let queries = 0;
  for (const { index } of order) {
    const before = parts[index] as string;
    const after = change(before, next);
    if (after === before) continue;
    parts[index] = after;
    changed += 1;
    queries += 1;
    if (!seen(parts.join(""))) return { evaded: true, changed: changed / words.length, queries };
  }
  return { evaded: false, changed: words.length ? changed / words.length : 0, queries };
}
