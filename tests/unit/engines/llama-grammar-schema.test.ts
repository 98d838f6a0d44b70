/** Whatever a model writes by the grammar of a schema is JSON that fits the schema. */
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Grammar } from "../../../src/core/extras.ts";
import { gbnfOf } from "../../../src/engines/llama/process/grammar.ts";
import { compileGrammar } from "../../../src/engines/llama/process/grammar-compile.ts";
import { Matcher, type State } from "../../../src/engines/llama/process/grammar-match.ts";
import { parseGbnf } from "../../../src/engines/llama/process/grammar-parse.ts";

const MAX_BYTES = 4000;

function matcherOf(grammar: Grammar): Matcher {
  return new Matcher(compileGrammar(parseGbnf(gbnfOf(grammar))));
}

/** Fits the schema, by the grammar: "whole", a beginning of what does: "open", or "no". */
function read(schema: unknown, text: string): "whole" | "open" | "no" {
  const matcher = matcherOf({ type: "json_schema", schema, strict: true });
  const state = matcher.read(matcher.start, Buffer.from(text).toString("latin1"));
  return state ? (state.final ? "whole" : "open") : "no";
}

/** A random text of the grammar, which ends rather soon; undefined if it did not. */
function write(matcher: Matcher, random: () => number): string | undefined {
  const bytes: number[] = [];
  let state: State = matcher.start;
  while (bytes.length < MAX_BYTES) {
    const open = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) =>
      matcher.step(state, byte),
    );
    // Nothing but blanks may come: the text is over.
    if (state.final && (open.length === 0 || random() < 0.5)) {
      return Buffer.from(bytes).toString("utf8");
    }
    const closing = open.filter((byte) => '"]}'.includes(String.fromCharCode(byte)));
    const choice = closing.length > 0 && random() < 0.4 ? closing : open;
    const byte = choice[Math.floor(random() * choice.length)] as number;
    bytes.push(byte);
    state = matcher.step(state, byte) as State;
  }
  return undefined;
}

const ajv = addFormats.default(new Ajv2020({ strict: false, validateFormats: true }));
const names = fc.uniqueArray(fc.constantFrom("a", "ab", "abc", "name", 'q"', "ñ😀", "\\", "b c"), {
  maxLength: 4,
});
const low = fc.integer({ min: -2000, max: 2000 });
const length = fc.nat({ max: 4 });

