/** What a JSON schema says: its words in the drafts that people send, and where references lead. */
import { CharlaError } from "../../../core/errors.ts";

export type Schema = Readonly<Record<string, unknown>>;

/** A schema and where it stands in the document; what has to fit is a list of them, all at once. */
export interface Part {
  readonly schema: Schema;
  readonly path: string;
}

/** The words that a type's values are held to. */
export const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  object: [
    ...["properties", "required", "additionalProperties", "patternProperties", "propertyNames"],
    ...["minProperties", "maxProperties"],
  ],
  array: ["items", "prefixItems", "minItems", "maxItems", "uniqueItems"],
  string: ["minLength", "maxLength", "pattern", "format"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  integer: [],
  boolean: [],
  null: [],
};
export const TYPES = Object.keys(KEYWORDS);

/** They ask for something that no grammar here says. */
const UNHELD = [
  ...["if", "contains", "dependentSchemas", "dependencies", "unevaluatedItems"],
  ...["unevaluatedProperties", "$dynamicRef", "$recursiveRef", "disallow", "extends"],
];
/** All other words, known or not, are notes: they say nothing about the value. */
const SAYING = new Set([
  ...Object.values(KEYWORDS).flat(),
  ...["$ref", "allOf", "anyOf", "oneOf", "not", "const", "enum", "type"],
  ...UNHELD,
]);

export function unsupported(path: string, reason: string): CharlaError {
  return new CharlaError("unsupported_schema", {
    status: 400,
    message: "The JSON schema uses what cannot be guaranteed, at {path}: {reason}.",
    hint: 'Leave it out, write it in another way, or leave "strict" out: then the rest is held to.',
    params: { path, reason },
  });
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The word of a schema that nothing here can hold an answer to. */
export function unheld(schema: Schema): string | undefined {
  return UNHELD.find((word) => word in schema);
}

/** The same schema in the words of draft 2020-12, without what says nothing. */
export function normal(schema: Schema): Schema {
  const said = Object.entries(schema).filter(
    ([word, value]) =>
      (SAYING.has(word) || word === "dependentRequired") && (value !== null || word === "const"),
  );
  const found: Record<string, unknown> = Object.fromEntries(said);
  if (schema.nullable === true && "type" in found) found.type = [found.type, "null"].flat();
  if (Array.isArray(found.items)) {
    found.prefixItems = found.items;
    delete found.items;
    if (schema.additionalItems != null) found.items = schema.additionalItems;
  }
  // In draft 4 and OpenAPI 3.0 these say whether the bound itself is left out.
  for (const [word, beside] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (typeof found[word] !== "boolean") continue;
    if (found[word] && beside in found) found[word] = found[beside];
    else delete found[word];
  }
  if (found.uniqueItems === false) delete found.uniqueItems;
  if (!("then" in schema) && !("else" in schema)) delete found.if;
  // Nothing is written beyond what is declared, unless that is asked for.
  if (found.unevaluatedProperties === false) delete found.unevaluatedProperties;
  if (found.unevaluatedItems === false && "prefixItems" in found) delete found.unevaluatedItems;
  if (isSchema(found.dependentRequired)) {
    const either = Object.entries(found.dependentRequired).map(([name, others]) => ({
      anyOf: [
        { properties: { [name]: false } },
        { required: [name, ...(Array.isArray(others) ? others : [])] },
      ],
    }));
    found.allOf = [...(Array.isArray(found.allOf) ? found.allOf : []), ...either];
  }
  delete found.dependentRequired;
  return found;
}

/** What a `$ref` within the document points to (RFC 6901), or why it leads nowhere. */
export function lookUp(document: unknown, pointer: string): { at: unknown } | { why: string } {
  if (!/^#(\/|$)/.test(pointer)) return { why: `${pointer} is not in this schema` };
  let at = document;
  for (const step of pointer.split("/").slice(1)) {
    const key = decoded(step).replaceAll("~1", "/").replaceAll("~0", "~");
    const there = typeof at === "object" && at !== null && Object.hasOwn(at, key);
    if (!there) return { why: `there is nothing at ${pointer}` };
    at = (at as Schema)[key];
  }
  return { at };
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
