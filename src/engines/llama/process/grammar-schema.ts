/**
 * From a JSON schema (draft 2020-12) to GBNF. The grammar's texts all fit the schema; they may be
 * fewer than the schema allows (declared order of properties, nothing beyond those declared unless
 * the schema asks for it). What cannot be guaranteed is refused by name, never ignored.
 */
import { integersBetween, numbersBetween } from "./grammar-numbers.ts";
import { patternOf } from "./grammar-pattern.ts";
import {
  exclusive,
  isSchema,
  KEYWORDS,
  listOf,
  lookUp,
  merged,
  type Schema,
  said,
  unsupported,
} from "./grammar-schema-read.ts";
import { CHARACTER, FORMATS, json, oneOf, otherKeys } from "./grammar-strings.ts";

const MAX_DEPTH = 100;
/** Each of them is a place of its own in the grammar. */
const MAX_COUNT = 10_000;
const ANY_NAME = { type: "string" };

/** What every schema's grammar can refer to. Whitespace is bounded: no model writes it for ever. */
const BASE: Readonly<Record<string, string>> = {
  ws: String.raw`"" | " " | "\n"{1,2} [ \t]{0,20}`,
  char: CHARACTER,
  string: String.raw`"\"" char* "\""`,
  integer: '"-"? ("0" | [1-9] [0-9]{0,14})',
  number: 'integer ("." [0-9]{1,15})? ([eE] [+-]? [1-9]? [0-9])?',
  boolean: '"true" | "false"',
  null: '"null"',
  value: "object | array | string | number | boolean | null",
  object: '"{" ws (member ("," ws member)*)? ws "}"',
  member: 'string ws ":" ws value',
  array: '"[" ws (value ("," ws value)*)? ws "]"',
};

/** Collects rules: those of JSON (`object` is any object), and those of each schema added. */
export class SchemaGrammar {
  readonly #rules = new Map<string, string>(Object.entries(BASE));
  #document: unknown;
  /** Rules by where a `$ref` of the document points to. */
  #references = new Map<string, string>();

  /**
   * @returns the name of the rule for a text of this schema
   * @throws CharlaError `unsupported_schema`
   */
  add(schema: unknown): string {
    this.#document = schema;
    this.#references = new Map();
    return this.#visit(schema, "#", 0);
  }

  /** @returns the name of a new rule. */
  rule(body: string): string {
    const name = `r${this.#rules.size}`;
    this.#rules.set(name, body);
    return name;
  }