const { schema } = fc.letrec<{ schema: object; leaf: object; node: object }>((tie) => ({
  schema: fc.oneof({ depthSize: "small", withCrossShrink: true }, tie("leaf"), tie("node")),
  leaf: fc.oneof(
    fc.constantFrom<object>(
      { type: "string" },
      { type: "integer" },
      { type: "number" },
      { type: ["boolean", "null"] },
      {},
      { type: "string", format: "date" },
      { type: "string", format: "date-time" },
      { type: "string", format: "time" },
      { type: "string", format: "uuid" },
      { type: "string", format: "ipv4" },
      { type: "string", format: "ipv6" },
      { type: "string", format: "email" },
      { type: "string", format: "hostname" },
      { type: "string", format: "duration" },
      { type: "string", pattern: "^[A-Z]{2,3}-\\d+(x|y\\.)?$" },
      { type: "string", pattern: "[^\\s\\]]b." },
      { enum: ["é", 'a"b', 3, null, { x: [1] }] },
      { const: "\n" },
    ),
    fc.record({ type: fc.constant("string"), minLength: length }),
    fc
      .tuple(length, length)
      .map(([min, more]) => ({ type: "string", minLength: min, maxLength: min + more })),
    fc.tuple(low, fc.nat({ max: 3000 }), fc.boolean()).map(([min, more, whole]) => ({
      type: whole ? "integer" : "number",
      minimum: min / 8,
      maximum: min / 8 + 1 + more,
    })),
    fc.tuple(low, fc.nat({ max: 300 }), fc.boolean()).map(([min, more, whole]) => ({
      type: whole ? "integer" : "number",
      exclusiveMinimum: min,
      exclusiveMaximum: min + 2 + more,
    })),
    low.map((minimum) => ({ type: "integer", minimum })),
    low.map((exclusiveMaximum) => ({ type: "number", exclusiveMaximum })),
  ),
  node: fc.oneof(
    fc
      .tuple(
        names,
        fc.array(tie("schema"), { minLength: 4, maxLength: 4 }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        fc.option(fc.oneof(fc.boolean(), tie("leaf")), { nil: undefined }),
      )
      .map(([keys, schemas, needed, additionalProperties]) => ({
        type: "object",
        properties: Object.fromEntries(keys.map((key, at) => [key, schemas[at]])),
        required: keys.filter((_, at) => needed[at]),
        ...(additionalProperties !== undefined && { additionalProperties }),
      })),
    fc
      .tuple(tie("schema"), length, length, fc.boolean())
      .map(([items, minItems, more, bounded]) => ({
        type: "array",
        items,
        minItems,
        ...(bounded && { maxItems: minItems + more }),
      })),
    fc
      .tuple(fc.array(tie("schema"), { minLength: 1, maxLength: 3 }), length)
      .map(([prefixItems, minItems]) => ({ type: "array", prefixItems, minItems })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc.tuple(tie("leaf"), tie("leaf")).map(([left, right]) => ({
      allOf: [
        { type: "object", properties: { left }, required: ["left"] },
        { properties: { right } },
      ],
    })),
    fc.tuple(tie("leaf"), tie("leaf")).map(([one, other]) => ({
      oneOf: [
        { type: "object", properties: { kind: { const: 1 }, one }, required: ["kind"] },
        { type: "object", properties: { kind: { enum: [2, 3] }, other }, required: ["kind"] },
        { type: "array", items: one },
      ],
    })),
  ),
}));

describe("the grammar of a JSON schema", () => {
  it("writes nothing that the schema refuses", { timeout: 120_000 }, () => {
    let written = 0;
    fc.assert(
      fc.property(
        schema,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
        (it, random) => {
          const matcher = matcherOf({ type: "json_schema", schema: it, strict: true });
          const validate = ajv.compile(it);
          for (let times = 0; times < 3; times++) {
            const text = write(matcher, () => random.next().value as number);
            if (text === undefined) continue;
            written++;
            const value: unknown = JSON.parse(text);
            if (!validate(value)) throw new Error(`${text}: ${ajv.errorsText(validate.errors)}`);
          }
        },
      ),
      { numRuns: 80 },
    );
    expect(written).toBeGreaterThan(100);
  });

  it("writes any object, and nothing else, for json_object", () => {
    const matcher = matcherOf({ type: "json_object" });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()),
        fc.boolean(),
        (value, tidy) => {
          const text = JSON.stringify(value, null, tidy ? 2 : undefined);
          // Numbers like 1e-300 are JSON, but the grammar has them only down to 1e-99.
          fc.pre(!/e[+-]\d{3}|\d{16}|\.\d{16}/.test(text));
          const state = matcher.read(matcher.start, Buffer.from(text).toString("latin1"));
          expect([text, state?.final]).toEqual([text, true]);
        },
      ),
    );
    for (const other of ["[]", '"a"', "1", "{,}", "{}{}", '{"a":01}', '{"\\ud800": 1}']) {
      const state = matcher.read(matcher.start, other);
      expect([other, state?.final ?? false]).toEqual([other, false]);
    }
    expect(matcher.read(matcher.start, `{${" ".repeat(100)}`)).toBeNull();
  });

  it("takes what a model writes for it", () => {
    const person = {
      $defs: {
        person: {
          type: "object",
          properties: {
            name: { type: "string", title: "Name" },
            age: { type: "integer", minimum: 0, maximum: 150 },
            friends: { type: "array", items: { $ref: "#/$defs/person" } },
          },
          required: ["name", "age"],
          additionalProperties: false,
        },
      },
      $ref: "#/$defs/person",
    };
    const text = '{\n  "name": "Zoë", "age": 150, "friends": [{"name": "B", "age": 0}]\n}';
    expect(read(person, text)).toBe("whole");
    expect(read(person, text.slice(0, 30))).toBe("open");
    expect(read(person, '{"name": "Z", "age": 151')).toBe("no");
    expect(read(person, '{"age"')).toBe("no");
    expect(read({ type: "object", additionalProperties: { type: "integer" } }, '{"k": 1}')).toBe(
      "whole",
    );
    expect(read({ type: "number", exclusiveMinimum: 0, maximum: 1 }, "0.5")).toBe("whole");
    expect(read({ type: "number", exclusiveMinimum: 0, maximum: 1 }, "0")).toBe("open");
    expect(read({ type: "string", format: "date" }, '"2024-02-29"')).toBe("whole");
    expect(read({ type: "string", format: "date" }, '"2023-02-29"')).toBe("no");
  });

  it.each<[object | boolean, string, RegExp]>([
    [{ type: "object", properties: { a: { contains: {} } } }, "#/properties/a", /"contains"/],
    [{ type: "array", items: { type: "integer" }, uniqueItems: true }, "#", /listed \(enum\)/],
    [{ type: "string", format: "regex" }, "#", /the format "regex"/],
    [{ type: "string", pattern: "(?<=a)b" }, "#", /from character 2 on/],
    [{ type: "string", pattern: "(a)\\1" }, "#", /from character 4 on/],
    [{ type: "string", pattern: "(?=a)b" }, "#", /no text fits/],
    [{ type: "string", pattern: `${"(".repeat(60)}a${")".repeat(60)}` }, "#", /nested deeper/],
    [{ type: "string", pattern: "a.{40}b" }, "#", /too complex/],
    [{ type: "string", pattern: "a", maxLength: 0 }, "#", /no text fits/],
    [{ type: "integer", multipleOf: 123_457 }, "#", /multipleOf/],
    [{ type: "integer", minimum: 2, maximum: 1 }, "#", /no number/],
    [{ type: "number", minimum: 1e-20, maximum: 2e-20 }, "#", /no number of up to 15 digits/],
    [{ oneOf: [{ type: "integer" }, { type: "number" }] }, "#/oneOf", /anyOf/],
    [{ $ref: "https://example.org/schema" }, "#", /not in this schema/],
    [{ $ref: "#/$defs/a" }, "#", /nothing at/],
    [{ $ref: "#/%E0%A4%A" }, "#", /nothing at/],
    [{ type: "text" }, "#", /no type "text"/],
    [{ type: "object", required: ["a"], additionalProperties: false }, "#", /"a" is required/],
    [{ allOf: [{ type: "string" }, { type: "null" }] }, "#", /no value fits/],
    [{ type: "array", minItems: "1" }, "#", /"minItems" is no count/],
    [{ type: "array", minItems: 20_000 }, "#", /more than 10000/],
    [{ type: "object", properties: { a: "string" } }, "#/properties/a", /no schema/],
    [{ type: "object", not: { required: ["a", "b"] } }, "#", /"not"/],
    [false, "#", /no value fits/],
  ])("refuses by name: %j", (schema, path, reason) => {
    const make = () => gbnfOf({ type: "json_schema", schema, strict: true });
    expect(make).toThrow(reason);
    expect(make).toThrow(
      expect.objectContaining({
        code: "unsupported_schema",
        status: 400,
        params: expect.objectContaining({ path }),
      }),
    );
  });

  it("takes each of thousands of listed words, and no other", () => {
    const words = Array.from({ length: 6000 }, (_, at) => `word ${at * 7} é😀`);
    const matcher = matcherOf({ type: "json_schema", schema: { enum: [...words, 7] } });
    const ends = (text: string) => {
      const bytes = Buffer.from(JSON.stringify(text)).toString("latin1");
      return matcher.read(matcher.start, bytes)?.final === true;
    };
    expect(words.filter((word) => !ends(word))).toEqual([]);
    expect([ends("word 1 é😀"), ends("word"), ends("")]).toEqual([false, false, false]);
  });

  it("says that a schema fits nothing that ends", () => {
    const endless = { type: "object", properties: { a: { $ref: "#" } }, required: ["a"] };
    expect(() => matcherOf({ type: "json_schema", schema: endless })).toThrow(/finite length/);
  });
});
