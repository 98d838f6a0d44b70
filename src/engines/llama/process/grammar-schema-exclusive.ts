/** Whether no value can fit two alternatives of a `oneOf`, found out without comparing all pairs. */
import { isSchema, type Part } from "./grammar-schema-read.ts";

type Alternative = readonly Part[];
type Flatten = (raw: ReadonlyArray<{ schema: unknown; path: string }>) => Alternative | undefined;

/** Alternatives of one type are compared pair by pair only up to so many. */
const MAX_PAIRS_OF = 40;
const MAX_DEPTH = 3;

export function exclusive(
  alternatives: readonly Alternative[],
  flatten: Flatten,
  depth = MAX_DEPTH,
): boolean {
  const groups = new Map<string, Alternative[]>();
  for (const alternative of alternatives) {
    for (const type of typesOf(alternative)) {
      groups.set(type, [...(groups.get(type) ?? []), alternative]);
    }
  }
  return [...groups].every(
    ([type, group]) => group.length < 2 || apart(type, group, flatten, depth),
  );
}

function apart(
  type: string,
  group: readonly Alternative[],
  flatten: Flatten,
  depth: number,
): boolean {
  const values = group.map(valuesOf);
  if (values.every((it) => it !== undefined)) return different(values.flat());
  if (type !== "object" || depth === 0) return false;
  const [a = [], b = []] = group;
  if (group.length === 2 && (closedTo(a, b) || closedTo(b, a))) return true;
  // Objects that must all have a property whose values differ.
  const inside = (alternative: Alternative, name: string): Alternative | undefined =>
    flatten(
      alternative.flatMap(({ schema, path }) =>
        isSchema(schema.properties) && Object.hasOwn(schema.properties, name)
          ? [{ schema: schema.properties[name], path }]
          : [],
      ),
    );
  const [first = [], ...others] = group;
  const needed = others.map((it) => new Set(requiredOf(it)));
  const common = requiredOf(first).filter((name) => needed.every((it) => it.has(name)));
  const byOne = common.some((name) => {
    const found = group.map((it) => inside(it, name)).filter((it) => it !== undefined);
    return found.every((it) => it.length > 0) && exclusive(found, flatten, depth - 1);
  });
  if (byOne || group.length === 2) return byOne;
  if (group.length > MAX_PAIRS_OF) return false;
  return group.every((one, at) =>
    group.slice(at + 1).every((other) => apart(type, [one, other], flatten, depth)),
  );
}

/** One must not have a property that the other needs. */
const closedTo = (one: Alternative, other: Alternative) =>
  requiredOf(other).some((name) =>
    one.some(
      ({ schema }) =>
        schema.additionalProperties === false &&
        schema.patternProperties === undefined &&
        !(isSchema(schema.properties) && Object.hasOwn(schema.properties, name)),
    ),
  );

function different(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** The only values that fit, as JSON text, if they are listed. */
function valuesOf(alternative: Alternative): readonly string[] | undefined {
  for (const { schema } of alternative) {
    if ("const" in schema) return [JSON.stringify(schema.const)];
    if (Array.isArray(schema.enum))
      return [...new Set(schema.enum.map((it) => JSON.stringify(it)))];
  }
  return;
}

function typesOf(alternative: Alternative): readonly string[] {
  const values = valuesOf(alternative);
  if (values) {
    const kinds = values.map((text) => (/^["{[tfn]/.test(text) ? (text[0] as string) : "0"));
    return [...new Set(kinds)].map((kind) => KINDS[kind] as string);
  }
  const said = alternative.find(({ schema }) => "type" in schema)?.schema.type;
  // Every integer is a number as well.
  const types = said === undefined ? Object.values(KINDS) : [said].flat().map(String);
  return [...new Set(types.map((type) => (type === "integer" ? "number" : type)))];
}

const KINDS: Readonly<Record<string, string>> = {
  ...{ '"': "string", "{": "object", "[": "array", t: "boolean", f: "boolean", n: "null" },
  "0": "number",
};

function requiredOf(alternative: Alternative): readonly string[] {
  return alternative.flatMap(({ schema }) =>
    Array.isArray(schema.required) ? schema.required : [],
  );
}
