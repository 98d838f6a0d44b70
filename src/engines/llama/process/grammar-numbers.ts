/** Numbers within bounds, and multiples of one, as languages of their decimal digits. */
import { type Language, type Languages, TooComplex } from "./grammar-language.ts";
import type { Ranges } from "./grammar-parse.ts";

/** Numbers of so many digits are told apart by readers that use doubles, as JavaScript does. */
const MAX_DIGITS = 15;
const DIGITS: Ranges = [[48, 57]];
const POINT: Ranges = [[46, 46]];
const MAX_MULTIPLE = 1_000_000;

export interface NumberRange {
  readonly whole: boolean;
  /** -Infinity where there is none. */
  readonly low: number;
  /** The bound itself is left out. */
  readonly above: boolean;
  readonly high: number;
  readonly below: boolean;
  readonly multiples: readonly number[];
}

/** In plain decimals of up to 15 digits: `none` where none lies within the bounds. */
export function numbersOf(range: NumberRange, languages: Languages): Language {
  const { row, text, either, both } = words(languages);
  const { low, above, high, below } = range;
  const size = both([
    range.whole ? wholes(languages) : decimals(languages),
    ...range.multiples.map((it) => multiplesOf(it, languages)),
  ]);
  const within = (from: number, without: boolean, to: number, but: boolean) =>
    both([
      size,
      from <= 0 && !(from === 0 && without) ? languages.all : atLeast(from, without, languages),
      to === Number.POSITIVE_INFINITY ? languages.all : languages.not(atLeast(to, !but, languages)),
    ]);
  const positive = high < 0 ? languages.none : within(low, above, high, below);
  // What is below zero: of the size from -high to -low, and more than nothing.
  const negative =
    low >= 0 ? languages.none : within(Math.max(0, -high), high >= 0 || below, -low, above);
  return either([positive, row(text("-"), negative)]);
}

function words(languages: Languages) {
  return {
    row: (...parts: readonly Language[]) => languages.row(...parts),
    text: (text: string) => languages.text(text),
    either: (of: readonly Language[]) => languages.either(of),
    both: (of: readonly Language[]) => languages.both(of),
    digits: (min: number, max = Number.POSITIVE_INFINITY) =>
      languages.times(languages.chars(DIGITS), min, max),
    from: (digit: number) => languages.chars(digit > 9 ? [] : [[48 + digit, 57]]),
  };
}

function wholes(languages: Languages): Language {
  const { row, text, either, digits, from } = words(languages);
  return either([text("0"), row(from(1), digits(0, MAX_DIGITS - 1))]);
}

function decimals(languages: Languages): Language {
  const { row, text, either, digits, from } = words(languages);
  const fraction = (most: number) =>
    most < 1 ? languages.blank : either([languages.blank, row(text("."), digits(1, most))]);
  const lengths = Array.from({ length: MAX_DIGITS }, (_, at) => at + 1);
  return either([
    row(text("0"), fraction(MAX_DIGITS)),
    ...lengths.map((it) => row(from(1), digits(it - 1, it - 1), fraction(MAX_DIGITS - it))),
  ]);
}

/** Decimals, of any length, of at least this value (0 or more), or of more than it. */
function atLeast(value: number, strict: boolean, languages: Languages): Language {
  const { row, text, either, digits, from } = words(languages);
  if (value === Number.POSITIVE_INFINITY) return languages.none;
  const [whole, fraction] = digitsOf(value);
  const rest = either([languages.blank, row(text("."), digits(1))]);
  const more = row(digits(0), from(1), digits(0));
  /** Of what stands behind the point. */
  const behind = (left: string): Language => {
    if (left === "") return strict ? more : digits(0);
    const digit = Number(left[0]);
    return either([
      row(from(digit + 1), digits(0)),
      row(text(left[0] as string), behind(left.slice(1))),
    ]);
  };
  const equal =
    fraction !== "" ? row(text("."), behind(fraction)) : strict ? row(text("."), more) : rest;
  const before = (left: string): Language => {
    if (left === "") return equal;
    const digit = Number(left[0]);
    const others = digits(left.length - 1, left.length - 1);
    return either([
      row(from(digit + 1), others, rest),
      row(text(left[0] as string), before(left.slice(1))),
    ]);
  };
  return either([row(from(1), digits(whole.length), rest), before(whole)]);
}

/** Before and behind the point, the latter without zeros at its end. */
function digitsOf(value: number): readonly [string, string] {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  const padded = `${"0".repeat(Math.max(0, 1 - point))}${all}`.padEnd(point, "0");
  const at = Math.max(1, point);
  return [padded.slice(0, at).replace(/^0+(?=\d)/, ""), padded.slice(at).replace(/0+$/, "")];
}

/** Decimals that are a multiple of this one, as their remainder is found digit by digit. */
function multiplesOf(value: number, languages: Languages): Language {
  const [whole, fraction] = digitsOf(value);
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const zeros = fraction === "" ? (/0*$/.exec(digits)?.[0].length ?? 0) : 0;
  const unit = Number(digits.slice(0, digits.length - zeros));
  if (unit > MAX_MULTIPLE) throw new TooComplex();
  const places = fraction.length;
  /** @param behind digits after the point so far, or -1 before it */
  const state = (rest: number, behind: number): Language => {
    let whole = rest;
    for (let at = Math.max(0, behind); at < places; at++) whole = (whole * 10) % unit;
    const nullable = behind !== 0 && whole === 0;
    return languages.machine(
      `${unit},${places},${rest},${behind}`,
      nullable,
      [...POINT, ...singles()],
      (code) => {
        if (code === 46) return behind < 0 && places > 0 ? state(rest, 0) : languages.none;
        if (code < 48 || code > 57 || (behind >= 0 && behind >= places)) return languages.none;
        return state((rest * 10 + code - 48) % unit, behind < 0 ? behind : behind + 1);
      },
    );
  };
  const found = languages.row(state(0, -1), languages.text("0".repeat(zeros)));
  return zeros > 0 ? languages.either([found, languages.text("0")]) : found;
}

function singles(): Ranges {
  return Array.from({ length: 10 }, (_, digit) => [48 + digit, 48 + digit] as const);
}
