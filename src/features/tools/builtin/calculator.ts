/**
 * A calculator: a parser of our own for sums as people write them. It knows numbers, `+ - * / % ^`, `!`,
 * brackets, a few functions and two constants, and nothing that could be called, read or changed.
 * (`mathjs` evaluates a language; `expr-eval` 2.0.2 runs code, CVE-2025-12735.)
 */
import { CharlaError } from "../../../core/errors.ts";

/** Brackets, signs and powers within each other. */
const MAX_DEPTH = 100;

const FUNCTIONS: Readonly<Record<string, (...given: readonly number[]) => number>> = {
  abs: (x = Number.NaN) => Math.abs(x),
  sqrt: (x = Number.NaN) => Math.sqrt(x),
  cbrt: (x = Number.NaN) => Math.cbrt(x),
  exp: (x = Number.NaN) => Math.exp(x),
  ln: (x = Number.NaN) => Math.log(x),
  log10: (x = Number.NaN) => Math.log10(x),
  log2: (x = Number.NaN) => Math.log2(x),
  sin: (x = Number.NaN) => Math.sin(x),
  cos: (x = Number.NaN) => Math.cos(x),
  tan: (x = Number.NaN) => Math.tan(x),
  asin: (x = Number.NaN) => Math.asin(x),
  acos: (x = Number.NaN) => Math.acos(x),
  atan: (x = Number.NaN) => Math.atan(x),
  floor: (x = Number.NaN) => Math.floor(x),
  ceil: (x = Number.NaN) => Math.ceil(x),
  round: (x = Number.NaN, places = 0) =>
    Number(`${Math.round(Number(`${x}e${places}`))}e${-places}`),
  min: (...all) => Math.min(...all),
  max: (...all) => Math.max(...all),
  mean: (...all) => all.reduce((sum, one) => sum + one, 0) / all.length,
  sum: (...all) => all.reduce((sum, one) => sum + one, 0),
};
const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };

const TOKEN =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z]\w*)|(\*\*|[-+*/%^!(),;×·÷−]))/y;
const SAME: Readonly<Record<string, string>> = {
  "**": "^",
  "×": "*",
  "·": "*",
  "÷": "/",
  "−": "-",
  ";": ",",
};

/** @throws CharlaError `calculation_wrong` */
export function calculate(source: string): number {
  const tokens = [...read(source)];
  let at = 0;
  let depth = 0;
  const peek = () => tokens[at];
  const take = (wanted: string) => {
    if (tokens[at] !== wanted) return false;
    at += 1;
    return true;
  };
  const expect = (wanted: string) => {
    if (!take(wanted)) throw wrong(`"${wanted}" is missing at "${tokens[at] ?? "the end"}"`);
  };
  /** Left to right, over the operators of one strength. */
  const chain = (
    next: () => number,
    operators: Readonly<Record<string, (a: number, b: number) => number>>,
  ) => {
    let value = next();
    for (;;) {
      const token = peek();
      const operator = typeof token === "string" ? operators[token] : undefined;
      if (!operator) return value;
      at += 1;
      value = operator(value, next());
    }
  };
  const sum = (): number => chain(product, { "+": (a, b) => a + b, "-": (a, b) => a - b });
  const product = (): number =>
    chain(signed, { "*": (a, b) => a * b, "/": (a, b) => a / b, "%": (a, b) => a % b });
  const signed = (): number =>
    deeper(() => {
      if (take("-")) return -signed();
      if (take("+")) return signed();
      return power();
    });
  // To the right, and stronger than a sign before it: -2^2 is -4.
  const power = (): number => {
    const base = factorial();
    return take("^") ? base ** signed() : base;
  };
  const factorial = (): number => {
    let value = atom();
    while (take("!")) value = factorialOf(value);
    return value;
  };
  const atom = (): number => {
    const token = tokens[at];
    at += 1;
    if (typeof token === "number") return token;
    if (token === "(") {
      const value = sum();
      expect(")");
      return value;
    }
    if (token === undefined) throw wrong("it ends too early");
    const name = token.toLowerCase();
    if (Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name] as number;
    if (!Object.hasOwn(FUNCTIONS, name)) throw wrong(`"${token}" is not known`);
    expect("(");
    const given = [sum()];
    while (take(",")) given.push(sum());
    expect(")");
    return (FUNCTIONS[name] as (typeof FUNCTIONS)[string])(...given);
  };
  const deeper = (work: () => number): number => {
    depth += 1;
    if (depth > MAX_DEPTH) throw wrong("it is nested too deeply");
    const value = work();
    depth -= 1;
    return value;
  };
  const value = sum();
  if (at < tokens.length) throw wrong(`"${tokens[at]}" cannot stand there`);
  if (!Number.isFinite(value)) throw wrong("it has no finite result");
  return value;
}

function* read(source: string): Generator<number | string> {
  TOKEN.lastIndex = 0;
  const text = source.trimEnd();
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw wrong(`"${text.slice(from).trim().slice(0, 20)}" is not known`);
    const [, number, word, sign = ""] = found;
    yield number !== undefined ? Number(number) : (word ?? SAME[sign] ?? sign);
  }
}

function factorialOf(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 170)
    throw wrong("a factorial is of a whole number from 0 to 170");
  let product = 1;
  for (let one = 2; one <= value; one += 1) product *= one;
  return product;
}

/** As people write it: what binary fractions add to the 15 digits that are sure is left out. */
export const written = (value: number): string => String(Number(value.toPrecision(15)));

function wrong(reason: string): CharlaError {
  return new CharlaError("calculation_wrong", {
    status: 400,
    message: "This cannot be calculated: {reason}.",
    hint: "Write a sum such as (2 + 3) * 4 ^ 2, with a point in decimals.",
    params: { reason },
  });
}
