/** Numbers within their bounds, and schemas as real tools and libraries send them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { formOf, gbnfOf } from "../../../src/engines/llama/process/grammar.ts";
import { compileGrammar } from "../../../src/engines/llama/process/grammar-compile.ts";
import { Matcher } from "../../../src/engines/llama/process/grammar-match.ts";
import { parseGbnf } from "../../../src/engines/llama/process/grammar-parse.ts";

function matcherOf(schema: unknown, strict: boolean): (text: string) => boolean {
  const gbnf = gbnfOf({ type: "json_schema", schema, strict });
  const matcher = new Matcher(compileGrammar(parseGbnf(gbnf)));
  return (text) =>
    matcher.read(matcher.start, Buffer.from(text).toString("latin1"))?.final === true;
}

describe("a number within bounds", () => {
  it("is taken exactly where it lies between them", () => {
    // In thousandths, so that comparing is exact.
    const bound = fc.integer({ min: -3000, max: 3000 });
    const written = (it: number) => String(it / 1000);
    fc.assert(
      fc.property(
        bound,
        fc.nat({ max: 2500 }),
        fc.boolean(),
        fc.boolean(),
        (low, more, above, below) => {
          const high = low + more + 1;
          const schema = {
            type: "number",
            [above ? "exclusiveMinimum" : "minimum"]: low / 1000,
            [below ? "exclusiveMaximum" : "maximum"]: high / 1000,
          };
          const takes = matcherOf(schema, true);
          for (let step = -3; step <= more + 4; step += more > 60 ? 7 : 1) {
            const value = low + step;
            const inside =
              (above ? value > low : value >= low) && (below ? value < high : value <= high);
            expect([schema, written(value), takes(written(value))]).toEqual([
              schema,
              written(value),
              inside,
            ]);
          }
          for (const value of [low, high]) {
            const inside = value === low ? !above : !below;
            expect(takes(written(value))).toBe(inside);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is a multiple where that is asked for", () => {
    const takes = matcherOf({ type: "number", minimum: 0, multipleOf: 0.05 }, true);
    expect(["0", "0.05", "1.15", "20", "0.5"].filter((it) => !takes(it))).toEqual([]);
    expect(["0.01", "1.155", "-0.05"].filter(takes)).toEqual([]);
    const tens = matcherOf({ type: "integer", multipleOf: 30 }, true);
    expect(["0", "30", "-60", "990"].filter((it) => !tens(it))).toEqual([]);
    expect(["10", "31"].filter(tens)).toEqual([]);
  });
});

const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const text = { type: "string" };

describe("schemas that real programs send", () => {
  it.each<[string, object, string, string]>([
    [
      "MCP fetch",
      object({ url: { ...text, format: "uri", minLength: 1 } }),
      '{"url": "https://example.org/a?b=c"}',
      '{"url": "no"}',
    ],
    [
      "pydantic HttpUrl",
      { ...text, format: "uri", minLength: 1, maxLength: 2083 },
      '"https://example.org/"',
      '""',
    ],
    ["a price", { type: "number", minimum: 0.01 }, "0.5", "0.001"],
    ["zod email", z.toJSONSchema(z.email()), '"ana@example.org"', '"ana"'],
    ["zod url", z.toJSONSchema(z.url()), '"https://example.org"', '"x y"'],
    ["zod uuid", z.toJSONSchema(z.uuid()), '"550e8400-e29b-41d4-a716-446655440000"', '"550e8400"'],
    ["zod duration", z.toJSONSchema(z.iso.duration()), '"P3D"', '"3D"'],
    [
      "zod record",
      z.toJSONSchema(z.record(z.enum(["a", "b"]), z.number())),
      '{"a": 1, "b": 2}',
      '{"a": 1}',
    ],
    ["zod tuple", z.toJSONSchema(z.tuple([z.string(), z.number()])), '["a", 1]', '["a"]'],
    ["zod int", z.toJSONSchema(z.int()), "12", "1.5"],
    [
      "pydantic union",
      {
        oneOf: [
          object({ k: { const: "a" } }, { required: ["k"] }),
          object({ k: { const: "b" } }, { required: ["k"] }),
        ],
        discriminator: { propertyName: "k" },
      },
      '{"k": "b"}',
      '{"k": "c"}',
    ],
    [
      "either of two",
      object({ a: text, b: text }, { anyOf: [{ required: ["a"] }, { required: ["b"] }] }),
      '{"b": "x"}',
      "{}",
    ],
    [
      "OpenAPI notes",
      object(
        { a: { type: "integer", format: "int32", "x-order": 1, example: 3 } },
        { required: null },
      ),
      '{"a": 3}',
      '{"a": 3000000000}',
    ],
    ["OpenAPI nullable", { ...text, nullable: true }, "null", "1"],
    ["no quotes", { ...text, pattern: '^[^"]+$' }, '"a\\nb"', '"a\\"b"'],
    ["no blanks", { ...text, pattern: "^\\S+$" }, '"a\\\\b"', '"a b"'],
    [
      "a pattern with lengths",
      { ...text, pattern: "^[a-z]+$", minLength: 2, maxLength: 3 },
      '"abc"',
      '"abcd"',
    ],
    ["a password", { ...text, format: "password" }, '"x"', "1"],
    [
      "a set of listed values",
      { type: "array", items: { enum: ["a", "b"] }, uniqueItems: true },
      '["a", "b"]',
      '["a", "a"]',
    ],
    [
      "draft 7 tuple",
      { type: "array", items: [text, { type: "integer" }] },
      '["a", 1]',
      '[1, "a"]',
    ],
    ["draft 4 bound", { type: "integer", minimum: 1, exclusiveMinimum: true }, "2", "1"],
    ["at least one", object({ a: text, b: text }, { minProperties: 1 }), '{"b": "x"}', "{}"],
    [
      "names by pattern",
      {
        type: "object",
        patternProperties: { "^x-": { type: "integer" } },
        additionalProperties: false,
      },
      '{"x-a": 1}',
      '{"y": 1}',
    ],
    ["format beside enum", { enum: ["a"], type: "string", format: "date" }, '"a"', '"b"'],
    [
      "required of draft 3",
      object({ a: { type: "integer", required: true } }),
      '{"a": 1}',
      '{"a": "x"}',
    ],
  ])("are held to in full: %s", (_name, schema, good, bad) => {
    const takes = matcherOf(schema, true);
    expect([takes(good), takes(bad)]).toEqual([true, false]);
  });

  it.each<[string, object, string, string]>([
    [
      "uniqueItems",
      { type: "array", items: { type: "integer" }, uniqueItems: true },
      "[1, 1]",
      '["a"]',
    ],
    ["contains", { type: "array", items: text, contains: { const: "x" } }, '["a"]', "[1]"],
    ["a look back", object({ a: { ...text, pattern: "(?<=a)b" } }), '{"a": "c"}', '{"a": 1}'],
    [
      "if and else",
      object({ a: text }, { if: { required: ["a"] }, else: { required: ["b"] } }),
      "{}",
      "[]",
    ],
    ["a type of Python's", object({ a: { type: "str" } }), '{"a": 1}', "[]"],
    ["a reference outside", object({ a: { $ref: "https://example.org/a" } }), '{"a": [1]}', "1"],
    ["oneOf that overlaps", { oneOf: [{ type: "integer" }, { type: "number" }] }, "1.5", '"a"'],
  ])(
    "are held to but for what no grammar says, unless that is strict: %s",
    (_name, schema, good, bad) => {
      const takes = matcherOf(schema, false);
      expect([takes(good), takes(bad)]).toEqual([true, false]);
      expect(() => matcherOf(schema, true)).toThrow(
        expect.objectContaining({ code: "unsupported_schema" }),
      );
    },
  );
});

/**
 * As tools and libraries send them, with their descriptions left out, each with its name and a value that
 * fits: MCP's reference servers and others, agents for code, and what pydantic, zod and OpenAI's documents make.
 */
