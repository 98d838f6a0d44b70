/**
 * From a JSON schema to GBNF. The grammar's texts all fit the schema; they may be fewer than the
 * schema allows (declared order of properties, nothing beyond those declared unless the schema asks
 * for it). What cannot be guaranteed is refused by name where strict is asked for, and else left
 * out, so that the answer fits the rest.
 */
import { type Language, Languages, TooComplex } from "./grammar-language.ts";
import { tooLarge } from "./grammar-limits.ts";
import { arrayOf } from "./grammar-schema-array.ts";
import { exclusive } from "./grammar-schema-exclusive.ts";
import { objectOf } from "./grammar-schema-object.ts";
import {
  isSchema,
  KEYWORDS,
  lookUp,
  normal,
  type Part,
  type Schema,
  TYPES,
  unheld,
  unsupported,
} from "./grammar-schema-read.ts";
import { isOf, numberOf, stringOf, valuesOf } from "./grammar-schema-scalar.ts";
import { CHARACTER, ruleOf } from "./grammar-strings.ts";

const MAX_DEPTH = 100;
const MAX_RULES = 100_000;
/** Schemas looked at, as often as they come together with others. */
const MAX_WORK = 100_000;
/** In characters of GBNF. */
const MAX_SIZE = 4_000_000;

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

/** Words beside which the values of a list can be told. */
const LISTING = ["const", "enum", "type"];

/** A schema that was not read yet. */
export interface Raw {
  readonly schema: unknown;
  readonly path: string;
}

/** Collects rules: those of JSON (`object` is any object), and those of each schema added. */
export class SchemaGrammar {
  readonly languages = new Languages();
  /** What the schemas ask for and the grammar does not hold to, by where it stands. */
  readonly left: string[] = [];
  /** Languages of patterns that were read. */
  readonly patterns = new Map<string, Language>();
  readonly #rules = new Map<string, string>(Object.entries(BASE));
  readonly #automata = new Map<Language, string | undefined>();
  #size = 0;
  #work = 0;
  #document: unknown;
  #strict = true;
  #normal = new WeakMap<Schema, Schema>();
  #without = new WeakMap<Schema, Map<string, Schema>>();
  #ids = new Map<Schema, number>();
  /** Rules by the schemas that they fit, so that what refers to itself comes to an end. */
  #made = new Map<string, string | undefined>();
  /** Why nothing fits, as found first. */
  #why: { readonly path: string; readonly reason: string } | undefined;

  /**
   * @param strict whether all of it has to be held to
   * @returns the name of the rule for a text of this schema
   * @throws CharlaError `unsupported_schema`, `grammar_too_large`
   */
  add(schema: unknown, strict: boolean): string {
    this.#document = schema;
    this.#strict = strict;
    this.#normal = new WeakMap();
    this.#without = new WeakMap();
    this.#ids = new Map();
    this.#made = new Map();
    this.#why = undefined;
    const rule = this.visit([{ schema, path: "#" }], 0);
    const { path, reason } = this.#why ?? { path: "#", reason: "no value fits it" };
    if (rule === undefined) throw unsupported(path, reason);
    return rule;
  }

  /** @returns the name of a new rule. */
  rule(body: string): string {
    const name = `r${this.#rules.size}`;
    this.define(name, body);
    return name;
  }

