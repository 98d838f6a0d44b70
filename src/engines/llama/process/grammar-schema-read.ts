/** What a JSON schema says: its words, where references lead, what alternatives exclude. */
import { CharlaError } from "../../../core/errors.ts";

export type Schema = Readonly<Record<string, unknown>>;

/** Says nothing about the value. */
const ANNOTATIONS = new Set([
  ...["title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly"],
  ...["$schema", "$id", "$anchor", "$comment", "$defs", "definitions"],
]);
const BOUNDS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

/** The words that can be held to, by type. */
export const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  object: ["properties", "required", "additionalProperties", "propertyNames"],
  array: ["items", "prefixItems", "minItems", "maxItems"],
  string: ["minLength", "maxLength", "pattern", "format"],
  number: BOUNDS,
  integer: BOUNDS,
  boolean: [],
  null: [],
};

export function unsupported(path: string, reason: string): CharlaError {
  return new CharlaError("unsupported_schema", {
    status: 400,
    message: "The JSON schema uses what cannot be guaranteed, at {path}: {reason}.",
    hint: "Leave it out or write it in another way; the rest of the schema can stay.",
    params: { path, reason },
  });
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function said(schema: Schema): readonly string[] {
  return Object.keys(schema).filter((word) => !ANNOTATIONS.has(word));
}

export function listOf(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw unsupported(path, "it is no list");
  return value;
}

/** What a `$ref` within the document points to (RFC 6901). */
export function lookUp(document: unknown, pointer: string, path: string): unknown {
  if (!/^#(\/|$)/.test(pointer)) throw unsupported(path, `${pointer} is not in this schema`);
  let at = document;
  for (const step of pointer.split("/").slice(1)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    const there = typeof at === "object" && at !== null && Object.hasOwn(at, key);
    if (!there) throw unsupported(path, `there is nothing at ${pointer}`);
    at = (at as Schema)[key];
  }
  return at;
}

/** The one schema of objects that all parts of `allOf`, and what stands beside it, come to. */
export function merged(schema: Schema, document: unknown, path: string): Schema {
  const { allOf, ...beside } = schema;
  const parts = [...listOf(allOf, `${path}/allOf`), beside]
    .map((part) => resolved(part, document, path))
    .filter((part) => said(part).length > 0);
  if (parts.length === 1) return parts[0] as Schema;
  const properties: Record<string, unknown> = {};
  const required = new Set<unknown>();
  for (const part of parts) {
    const other = said(part).find((word) => !["type", "properties", "required"].includes(word));
    if (other !== undefined || (part.type ?? "object") !== "object") {
      throw unsupported(path, '"allOf" can only join properties of objects');
    }
    for (const [name, inner] of Object.entries(part.properties ?? {})) {
      if (name in properties) throw unsupported(path, `"${name}" is declared twice`);
      properties[name] = inner;
    }
    for (const name of listOf(part.required ?? [], path)) required.add(name);
  }
  return { type: "object", properties, required: [...required] };
}

/** Whether no value can fit two of these schemas. */
export function exclusive(parts: readonly unknown[], document: unknown, path: string): boolean {
  const read = parts.map((part) => resolved(part, document, path));
  return read.every((one, at) => read.slice(at + 1).every((other) => disjoint(one, other)));
}

function disjoint(one: Schema, other: Schema): boolean {
  const [values, others] = [valuesOf(one), valuesOf(other)];
  if (values && others) return values.every((value) => !others.includes(value));
  const [types, more] = [typesOf(one), typesOf(other)];
  if (types && more && types.every((type) => !more.includes(type))) return true;
  // Objects that must both have a property whose values differ.
  const required = (schema: Schema) => [schema.required].flat() as string[];
  return required(one)
    .filter((name) => required(other).includes(name))
    .some((name) => {
      const [left, right] = [one, other].map((it) => (it.properties as Schema)?.[name]);
      return isSchema(left) && isSchema(right) && disjoint(left, right);
    });
}

/** The only values that fit, as JSON text, if they are listed. */
function valuesOf(schema: Schema): readonly string[] | undefined {
  if ("const" in schema) return [JSON.stringify(schema.const)];
  return Array.isArray(schema.enum) ? schema.enum.map((it) => JSON.stringify(it)) : undefined;
}

function typesOf(schema: Schema): readonly unknown[] | undefined {
  if (!("type" in schema)) return;
  // Every integer is a number as well.
  return [schema.type].flat().map((type) => (type === "integer" ? "number" : type));
}

/** Follows references until there is a schema; one that leads back to itself has none. */
function resolved(schema: unknown, document: unknown, path: string): Schema {
  let at = schema;
  for (let steps = 0; isSchema(at) && "$ref" in at; steps++) {
    if (steps > 20) throw unsupported(path, "a reference leads back to itself");
    at = lookUp(document, String(at.$ref), path);
  }
  if (!isSchema(at)) throw unsupported(path, "it is no schema that a value could fit");
  return at;
}
