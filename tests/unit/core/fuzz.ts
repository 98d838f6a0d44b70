/**
 * Sends anything at all to every route: whatever comes, the answer is never a bug of ours. Values
 * are made around what the schemas of the routes want.
 */
import fc from "fast-check";
import { expect } from "vitest";
import * as z from "zod";
import type { Route } from "../../../src/core/route.ts";
import type { Json } from "./serve.ts";

export type { Json };

/** @param ids of things that exist, to be met in addresses now and then */
export async function noServerErrors(
  url: string,
  routes: readonly Route[],
  ids: readonly string[] = [],
): Promise<void> {
  for (const route of routes) {
    const method = route.method.toUpperCase();
    const query = Object.keys(schema(route.query)?.properties ?? {});
    const name = query.length > 0 ? fc.oneof(fc.constantFrom(...query), word) : word;
    const id = ids.length > 0 ? fc.oneof(fc.constantFrom(...ids), word) : word;
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(id),
        fc.dictionary(name, word, { maxKeys: 3 }),
        near(schema(route.body), id),
        async (words, asked, value) => {
          const fill = () => encodeURIComponent(words.next().value ?? "");
          const where = url + route.path.replace(/:\w+(\{[^}]*\})?/g, fill);
          const body = route.body ? JSON.stringify(value) : null;
          const reply = await fetch(`${where}?${new URLSearchParams(asked)}`, { method, body });
          // Streams may have no end; what counts is how they begin.
          await reply.body?.cancel();
          expect(reply.status, `${method} ${where} ${body}`).toBeLessThan(500);
        },
      ),
      { numRuns: 100 },
    );
  }
}

const schema = (type: z.ZodType | undefined): Json =>
  type && z.toJSONSchema(type, { io: "input", unrepresentable: "any" });

export const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom("%00", "\0", "__proto__", "constructor", "0", "-1", "1e99", "' OR 1=1 --", "a/b"),
);

/** Values around what a schema wants: mostly right ones, and now and then anything at all. */
export function near(schema: Json, ids: fc.Arbitrary<string>, depth = 5): fc.Arbitrary<unknown> {
  const anything = fc.jsonValue({ maxDepth: 2 });
  if (schema === undefined || depth === 0) return anything;
  const right = kinds(schema, ids, depth);
  if (right.length === 0) return anything;
  return fc.oneof(
    { weight: 30, arbitrary: fc.oneof(...right) },
    { weight: 1, arbitrary: anything },
  );
}

function kinds(schema: Json, ids: fc.Arbitrary<string>, depth: number): fc.Arbitrary<unknown>[] {
  const options: Json[] = schema.anyOf ?? schema.oneOf ?? [];
  if (options.length > 0) return options.map((option) => near(option, ids, depth));
  if (schema.const !== undefined) return [fc.constant(schema.const)];
  if (schema.enum) return [fc.constantFrom(...schema.enum)];
  const { minimum: min = 0, maximum: max = 2 ** 31 } = schema;
  switch (schema.type) {
    case "string":
      if (schema.format === "date-time") return [fc.date({ noInvalidDate: true })];
      return [fc.string({ unit: "grapheme", maxLength: 40 }), ids];
    case "integer":
      return [fc.integer({ min, max: Math.min(max, 2 ** 31) })];
    case "number":
      return [fc.double({ min, max, noNaN: true })];
    case "boolean":
      return [fc.boolean()];
    case "null":
      return [fc.constant(null)];
    case "array":
      return [fc.array(near(schema.items, ids, depth - 1), { maxLength: 4 })];
  }
  if (!schema.properties) return [];
  const fields = Object.entries(schema.properties).map(([name, inner]) => {
    const value = near(inner, ids, depth - 1);
    const absent = { weight: 4, arbitrary: fc.constant(undefined) };
    const present = { weight: 1, arbitrary: value };
    return [name, schema.required?.includes(name) ? value : fc.oneof(absent, present)];
  });
  return [fc.record(Object.fromEntries(fields))];
}
