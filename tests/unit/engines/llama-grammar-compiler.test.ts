/** Schemas are read in a thread of their own, within bounds of size, time and memory. */
import { afterEach, describe, expect, it } from "vitest";
import type { FormRequest } from "../../../src/engines/llama/process/grammar.ts";
import { formOf } from "../../../src/engines/llama/process/grammar.ts";
import { GrammarCompiler } from "../../../src/engines/llama/process/grammar-compiler.ts";
import { checkGrammarSize } from "../../../src/engines/llama/process/grammar-limits.ts";
import { Matcher } from "../../../src/engines/llama/process/grammar-match.ts";

const never = new AbortController().signal;
const asking = (schema: unknown, strict = true): FormRequest => ({
  grammar: { type: "json_schema", schema, strict },
  calls: undefined,
  thought: undefined,
});
const gbnf = (source: string): FormRequest => ({
  grammar: { type: "gbnf", source },
  calls: undefined,
  thought: undefined,
});
const program = (source: string) => new URL(`data:text/javascript,${encodeURIComponent(source)}`);
const HANGS = program(`
  import { parentPort } from "node:worker_threads";
  parentPort.on("message", ({ thought }) => {
    while (thought === "hang");
    const memory = [];
    while (thought === "fill") memory.push(new Array(1e5).fill(memory.length));
    parentPort.postMessage({ form: { program: { ops: [] }, names: [thought] } });
  });`);
const wish = (thought: string): FormRequest => ({ ...asking({}), thought });

describe("the compiler of grammars", () => {
  const made: GrammarCompiler[] = [];
  const compiler = (...options: ConstructorParameters<typeof GrammarCompiler>) => {
    const one = new GrammarCompiler(...options);
    made.push(one);
    return one;
  };
  afterEach(async () => {
    for (const one of made.splice(0)) await one.close();
  });

  it("gives what is read without a thread, and the same again", async () => {
    const ours = compiler();
    const request = asking({ enum: ["yes", "no"] });
    const [one, two] = await Promise.all([
      ours.compile(request, never),
      ours.compile(structuredClone(request), never),
    ]);
    expect(one).toEqual(formOf(request));
    expect(two).toBe(one);
    const matcher = new Matcher(one.program);
    expect(matcher.read(matcher.start, '"yes"')?.final).toBe(true);
  });

  it("tells what is wrong with a request as its own error, and goes on", async () => {
    const ours = compiler();
    const wrong = ours.compile(asking({ type: "string", pattern: "(?<=a)" }), never);
    await expect(wrong).rejects.toMatchObject({ code: "unsupported_schema", status: 400 });
    await expect(ours.compile(gbnf("root ::= gone"), never)).rejects.toMatchObject({
      code: "invalid_grammar",
      params: { reason: "there is no rule named gone" },
    });
    await expect(ours.compile(gbnf('root ::= "a"'), never)).resolves.toBeDefined();
  });

  it("stops what takes too long or too much memory, and goes on with the next", async () => {
    const ours = compiler(HANGS, 500);
    const patient = compiler(HANGS);
    await expect(ours.compile(wish("hang"), never)).rejects.toMatchObject({
      code: "grammar_too_slow",
      status: 400,
    });
    await expect(patient.compile(wish("fill"), never)).rejects.toMatchObject({
      code: "grammar_too_large",
      status: 400,
    });
    await expect(patient.compile(wish("fine"), never)).resolves.toMatchObject({ names: ["fine"] });
  });

  it("stops when its sender leaves, also one that waits for its turn", async () => {
    const ours = compiler(HANGS);
    const leave = new AbortController();
    const running = ours.compile(wish("hang"), leave.signal);
    const waiting = ours.compile(wish("also"), leave.signal);
    const other = ours.compile(wish("fine"), never);
    leave.abort(new Error("gone"));
    await expect(running).rejects.toThrow("gone");
    await expect(waiting).rejects.toThrow("gone");
    await expect(other).resolves.toMatchObject({ names: ["fine"] });
  });
});