  define(name: string, body: string): void {
    this.#size += body.length;
    if (this.#rules.size > MAX_RULES || this.#size > MAX_SIZE) throw tooLarge();
    this.#rules.set(name, body);
  }

  gbnf(root: string): string {
    const lines = [...this.#rules].map(([name, body]) => `${name} ::= ${body}`);
    return [`root ::= ${root}`, ...lines].join("\n");
  }

  /** What follows cannot be held to: refused, or left out. */
  cannot(path: string, reason: string): void {
    if (this.#strict) throw unsupported(path, reason);
    this.left.push(`${path}: ${reason}`);
  }

  /** What no value fits, and why: told if nothing fits the whole. */
  nothing(parts: readonly Part[], reason: string): undefined {
    this.#why ??= { path: parts[0]?.path ?? "#", reason };
    return undefined;
  }

  /**
   * The rule of a language; undefined if it has no text.
   *
   * @param quoted whether it is about what stands between the quotes of a JSON string
   * @throws TooComplex
   */
  automaton(make: () => Language, quoted: boolean): string | undefined {
    const language = this.languages.afresh(make);
    if (this.#automata.has(language)) return this.#automata.get(language);
    const states = this.languages.automaton(language);
    const rule = states.length > 0 ? ruleOf(states, quoted, this) : undefined;
    this.#automata.set(language, rule);
    return rule;
  }

  /** The same, and undefined where it would be too large. */
  tryAutomaton(make: () => Language, quoted: boolean): string | undefined {
    try {
      return this.automaton(make, quoted);
    } catch (thrown) {
      if (thrown instanceof TooComplex) return undefined;
      throw thrown;
    }
  }

  /** The values that are listed for what fits all of these, if they are. */
  listed(raw: readonly Raw[]): readonly unknown[] | undefined {
    const parts = this.flatten(raw);
    const lists = parts?.filter(({ schema }) => "const" in schema || "enum" in schema) ?? [];
    const others = parts?.some(({ schema }) =>
      this.#says(schema).some((it) => !LISTING.includes(it)),
    );
    const [only] = lists;
    if (lists.length !== 1 || others || !only) return;
    const values =
      "const" in only.schema ? [only.schema.const] : this.list(only.schema, "enum", only.path);
    const types = this.#types(parts ?? []);
    const typed = "type" in only.schema;
    return [...new Map(values.map((it) => [JSON.stringify(it), it])).values()].filter(
      (value) => !typed || types.some((type) => isOf(value, type)),
    );
  }

  /** The rule of what fits all of these; undefined if nothing does. */
  visit(raw: readonly Raw[], depth: number): string | undefined {
    if (depth > MAX_DEPTH)
      throw unsupported(raw[0]?.path ?? "#", `it is nested deeper than ${MAX_DEPTH}`);
    const parts = this.flatten(raw);
    if (parts === undefined) return;
    if (parts.every(({ schema }) => this.#says(schema).length === 0)) return "value";
    this.#work += parts.length;
    if (this.#work > MAX_WORK) throw tooLarge();
    const key = parts
      .map(({ schema }) => this.#id(schema))
      .sort((a, b) => a - b)
      .join();
    if (this.#made.has(key)) return this.#made.get(key);
    // Named before it is read: it may refer to itself.
    const name = this.rule("[]");
    this.#made.set(key, name);
    const body = this.#choices(parts, depth) ?? this.#plain(parts, depth);
    if (body.length === 0) this.#made.set(key, undefined);
    else this.define(name, body.join(" | "));
    return body.length === 0 ? undefined : name;
  }

  /** All that has to fit, with references and `allOf` followed; undefined if one of it is false. */
  flatten(raw: readonly Raw[]): readonly Part[] | undefined {
    const found = new Map<Schema, Part>();
    const todo = [...raw];
    for (let next = todo.shift(); next; next = todo.shift()) {
      const { schema, path } = next;
      if (schema === false) return;
      if (schema === true) continue;
      if (!isSchema(schema)) {
        this.cannot(path, "it is no schema");
        continue;
      }
      const read = this.#read(schema);
      if (found.has(read)) continue;
      found.set(read, { schema: read, path });
      const word = unheld(read);
      if (word !== undefined) this.cannot(path, `"${word}" is not supported`);
      if ("$ref" in read) {
        const target = lookUp(this.#document, String(read.$ref));
        if ("why" in target) this.cannot(path, target.why);
        else todo.push({ schema: target.at, path: String(read.$ref) });
      }
      for (const [at, part] of this.list(read, "allOf", path).entries()) {
        todo.push({ schema: part, path: `${path}/allOf/${at}` });
      }
    }
    return [...found.values()];
  }

  /** The list that a word holds; empty if it is none. */
  list(schema: Schema, word: string, path: string): readonly unknown[] {
    const value = schema[word];
    if (value === undefined || Array.isArray(value)) return value ?? [];
    this.cannot(path, `"${word}" is no list`);
    return [];
  }

  #read(schema: Schema): Schema {
    const known = this.#normal.get(schema) ?? normal(schema);
    this.#normal.set(schema, known);
    this.#normal.set(known, known);
    return known;
  }

  #id(schema: Schema): number {
    const id = this.#ids.get(schema) ?? this.#ids.size;
    this.#ids.set(schema, id);
    return id;
  }

  /** The words that are still to be looked at once references are followed. */
  #says(schema: Schema): readonly string[] {
    return Object.keys(schema).filter(
      (word) => !["$ref", "allOf"].includes(word) && unheld({ [word]: true }) === undefined,
    );
  }

  /** The alternatives of the first `anyOf` or `oneOf`, each with all that stands beside it. */
  #choices(parts: readonly Part[], depth: number): string[] | undefined {
    const at = parts.findIndex(({ schema }) => "anyOf" in schema || "oneOf" in schema);
    const part = parts[at];
    if (!part) return;
    const word = "anyOf" in part.schema ? "anyOf" : "oneOf";
    const { path } = part;
    const branches = this.list(part.schema, word, path).map((schema, index) => ({
      schema,
      path: `${path}/${word}/${index}`,
    }));
    if (word === "oneOf") {
      const read = branches
        .map((branch) => this.flatten([branch]))
        .filter((it) => it !== undefined);
      if (!exclusive(read, (raw) => this.flatten(raw))) {
        this.cannot(`${path}/oneOf`, "more than one of it may fit; say anyOf");
      }
    }
    const rest = { path, schema: this.#less(part.schema, word) };
    const others = parts.with(at, rest);
    return branches
      .map((branch) => this.visit([...others, branch], depth + 1))
      .filter((rule) => rule !== undefined);
  }

  /** The same object each time, so that rules are found again. */
  #less(schema: Schema, word: string): Schema {
    const known = this.#without.get(schema) ?? new Map<string, Schema>();
    this.#without.set(schema, known);
    const { [word]: _, ...rest } = schema;
    // Neither references nor `allOf` are followed twice.
    const made = known.get(word) ?? withoutFollowed(rest);
    known.set(word, made);
    this.#normal.set(made, made);
    return made;
  }

  #plain(parts: readonly Part[], depth: number): string[] {
    const types = this.#types(parts);
    if (parts.some(({ schema }) => "const" in schema || "enum" in schema)) {
      return valuesOf(this, parts, types);
    }
    const inside = (raw: readonly Raw[]) => this.visit(raw, depth + 1);
    const rules = types.map((type) => {
      if (type === "object") return objectOf(this, parts, inside);
      if (type === "array") return arrayOf(this, parts, inside);
      if (type === "string") return stringOf(this, parts);
      return type === "integer" || type === "number" ? numberOf(this, parts, type) : type;
    });
    return rules.filter((rule) => rule !== undefined);
  }

  #types(parts: readonly Part[]): readonly string[] {
    let found: readonly string[] | undefined;
    for (const { schema, path } of parts) {
      if (!("type" in schema)) continue;
      const types = [schema.type].flat().map(String);
      const strange = types.find((type) => !TYPES.includes(type));
      if (strange !== undefined) {
        this.cannot(path, `there is no type "${strange}"`);
        continue;
      }
      // An integer is a number as well.
      const has = (type: string) =>
        types.includes(type) || (type === "integer" && types.includes("number"));
      const before: readonly string[] = found ?? TYPES.filter((it) => types.includes(it));
      found = before.flatMap((type) => {
        if (has(type)) return [type];
        return type === "number" && types.includes("integer") ? ["integer"] : [];
      });
    }
    const excluded = parts.flatMap(({ schema }) =>
      isSchema(schema.not) && "type" in schema.not ? [schema.not.type].flat() : [],
    );
    return (found ?? this.#meant(parts)).filter(
      (type) => !excluded.includes(type) && !(type === "integer" && excluded.includes("number")),
    );
  }

  /** The types that the words of a schema without "type" are about; any where there are none. */
  #meant(parts: readonly Part[]): readonly string[] {
    const about = TYPES.filter((type) =>
      KEYWORDS[type]?.some((word) => parts.some(({ schema }) => word in schema)),
    );
    return about.length > 0 ? about : TYPES.filter((type) => type !== "integer");
  }
}

function withoutFollowed({ $ref: _, allOf: __, ...rest }: Schema): Schema {
  return rest;
}