  gbnf(root: string): string {
    const lines = [...this.#rules].map(([name, body]) => `${name} ::= ${body}`);
    return [`root ::= ${root}`, ...lines].join("\n");
  }

  #visit(schema: unknown, path: string, depth: number): string {
    if (depth > MAX_DEPTH) throw unsupported(path, `it is nested deeper than ${MAX_DEPTH}`);
    if (schema === true) return "value";
    if (!isSchema(schema)) throw unsupported(path, "it is no schema that a value could fit");
    const words = said(schema);
    const only = (...allowed: readonly string[]) => {
      const other = words.find((word) => !allowed.includes(word));
      if (other !== undefined) throw unsupported(path, `"${other}" is not supported there`);
    };
    const inside = (step: string, inner: unknown) =>
      this.#visit(inner, `${path}/${step}`, depth + 1);
    if (words.length === 0) return "value";
    if ("$ref" in schema) {
      only("$ref");
      return this.#reference(String(schema.$ref), path, depth);
    }
    if ("const" in schema || "enum" in schema) {
      only("const", "enum", "type");
      const values = "const" in schema ? [schema.const] : listOf(schema.enum, `${path}/enum`);
      return this.rule(
        oneOf(
          values.map((value) => JSON.stringify(value)),
          (it) => this.rule(it),
        ),
      );
    }
    if ("anyOf" in schema || "oneOf" in schema) {
      const word = "anyOf" in schema ? "anyOf" : "oneOf";
      only(word);
      const parts = listOf(schema[word], `${path}/${word}`);
      if (word === "oneOf" && !exclusive(parts, this.#document, path)) {
        throw unsupported(`${path}/oneOf`, "more than one of it may fit; say anyOf");
      }
      return this.rule(parts.map((part, at) => inside(`${word}/${at}`, part)).join(" | "));
    }
    if ("allOf" in schema) {
      return this.#visit(merged(schema, this.#document, path), path, depth + 1);
    }
    const types = "type" in schema ? [schema.type].flat().map(String) : typesOf(words);
    only("type", ...types.flatMap((type) => KEYWORDS[type] ?? []));
    const parts = types.map((type) => this.#typed(type, schema, path, inside));
    if (parts.length === 0) throw unsupported(path, "no type of value fits it");
    return parts.length === 1 ? (parts[0] as string) : this.rule(parts.join(" | "));
  }

  #typed(type: string, schema: Schema, path: string, inside: Inside): string {
    if (type === "object") return this.#object(schema, path, inside);
    if (type === "array") return this.#array(schema, path, inside);
    if (type === "string") return this.#string(schema, path);
    if (type === "integer" || type === "number") return this.#number(type, schema, path);
    if (type in KEYWORDS) return type;
    throw unsupported(path, `there is no type "${type}"`);
  }

  #reference(pointer: string, path: string, depth: number): string {
    const known = this.#references.get(pointer);
    if (known) return known;
    const target = lookUp(this.#document, pointer, path);
    // Named before it is read: it may refer to itself.
    const name = this.rule("");
    this.#references.set(pointer, name);
    this.#rules.set(name, this.#visit(target, pointer, depth + 1));
    return name;
  }

  /** Declared properties in their order, then others where they are asked for. */
  #object(schema: Schema, path: string, inside: Inside): string {
    const { properties = {}, required = [], additionalProperties: others } = schema;
    if (!isSchema(properties)) throw unsupported(path, '"properties" is no object');
    const names = Object.keys(properties);
    const needed = new Set(listOf(required, `${path}/required`));
    if (JSON.stringify(schema.propertyNames ?? ANY_NAME) !== JSON.stringify(ANY_NAME)) {
      throw unsupported(path, '"propertyNames" can only be strings');
    }
    const unknown = [...needed].find((name) => !names.includes(String(name)));
    if (unknown !== undefined) throw unsupported(path, `"${unknown}" is required and not declared`);
    if (names.length === 0 && others === undefined) return "object";
    const open = others !== undefined && others !== false;
    if (open && names.some((name) => name.length > MAX_DEPTH)) {
      throw unsupported(path, "a name is too long beside additional properties");
    }
    const other = open
      ? this.rule(`${otherKeys(names)} ws ":" ws ${inside("additionalProperties", others)}`)
      : undefined;
    // For each property: what can follow from it on, before and after a first one was written.
    let first = other ? this.rule(`(${other} ("," ws ${other})*)?`) : '""';
    let later = other ? this.rule(`("," ws ${other})*`) : '""';
    for (const name of names.toReversed()) {
      const value = inside(`properties/${name}`, properties[name]);
      const member = this.rule(`${json(name)} ws ":" ws ${value}`);
      const must = needed.has(name);
      first = this.rule(`${member} ${later}${must ? "" : ` | ${first}`}`);
      later = this.rule(must ? `"," ws ${member} ${later}` : `("," ws ${member})? ${later}`);
    }
    return this.rule(`"{" ws ${first} ws "}"`);
  }