describe("what is sent", () => {
  const deep = (levels: number): unknown => {
    let schema: unknown = { type: "string" };
    for (let level = 0; level < levels; level++) schema = { type: "array", items: schema };
    return schema;
  };

  it.each<[string, unknown]>([
    ["nesting", deep(100_000)],
    ["values", { enum: Array.from({ length: 100_000 }, (_, at) => at) }],
    ["characters", { type: "string", pattern: "a".repeat(300_000) }],
  ])("is refused by its %s before it is read", (_name, schema) => {
    expect(() => checkGrammarSize({ grammar: { type: "json_schema", schema } })).toThrow(
      expect.objectContaining({ code: "grammar_too_large", status: 400 }),
    );
    const list = [{ name: "a", parameters: schema }];
    expect(() => checkGrammarSize({ tools: { list, choice: "auto", parallel: true } })).toThrow(
      expect.objectContaining({ code: "grammar_too_large" }),
    );
  });

  it("may be the tools of several servers", () => {
    const parameters = {
      type: "object",
      properties: Object.fromEntries(
        Array.from({ length: 12 }, (_, at) => [
          `field_${at}`,
          { type: "string", description: "What this is for, in a sentence of some length." },
        ]),
      ),
    };
    const list = Array.from({ length: 128 }, (_, at) => ({ name: `tool_${at}`, parameters }));
    expect(() =>
      checkGrammarSize({ tools: { list, choice: "auto", parallel: true } }),
    ).not.toThrow();
  });

  const evil = (count: number) =>
    Array.from({ length: count }, (_, at) => String.fromCharCode(97 + at));
  it.each<[string, FormRequest]>([
    ["a pattern that doubles with each letter", asking({ type: "string", pattern: "a.{40}b" })],
    [
      "repetitions in each other",
      asking({ type: "string", pattern: "^(((a{9,99}){9,99}){9,99})$" }),
    ],
    ["(a?){n}a{n}", asking({ type: "string", pattern: "^(a?){5000}a{5000}$" })],
    ["one star behind the other", asking({ type: "string", pattern: "(.*a){50}" })],
    [
      "many looks ahead",
      asking({
        pattern: evil(20)
          .map((it) => `(?=.*${it})`)
          .join(""),
      }),
    ],
    [
      "many heavy patterns",
      asking(
        { properties: Object.fromEntries(evil(20).map((it) => [it, { pattern: `a.{40}${it}` }])) },
        false,
      ),
    ],
    [
      "alternatives that multiply",
      asking({
        allOf: evil(20).map((it) => ({
          anyOf: [{ required: [it] }, { required: [`${it}${it}`] }],
        })),
      }),
    ],
    ["nesting", asking(deep(150))],
    [
      "references that multiply",
      asking({
        $defs: Object.fromEntries(
          evil(20).map((it, at) => [
            it,
            {
              allOf: [
                { $ref: `#/$defs/${evil(21)[at + 1]}` },
                { $ref: `#/$defs/${evil(21)[at + 1]}` },
              ],
            },
          ]),
        ),
        $ref: "#/$defs/a",
      }),
    ],
    ["texts repeated", gbnf(`root ::= ${'"a"{20000} '.repeat(20_000)}`)],
    ["rules in each other", gbnf(`root ::= ${"(".repeat(100_000)}`)],
    [
      "rules that begin with each other",
      gbnf(
        Array.from(
          { length: 9000 },
          (_, at) => `${at === 0 ? "root" : `r${at}`} ::= r${at + 1} | r${at + 1} "a"`,
        )
          .join("\n")
          .concat("\nr9000 ::= root"),
      ),
    ],
  ])("never ends in a fault of ours: %s", (_name, request) => {
    let thrown: unknown;
    try {
      formOf(request);
    } catch (error) {
      thrown = error;
    }
    if (thrown) expect(thrown).toMatchObject({ name: "CharlaError", status: 400 });
  });

  it("is compared in a time that grows with its length alone, where one must fit", () => {
    const oneOf = Array.from({ length: 9000 }, (_, at) => ({ const: at }));
    expect(formOf(asking({ oneOf })).program.ops.length).toBeGreaterThan(9000);
    expect(() => formOf(asking({ oneOf: [...oneOf, { const: 5 }] }))).toThrow(/say anyOf/);
  });
});
