/** Strings, numbers, and values that a schema lists. */
import { formatOf } from "./grammar-formats.ts";
import { type Language, TooComplex } from "./grammar-language.ts";
import { numbersOf } from "./grammar-numbers.ts";
import { BadPattern, languageOf } from "./grammar-pattern.ts";
import type { SchemaGrammar } from "./grammar-schema.ts";
import { isSchema, type Part } from "./grammar-schema-read.ts";
import { oneOf } from "./grammar-strings.ts";

const MAX_LENGTH = 10_000;
/** States of an automaton that counts characters besides. */
const ROOM = 4000;
/** Bounds that programs mean by the formats of numbers (OpenAPI, schemars). */
const SIZES: Readonly<Record<string, readonly [number, number]>> = {
  ...{ int8: [-128, 127], uint8: [0, 255], int16: [-32_768, 32_767], uint16: [0, 65_535] },
  ...{ int32: [-(2 ** 31), 2 ** 31 - 1], uint32: [0, 2 ** 32 - 1], uint64: [0, 2 ** 64] },
};

/** The rules of the values that are listed and fit all else that is said. */
export function valuesOf(
  to: SchemaGrammar,
  parts: readonly Part[],
  types: readonly string[],
): string[] {
  let found: Map<string, unknown> | undefined;
  for (const { schema, path } of parts) {
    for (const word of ["const", "enum"]) {
      if (!(word in schema)) continue;
      const values = word === "const" ? [schema.const] : to.list(schema, word, path);
      const here = new Map(values.map((value) => [canonical(value), value]));
      found = found ? new Map([...found].filter(([text]) => here.has(text))) : here;
    }
  }
  const anyType = parts.every(({ schema }) => !("type" in schema) && !("not" in schema));
  const kept = [...(found ?? []).values()].filter(
    (value) => (anyType || types.some((type) => isOf(value, type))) && fits(to, value, parts),
  );
  if (kept.length === 0) return [];
  return [
    oneOf(
      kept.map((it) => JSON.stringify(it)),
      (body) => to.rule(body),
    ),
  ];
}

