/** Objects: declared properties in their order, then others where they are asked for. */
import type { Language } from "./grammar-language.ts";
import type { Raw, SchemaGrammar } from "./grammar-schema.ts";
import { isSchema, type Part } from "./grammar-schema-read.ts";
import { countsOf, lengthsOf, patternOf, textsOf } from "./grammar-schema-scalar.ts";
import { json, PLAIN } from "./grammar-strings.ts";

/** Reads what stands inside; undefined if nothing fits. */
export type Inside = (raw: readonly Raw[]) => string | undefined;

/** Properties times how many of them are counted. */
const MAX_PLACES = 20_000;

/** The rule of an object; undefined if none fits. */
export function objectOf(
  to: SchemaGrammar,
  parts: readonly Part[],
  inside: Inside,
): string | undefined {
  const needed = new Set(
    parts.flatMap(({ schema, path }) => to.list(schema, "required", path).map(String)),
  );
  const excluded = parts.flatMap(({ schema, path }) => leftOut(to, schema.not, path));
  const all = parts.map((part) => new Declared(to, part));
  const names = [...new Set([...all.flatMap((it) => it.names), ...needed])];
  const counts = countsOf(to, parts, "minProperties", "maxProperties");
  const named = namesOf(to, parts);
  const silent = all.every((it) => !it.says);
  if (silent && named === undefined && names.length === 0 && !bounded(counts)) return "object";

  const members = names.map((name) => {
    const fits = (!named || to.languages.has(named, name)) && !excluded.includes(name);
    const value = fits ? inside(all.flatMap((it) => it.of(name))) : undefined;
    const rule = value === undefined ? undefined : to.rule(`${json(name)} ws ":" ws ${value}`);
    return { name, rule, must: needed.has(name) };
  });
  const open = silent && names.length === 0 ? [{ keys: undefined, values: [] }] : othersOf(all);
  const others = othersRule(to, open, { names, named, excluded }, inside);
  const blocked = members.find(({ must, rule }) => must && rule === undefined);
  if (blocked) {
    to.nothing(parts, `"${blocked.name}" is required and cannot be there`);
    return;
  }
  const written = members.flatMap(({ rule, must }) => (rule === undefined ? [] : [{ rule, must }]));
  if (written.length * countedTo(counts, written.length, others) > MAX_PLACES) {
    to.cannot(parts[0]?.path ?? "#", "it has too many properties to be counted");
    return membersRule(to, written, others, NO_COUNTS);
  }
  return membersRule(to, written, others, counts);
}

interface Counts {
  readonly min: number;
  readonly max: number;
}
const NO_COUNTS: Counts = { min: 0, max: Number.POSITIVE_INFINITY };
const bounded = ({ min, max }: Counts) => min > 0 || max < Number.POSITIVE_INFINITY;

interface Member {
  readonly rule: string;
  readonly must: boolean;
}

/** From how many properties on it is all the same how many there are: at least one tells of commas. */
function countedTo({ min, max }: Counts, names: number, others: string | undefined): number {
  const bound = max === Number.POSITIVE_INFINITY || (max >= names && !others) ? 0 : max;
  return Math.max(1, min, bound);
}

/** For each property: what can follow from it on, by how many were written before. */
function membersRule(
  to: SchemaGrammar,
  members: readonly Member[],
  others: string | undefined,
  { min, max }: Counts,
): string | undefined {
  const cap = countedTo({ min, max }, members.length, others);
  let follow = Array.from({ length: cap + 1 }, (_, count) => {
    const least = Math.max(0, min - count);
    if (!others || max <= count) return least > 0 ? undefined : '""';
    // Behind the first of them.
    const [from, most] = count === 0 ? [Math.max(0, least - 1), max - 1] : [least, max - count];
    const times = `("," ws ${others}){${from},${most === Number.POSITIVE_INFINITY ? "" : most}}`;
    if (count > 0) return to.rule(times);
    return to.rule(`(${others} ${times})${least > 0 ? "" : "?"}`);
  });
  for (const { rule, must } of members.toReversed()) {
    const after = follow;
    follow = after.map((without, count) => {
      const rest = count < max ? after[Math.min(cap, count + 1)] : undefined;
      const written = rest && `${count > 0 ? '"," ws ' : ""}${rule} ${rest}`;
      const found = [written, must ? undefined : without].filter((it) => it !== undefined);
      return found.length === 0 ? undefined : to.rule(found.join(" | "));
    });
  }
  const [first] = follow;
  return first === undefined ? undefined : to.rule(`"{" ws ${first} ws "}"`);
}

/** What one part says of properties. */
class Declared {
  readonly names: readonly string[];
  readonly #to: SchemaGrammar;
  readonly #path: string;
  readonly #properties: Readonly<Record<string, unknown>>;
  readonly patterns: ReadonlyArray<{ readonly keys: Language; readonly raw: Raw }>;
  /** Of those that neither name nor pattern declares; undefined where nothing is said of them. */
  readonly additional: Raw | undefined;
  readonly says: boolean;