  #array(schema: Schema, path: string, inside: Inside): string {
    const { items, prefixItems = [], minItems = 0, maxItems } = schema;
    const fixed = listOf(prefixItems, `${path}/prefixItems`);
    const [min, max] = [
      countOf(minItems, path),
      countOf(maxItems ?? Number.POSITIVE_INFINITY, path),
    ];
    const heads = fixed.slice(0, max).map((item, at) => inside(`prefixItems/${at}`, item));
    // Items behind the fixed ones, where nothing is said of them, are left out unless they must be.
    const bare = items === undefined && fixed.length > 0 && min <= fixed.length;
    const more = items === false || bare ? 0 : max - heads.length;
    const least = Math.max(0, min - heads.length);
    if (least > more) throw unsupported(path, "no array is long enough for it");
    const head = heads.join(' "," ws ');
    if (more === 0) return this.rule(`"[" ws ${head} ws "]"`);
    const item = inside("items", items ?? true);
    const bounds = (from: number, to: number) =>
      `{${Math.max(0, from)},${to === Number.POSITIVE_INFINITY ? "" : to}}`;
    const tail = head
      ? `${head} ("," ws ${item})${bounds(least, more)}`
      : `(${item} ("," ws ${item})${bounds(least - 1, more - 1)})${least > 0 ? "" : "?"}`;
    return this.rule(`"[" ws ${tail} ws "]"`);
  }

  #string(schema: Schema, path: string): string {
    const { minLength = 0, maxLength, pattern, format } = schema;
    const lengths = minLength !== 0 || maxLength !== undefined;
    for (const bound of [minLength, maxLength ?? 0]) countOf(bound, path);
    if (lengths && (pattern !== undefined || format !== undefined)) {
      throw unsupported(path, "only one of length, pattern and format can be held to");
    }
    // Beside a pattern the format is an annotation, as the specification has it by default.
    if (pattern !== undefined) {
      return this.rule(`"\\"" ${patternOf(String(pattern), path)} "\\""`);
    }
    if (format !== undefined) {
      const body = FORMATS[String(format)];
      if (!body) throw unsupported(path, `the format "${format}" is not supported`);
      return this.rule(`"\\"" (${body}) "\\""`);
    }
    return lengths ? this.rule(`"\\"" char{${minLength},${maxLength ?? ""}} "\\""`) : "string";
  }

  #number(type: "integer" | "number", schema: Schema, path: string): string {
    const { multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
    if (multipleOf !== undefined && multipleOf !== 1) {
      throw unsupported(path, '"multipleOf" can only be 1');
    }
    const bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum];
    if (bounds.every((bound) => bound === undefined)) return type;
    if (bounds.some((bound) => bound !== undefined && typeof bound !== "number")) {
      throw unsupported(path, "a bound is no number");
    }
    const [atLeast, above] = [minimum, exclusiveMinimum].map((it) => Number(it ?? -Infinity));
    const [atMost, below] = [maximum, exclusiveMaximum].map((it) => Number(it ?? Infinity));
    const low = Math.max(atLeast as number, above as number);
    const high = Math.min(atMost as number, below as number);
    const without = { low: low === above, high: high === below };
    const whole = integersBetween(
      without.low && Number.isInteger(low) ? low + 1 : low,
      without.high && Number.isInteger(high) ? high - 1 : high,
    );
    const found = type === "integer" ? whole : numbersBetween(low, high, without);
    if (found.length === 0) throw unsupported(path, "no number within the bounds can be written");
    return this.rule(found.join(" | "));
  }
}

/** A number of characters or items; Infinity is none. */
function countOf(value: unknown, path: string): number {
  const count =
    value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) >= 0);
  if (count && !(Number(value) > MAX_COUNT && Number.isFinite(value))) return Number(value);
  throw unsupported(path, `${value} is no number of characters or items up to ${MAX_COUNT}`);
}

/** Reads a schema that stands inside the current one. */
type Inside = (step: string, inner: unknown) => string;

/** The types that the words of a schema without "type" are about; each word is about one. */
function typesOf(words: readonly string[]): readonly string[] {
  const type = Object.keys(KEYWORDS).find((it) =>
    words.every((word) => KEYWORDS[it]?.includes(word)),
  );
  return type === undefined ? [] : [type];
}