/** Whether a value is of this type. */
export function isOf(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isSchema(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

/** Whether a listed value fits what stands beside the list. */
function fits(to: SchemaGrammar, value: unknown, parts: readonly Part[]): boolean {
  if (typeof value === "string") {
    const { min, max } = lengthsOf(to, parts);
    const length = [...value].length;
    return min <= length && length <= max && to.languages.has(textsOf(to, parts, true), value);
  }
  return parts.every(({ schema, path }) => {
    if (excludedBy(schema.not).includes(canonical(value))) return false;
    if (typeof value === "number") {
      const { low, above, high, below } = boundsOf(to, parts);
      return (above ? value > low : value >= low) && (below ? value < high : value <= high);
    }
    const beside = ["properties", "required", "items", "prefixItems"].find((it) => it in schema);
    const open = typeof value === "object" && value !== null && beside !== undefined;
    if (open) to.cannot(path, `"${beside}" stands beside listed values`);
    return true;
  });
}

/** The same text for equal values, whatever the order of their members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    isSchema(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function excludedBy(not: unknown): readonly string[] {
  if (!isSchema(not)) return [];
  const values = "const" in not ? [not.const] : Array.isArray(not.enum) ? not.enum : [];
  return values.map(canonical);
}

/** The rule of a string; undefined if none fits. */
export function stringOf(to: SchemaGrammar, parts: readonly Part[]): string | undefined {
  const { languages } = to;
  const words = ["pattern", "format", "not"];
  if (!parts.some(({ schema }) => words.some((word) => word in schema))) {
    return lengthRule(to, parts);
  }
  const { min, max } = lengthsOf(to, parts);
  try {
    const texts = languages.afresh(() => textsOf(to, parts, false));
    if (texts === languages.all) return lengthRule(to, parts);
    // As long as is allowed, or as an automaton that also counts has room for.
    const size = languages.automaton(texts).length;
    const most = max === Number.POSITIVE_INFINITY ? max : Math.min(max, Math.max(min, ROOM / size));
    const counted = () =>
      languages.both([texts, languages.times(languages.any, min, Math.floor(most))]);
    const rule = to.automaton(counted, true);
    if (rule !== undefined) return to.rule(`"\\"" ${rule} "\\""`);
    if (most === max) return to.nothing(parts, "no text fits it");
  } catch (thrown) {
    if (!(thrown instanceof TooComplex)) throw thrown;
  }
  to.cannot(parts[0]?.path ?? "#", "its pattern is too complex");
  return lengthRule(to, parts);
}

/** The rule of a string of which nothing but the length is said. */
function lengthRule(to: SchemaGrammar, parts: readonly Part[]): string | undefined {
  const { min, max } = lengthsOf(to, parts);
  if (min === 0 && max === Number.POSITIVE_INFINITY) return "string";
  if (min > max) return to.nothing(parts, "no text is long and short enough for it");
  return to.rule(`"\\"" char{${min},${max === Number.POSITIVE_INFINITY ? "" : max}} "\\""`);
}

/**
 * The texts between the quotes that fit, of any length.
 *
 * @param listed whether they are listed besides, where a format says no more
 */
export function textsOf(to: SchemaGrammar, parts: readonly Part[], listed: boolean): Language {
  const { languages } = to;
  const found: Language[] = [];
  for (const { schema, path } of parts) {
    const { pattern, format, not } = schema;
    if (pattern !== undefined) found.push(patternOf(to, pattern, "pattern", path));
    const known = typeof format === "string" && !listed ? formatOf(format) : undefined;
    if (known === "none") to.cannot(path, `the format "${format}" is not supported`);
    else if (known !== undefined) found.push(patternOf(to, known, "format", path));
    if (!isSchema(not)) {
      if (not !== undefined) to.cannot(path, '"not" is no schema');
      continue;
    }
    const values = "const" in not ? [not.const] : Array.isArray(not.enum) ? not.enum : undefined;
    const texts = values?.filter((it) => typeof it === "string");
    if (texts) found.push(languages.not(languages.either(texts.map((it) => languages.text(it)))));
    else if (
      typeof not.pattern === "string" &&
      Object.keys(not).every((it) => it === "pattern" || it === "type")
    )
      found.push(languages.not(patternOf(to, not.pattern, "not", path)));
    else if (!("type" in not)) to.cannot(path, '"not" is not supported there');
  }
  return languages.both(found);
}

/** The texts in which a pattern finds something. */
export function patternOf(
  to: SchemaGrammar,
  pattern: unknown,
  word: string,
  path: string,
): Language {
  const { languages } = to;
  if (typeof pattern !== "string") to.cannot(path, `"${word}" is no text`);
  else {
    try {
      return to.patterns.get(pattern) ?? kept(to, pattern);
    } catch (thrown) {
      if (thrown instanceof BadPattern)
        to.cannot(path, `the ${word} ${short(pattern)}: ${thrown.message}`);
      else if (thrown instanceof TooComplex)
        to.cannot(path, `the ${word} ${short(pattern)} is too complex`);
      else throw thrown;
    }
  }
  return languages.all;
}

function kept(to: SchemaGrammar, pattern: string): Language {
  const language = languageOf(pattern, to.languages);
  to.patterns.set(pattern, language);
  return language;
}

function short(pattern: string): string {
  return pattern.length > 60 ? `${pattern.slice(0, 60)}…` : pattern;
}

/** Bounds of the characters of a text. */
export function lengthsOf(to: SchemaGrammar, parts: readonly Part[]): { min: number; max: number } {
  return countsOf(to, parts, "minLength", "maxLength");
}

/** Bounds of characters, items or properties. More than can be written are none that would bind. */
export function countsOf(
  to: SchemaGrammar,
  parts: readonly Part[],
  least: string,
  most: string,
): { min: number; max: number } {
  let [min, max] = [0, Number.POSITIVE_INFINITY];
  for (const { schema, path } of parts) {
    for (const word of [least, most]) {
      const value = schema[word];
      if (value === undefined) continue;
      if (!Number.isInteger(value) || Number(value) < 0) to.cannot(path, `"${word}" is no count`);
      else if (word === least) {
        if (Number(value) > MAX_LENGTH) to.cannot(path, `"${word}" is more than ${MAX_LENGTH}`);
        else min = Math.max(min, Number(value));
      } else max = Math.min(max, Number(value));
    }
  }
  // A grammar that counts further would be large, and no answer is as long: it is cut before.
  return {
    min,
    max: max === Number.POSITIVE_INFINITY ? max : Math.min(max, Math.max(min, MAX_LENGTH)),
  };
}

/** The rule of a number; undefined if none fits. */
export function numberOf(
  to: SchemaGrammar,
  parts: readonly Part[],
  type: "integer" | "number",
): string | undefined {
  const bounds = boundsOf(to, parts);
  const multiples: number[] = [];
  for (const { schema, path } of parts) {
    const { multipleOf, not } = schema;
    if (isSchema(not) && !("type" in not)) to.cannot(path, '"not" is not supported for numbers');
    if (multipleOf === undefined) continue;
    if (typeof multipleOf !== "number" || !(multipleOf > 0)) {
      to.cannot(path, '"multipleOf" is no number above 0');
    } else if (type === "number" || multipleOf !== 1) multiples.push(multipleOf);
  }
  const { low, high } = bounds;
  const open = low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY;
  if (open && multiples.length === 0) return type;
  const find = (of: readonly number[]) =>
    numbersOf({ ...bounds, whole: type === "integer", multiples: of }, to.languages);
  const none = () => to.nothing(parts, "no number of up to 15 digits lies within the bounds");
  try {
    return to.automaton(() => find(multiples), false) ?? none();
  } catch (thrown) {
    if (!(thrown instanceof TooComplex)) throw thrown;
    to.cannot(parts[0]?.path ?? "#", '"multipleOf" is too fine or too large');
    return to.automaton(() => find([]), false) ?? none();
  }
}

function boundsOf(to: SchemaGrammar, parts: readonly Part[]) {
  let [low, above] = [Number.NEGATIVE_INFINITY, false];
  let [high, below] = [Number.POSITIVE_INFINITY, false];
  const least = (value: number, without: boolean) => {
    if (value > low || (value === low && without)) [low, above] = [value, without];
  };
  const most = (value: number, without: boolean) => {
    if (value < high || (value === high && without)) [high, below] = [value, without];
  };
  for (const { schema, path } of parts) {
    const number = (word: string, take: (value: number) => void) => {
      const value = schema[word];
      if (typeof value === "number") take(value);
      else if (value !== undefined) to.cannot(path, `"${word}" is no number`);
    };
    number("minimum", (it) => least(it, false));
    number("exclusiveMinimum", (it) => least(it, true));
    number("maximum", (it) => most(it, false));
    number("exclusiveMaximum", (it) => most(it, true));
    const size = SIZES[String(schema.format)];
    if (size) {
      least(size[0], false);
      most(size[1], false);
    }
  }
  return { low, above, high, below };
}