  constructor(to: SchemaGrammar, { schema, path }: Part) {
    this.#to = to;
    this.#path = path;
    const { properties, patternProperties, additionalProperties } = schema;
    this.#properties = objectAt(to, properties, "properties", path);
    this.names = Object.keys(this.#properties);
    const patterns = objectAt(to, patternProperties, "patternProperties", path);
    this.patterns = Object.entries(patterns).map(([pattern, inner]) => ({
      keys: patternOf(to, pattern, "patternProperties", path),
      raw: { schema: inner, path: `${path}/patternProperties/${pattern}` },
    }));
    this.additional =
      additionalProperties === undefined
        ? undefined
        : { schema: additionalProperties, path: `${path}/additionalProperties` };
    this.says = [properties, patternProperties, additionalProperties].some(
      (it) => it !== undefined,
    );
  }

  /** What a property of this name has to fit. */
  of(name: string): readonly Raw[] {
    const found: Raw[] = this.patterns
      .filter(({ keys }) => this.#to.languages.has(keys, name))
      .map(({ raw }) => raw);
    if (Object.hasOwn(this.#properties, name)) {
      found.push({ schema: this.#properties[name], path: `${this.#path}/properties/${name}` });
    }
    return found.length === 0 && this.additional ? [this.additional] : found;
  }
}

function objectAt(to: SchemaGrammar, value: unknown, word: string, path: string) {
  if (isSchema(value)) return value;
  if (value !== undefined) to.cannot(path, `"${word}" is no object`);
  return {};
}

/** Names that `not: {required: [name]}` excludes. */
function leftOut(to: SchemaGrammar, not: unknown, path: string): readonly string[] {
  if (!isSchema(not) || "type" in not || "const" in not || "enum" in not) return [];
  const { required } = not;
  const alone = Object.keys(not).length === 1 && Array.isArray(required) && required.length === 1;
  if (alone) return [String(required[0])];
  to.cannot(path, '"not" is not supported for objects');
  return [];
}

/** The names that `propertyNames` allows; undefined where it says nothing of them. */
function namesOf(to: SchemaGrammar, parts: readonly Part[]): Language | undefined {
  const raw = parts.flatMap(({ schema, path }) =>
    schema.propertyNames === undefined
      ? []
      : [{ schema: schema.propertyNames, path: `${path}/propertyNames` }],
  );
  const read = raw.length === 0 ? [] : to.flatten(raw);
  if (read === undefined) return to.languages.none;
  if (read.length === 0) return;
  const { languages } = to;
  const choice = read.find(({ schema }) => ["anyOf", "oneOf"].some((word) => word in schema));
  if (choice) to.cannot(choice.path, "names can have no alternatives");
  const listed = read.flatMap(({ schema }) => {
    const values =
      "const" in schema ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : undefined;
    const texts = values?.filter((it) => typeof it === "string").map((it) => languages.text(it));
    return texts ? [languages.either(texts)] : [];
  });
  const { min, max } = lengthsOf(to, read);
  const names = languages.both([
    textsOf(to, read, listed.length > 0),
    languages.times(languages.any, min, max),
    ...listed,
  ]);
  return names === languages.all ? undefined : names;
}

interface Others {
  /** Every key where it is absent. */
  readonly keys: Language | undefined;
  readonly values: readonly Raw[];
}

/** Properties without a name of their own, which some part asks for and none forbids. */
function othersOf(all: readonly Declared[]): readonly Others[] {
  const asked: Others[] = all.flatMap((it) =>
    it.patterns.map(({ keys, raw }) => ({
      keys,
      values: [
        raw,
        ...all.flatMap((other) => (other !== it && other.additional ? [other.additional] : [])),
      ],
    })),
  );
  const additional = all.flatMap((it) => (it.additional ? [it.additional] : []));
  return additional.length > 0 ? [...asked, { keys: undefined, values: additional }] : asked;
}

/** Each key is read by the first that it fits; undefined where there are none. */
function othersRule(
  to: SchemaGrammar,
  others: readonly Others[],
  {
    names,
    named,
    excluded,
  }: { names: readonly string[]; named: Language | undefined; excluded: readonly string[] },
  inside: Inside,
): string | undefined {
  const { languages } = to;
  const plain = languages.times(languages.chars(PLAIN), 0, Number.POSITIVE_INFINITY);
  const taken: Language[] = [...names, ...excluded].map((name) => languages.text(name));
  const rules = others.flatMap(({ keys, values }) => {
    const value = inside(values);
    const free = languages.both([keys ?? languages.all, named ?? languages.all]);
    const bare = taken.length === 0 && free === languages.all;
    const language = () => languages.both([plain, free, languages.not(languages.either(taken))]);
    // Too many names to tell from others: nothing is written beyond those declared.
    const key = bare ? "string" : to.tryAutomaton(language, true);
    if (keys !== undefined) taken.push(keys);
    if (value === undefined || key === undefined) return [];
    return [`${bare ? key : `"\\"" ${key} "\\""`} ws ":" ws ${value}`];
  });
  return rules.length === 0 ? undefined : to.rule(rules.join(" | "));
}
