/**
 * Sends anything at all to every route: whatever comes, the answer is never a bug of ours. Values
 * are made around what the schemas of the routes want.
 */
import fc from "fast-check";
import { expect } from "vitest";
import * as z from "zod";
import type { Route } from "../../../src/core/route.ts";
import type { Json } from "./serve.ts";

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
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(ids.length > 0 ? fc.oneof(fc.constantFrom(...ids), word) : word),
        fc.dictionary(name, word, { maxKeys: 3 }),
        near(schema(route.body)),
        async (words, asked, value) => {
          const fill = () => encodeURIComponent(words.next().value ?? "");
          const where = url + route.path.replace(/:\w+/g, fill);
          const body = route.body ? JSON.stringify(value) : null;
          const reply = await fetch(`${where}?${new URLSearchParams(asked)}`, { method, body });
          // Streams may have no end; what counts is how they begin.
          await reply.body?.cancel();
          expect(reply.status, `${method} ${where} ${body}`).toBeLessThan(500);
        },
      ),
      { numRuns: 50 },
    );
  }
}

const schema = (type: z.ZodType | undefined): Json =>
  type && z.toJSONSchema(type, { io: "input", unrepresentable: "any" });

const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom("%00", "\0", "__proto__", "constructor", "0", "-1", "1e99", "' OR 1=1 --", "a/b"),
);

/** Values around what a schema wants: right ones, nearly right ones, and anything at all. */
function near(schema: Json, depth = 4): fc.Arbitrary<unknown> {
  const anything = fc.jsonValue({ maxDepth: 2 });
  if (schema === undefined || depth === 0) return anything;
  const right = kinds(schema, depth);
  if (right.length === 0) return anything;
  return fc.oneof({ weight: 9, arbitrary: fc.oneof(...right) }, { weight: 1, arbitrary: anything });
}

function kinds(schema: Json, depth: number): fc.Arbitrary<unknown>[] {
  const options: Json[] = schema.anyOf ?? schema.oneOf ?? [];
  if (options.length > 0) return options.map((option) => near(option, depth));
  if (schema.const !== undefined) return [fc.constant(schema.const)];
  if (schema.enum) return [fc.constantFrom(...schema.enum)];
  if (schema.type === "string") return [fc.string({ unit: "binary", maxLength: 40 }), word];
  if (schema.type === "integer") return [fc.integer(), fc.nat(100)];
  if (schema.type === "number") return [fc.double({ noNaN: true }), fc.nat(2)];
  if (schema.type === "boolean") return [fc.boolean()];
  if (schema.type === "null") return [fc.constant(null)];
  if (schema.type === "array") return [fc.array(near(schema.items, depth - 1), { maxLength: 4 })];
  if (!schema.properties) return [];
  const fields = Object.entries(schema.properties).map(([name, inner]) => [
    name,
    near(inner, depth - 1),
  ]);
  return [fc.record(Object.fromEntries(fields), { requiredKeys: schema.required ?? [] })];
}