const TOOL_SCHEMAS: readonly [name: string, schema: object, value: unknown][] = readFileSync(
  join(import.meta.dirname, "../../fixtures/tool-schemas.jsonl"),
  "utf8",
)
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

describe("schemas of sixty tools and libraries and more", () => {
  const left = (schema: object) => {
    const grammar = { type: "json_schema", schema, strict: false } as const;
    return formOf({ grammar, calls: undefined, thought: undefined }).left;
  };
  /** What no grammar says, or none of a bearable size, by the schemas that ask for it. */
  const LEFT: Readonly<Record<string, RegExp>> = {
    "pydantic with a set": /"uniqueItems"/,
    "either of two ways": /more than one of it may fit/,
  };

  it.each(TOOL_SCHEMAS)("%s", (name, schema, value) => {
    const takes = matcherOf(schema, false);
    expect(takes(JSON.stringify(value))).toBe(true);
    const asked = LEFT[name];
    if (asked) expect(left(schema).join("; ")).toMatch(asked);
    else expect(left(schema)).toEqual([]);
  });

  it("are nearly all held to in full", () => {
    expect(TOOL_SCHEMAS.length).toBeGreaterThanOrEqual(60);
    const strict = TOOL_SCHEMAS.filter(([, schema]) => left(schema).length === 0);
    expect(strict.length / TOOL_SCHEMAS.length).toBeGreaterThan(0.9);
  });
});
