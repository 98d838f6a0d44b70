/** Calls of tools: what a model may write of them, and how it is read while it comes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tool, Tools } from "../../../src/core/extras.ts";
import type { Extras } from "../../../src/core/types.ts";
import { formOf } from "../../../src/engines/llama/process/grammar.ts";
import type { Vocabulary } from "../../../src/engines/llama/process/grammar-vocabulary.ts";
import { type Shape, shapeOf } from "../../../src/engines/llama/process/shape.ts";
import type { CallFormat } from "../../../src/engines/llama/process/tools-format.ts";
import type { Piece } from "../../../src/engines/llama/process/tools-read.ts";
import { CallReader } from "../../../src/engines/llama/process/tools-read.ts";

const format = (open: string, middle: string, next: string | undefined, close: string) => ({
  ...{ open, middle, next, close },
  mark: /^(<[^<>\s]+>|\[[A-Z_]+\])/.exec(open)?.[0],
  text: "",
});
const FORMATS: Record<string, CallFormat> = {
  Hermes: format(
    '<tool_call>\n{"name": "',
    '", "arguments": ',
    '}\n</tool_call>\n<tool_call>\n{"name": "',
    "}\n</tool_call>",
  ),
  "Llama 3": format('{"name": "', '", "parameters": ', undefined, "}"),
  Mistral: format("[TOOL_CALLS]", "[ARGS]", "[TOOL_CALLS]", ""),
};
const formats = fc.constantFrom(...Object.values(FORMATS));

const LIST: readonly Tool[] = [
  {
    name: "get",
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
      required: ["city"],
    },
  },
  { name: "get_all" },
];
const NAMES = LIST.map(({ name }) => name);

/** One token for each byte and the end, so that every way through a grammar can be gone. */
const END = 256;
const bytes: Vocabulary = {
  size: 257,
  piece: (token) => (token === END ? "" : String.fromCharCode(token)),
  ends: (token) => token === END,
};

const MARKS = new Map([[300, "<tool_call>"]]);
const NO_THOUGHTS = { thinking: undefined, close: () => [] };

function shape(
  calls: CallFormat | undefined,
  tools: Partial<Tools> | undefined,
  thought?: string,
  extras: Extras = {},
) {
  const offered = tools && { tools: { list: LIST, choice: "auto", parallel: true, ...tools } };
  return shapeOf({
    extras: { ...offered, ...extras } as Extras,
    prompts: { ...NO_THOUGHTS, calls, marks: MARKS },
    piece: (id) => Buffer.from([id]),
    prompt: { thought },
    vocabulary: bytes,
    key: "7",
    compile: formOf,
  });
}

function reader(calls: CallFormat): CallReader {
  const triggers = calls.mark
    ? [calls.mark]
    : NAMES.map((name) => `${calls.open}${name}${calls.middle.trimEnd()}`);
  return new CallReader({ format: calls, names: NAMES, triggers, key: "7" });
}

/** Pieces with the texts between calls as one. */
function joined(pieces: readonly Piece[]): unknown[] {
  const found: unknown[] = [];
  for (const piece of pieces) {
    if ("toolCall" in piece) found.push([piece.toolCall.name, piece.toolCall.arguments]);
    else if (typeof found.at(-1) === "string") found.push(`${found.pop()}${piece.text}`);
    else found.push(piece.text);
  }
  return found;
}

function read(calls: CallFormat, texts: readonly string[]): unknown[] {
  const reading = reader(calls);
  return joined([...texts.flatMap((text) => reading.push(text)), ...reading.finish()]);
}

/** Whether the answer may be this text, token by token; "open" if it must go on. */
function takes(constraint: Shape["constraint"], text: string) {
  for (const byte of Buffer.from(text)) {
    if (!constraint?.allows(byte)) return "no";
    constraint.accept(byte);
  }
  return constraint?.allows(END) ? "whole" : "open";
}

describe("the marks of calls", () => {
  it("are text only where something reads them", async () => {
    const hermes = FORMATS.Hermes;
    const marks = async (tools: Partial<Tools> | undefined, extras?: Extras) => [
      ...(await shape(hermes, tools, undefined, extras)).marks.values(),
    ];
    expect(await marks(undefined)).toEqual([]);
    expect(await marks({ choice: "none" })).toEqual([]);
    expect(await marks({ list: [] })).toEqual([]);
    expect(await marks({})).toEqual(["<tool_call>"]);
    // The grammar has counted with their texts.
    expect(await marks(undefined, { grammar: { type: "json_object" } })).toEqual(["<tool_call>"]);
  });
});

describe("the reader of calls", () => {
  const args = fc
    .dictionary(fc.string(), fc.oneof(fc.string(), fc.constant('}"<tool_call>[{'), fc.nat()))
    .map((value) => JSON.stringify(value));
  const text = fc
    .array(fc.constantFrom("a", " ", "\n", "<", "<tool", '{"name": "', "é", "[TOOL", "}"))
    .map((parts) => parts.join("").trimEnd());

  it("finds the same calls and text, however the answer is cut into pieces", () => {
    const cuts = fc.array(fc.nat({ max: 12 }), { minLength: 1 });
    const calls = fc.array(fc.tuple(fc.constantFrom(...NAMES), args), { maxLength: 3 });
    fc.assert(
      fc.property(formats, text, calls, cuts, (it, before, wanted, sizes) => {
        const used = it.next === undefined ? wanted.slice(0, 1) : wanted;
        const written = used.map(([name, value]) => `${name}${it.middle}${value}`);
        const called = written.length > 0 ? `${it.open}${written.join(it.next)}${it.close}` : "";
        const answer = `${before}${before && called ? "\n" : ""}${called}`;
        const parts: string[] = [];
        for (let at = 0, cut = 0; at < answer.length; cut++) {
          const size = (sizes[cut % sizes.length] as number) + 1;
          parts.push(answer.slice(at, at + size));
          at += size;
        }
        expect(read(it, parts)).toEqual([...(before ? [before] : []), ...used]);
      }),
    );
  });

  it("gives text as soon as it can be no call", () => {
    const reading = reader(FORMATS.Hermes as CallFormat);
    expect(reading.push("It is <b>")).toEqual([{ text: "It is <b>" }]);
    expect(reading.push(" x\n<tool")).toEqual([{ text: " x" }]);
    expect(reading.push("s> <")).toEqual([{ text: "\n<tools>" }]);
    expect(reading.finish()).toEqual([{ text: " <" }]);
  });

  it("takes JSON with a name for an answer, unless the name is a tool's", () => {
    const llama = FORMATS["Llama 3"] as CallFormat;
    expect(read(llama, ['{"name": "Jo", "parameters": {}}'])).toEqual([
      '{"name": "Jo", "parameters": {}}',
    ]);
  });

  it("gives a call that was cut as the text that it is, and nothing behind one that is whole", () => {
    const one = '<tool_call>\n{"name": "get", "arguments": {"city": "Ávila"}}\n</tool_call>';
    const cut = '\n<tool_call>\n{"name": "get", "arguments": {"ci';
    expect(read(FORMATS.Hermes as CallFormat, [cut.trimStart()])).toEqual([cut.trimStart()]);
    // Wherever the limit cuts.
    const whole = `${one}${cut}`;
    for (let end = one.length - "}\n</tool_call>".length; end <= whole.length; end++) {
      expect(read(FORMATS.Hermes as CallFormat, [whole.slice(0, end)])).toEqual([
        ["get", '{"city": "Ávila"}'],
      ]);
    }
  });

  it("names each call apart, and the same again for the same key", () => {
    const text = '[TOOL_CALLS]get[ARGS]{"city":""}[TOOL_CALLS]get[ARGS]{"city":""}';
    const ids = () =>
      reader(FORMATS.Mistral as CallFormat)
        .push(text)
        .map((piece) => ("toolCall" in piece ? piece.toolCall.id : ""));
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(2);
    expect(ids()[0]).toMatch(/^call_[0-9a-f]{24}$/);
  });
});

describe("the grammar of calls", () => {
  const hermes = FORMATS.Hermes as CallFormat;
  const call = '<tool_call>\n{"name": "get", "arguments": {"city": "x"}}\n</tool_call>';
  const other = '<tool_call>\n{"name": "get_all", "arguments": {}}\n</tool_call>';

  it.each<[string, Partial<Tools>, string, string]>([
    ["auto", {}, "Hello", "whole"],
    ["auto, a call behind text", {}, `Well.\n${call}`, "whole"],
    ["auto, a call without end", {}, call.slice(0, -3), "open"],
    ["auto, another tool", {}, '<tool_call>\n{"name": "gone"', "no"],
    ["auto, wrong arguments", {}, '<tool_call>\n{"name": "get", "arguments": {}', "no"],
    ["auto, text behind a call", {}, `${call}a`, "no"],
    ["two in parallel", {}, `${call}\n${other}`, "whole"],
    ["two, not in parallel", { parallel: false }, `${call}\n${other}`, "no"],
    ["required", { choice: "required" }, call, "whole"],
    ["required, text", { choice: "required" }, "H", "no"],
    ["required, nothing", { choice: "required" }, "", "open"],
    ["by name", { choice: { name: "get_all" } }, other, "whole"],
    ["by name, another", { choice: { name: "get_all" } }, call, "no"],
  ])("%s", async (_name, tools, text, result) => {
    expect(takes((await shape(hermes, tools)).constraint, text)).toBe(result);
  });

  it("lets a model end its thought before a call that is required", async () => {
    const thinking = async () =>
      (await shape(hermes, { choice: "required" }, "</think>")).constraint;
    expect(takes(await thinking(), `Hm, <tool_call>.</think>\n\n${call}`)).toBe("whole");
    expect(takes(await thinking(), "Hm")).toBe("open");
    expect(takes(await thinking(), "Hm</think>No")).toBe("no");
  });

  it("leaves the choice between a call and an answer in JSON", async () => {
    const either = async () =>
      (
        await shapeOf({
          extras: {
            tools: { list: LIST, choice: "auto", parallel: false },
            grammar: { type: "json_object" },
          },
          ...{ prompts: { ...NO_THOUGHTS, calls: hermes, marks: MARKS } },
          ...{ prompt: { thought: undefined }, piece: () => new Uint8Array() },
          ...{ vocabulary: bytes, key: "7", compile: formOf },
        })
      ).constraint;
    expect(takes(await either(), '{"a": 1}')).toBe("whole");
    expect(takes(await either(), call)).toBe("whole");
    expect(takes(await either(), "Hello")).toBe("no");
  });

  it("lets no call through that its reader would not find", async () => {
    await fc.assert(
      fc.asyncProperty(formats, fc.infiniteStream(fc.nat()), async (it, random) => {
        const { constraint, reader } = await shape(it, { choice: "required" });
        const pieces: Piece[] = [];
        const decoder = new TextDecoder();
        const next = (count: number) => (random.next().value as number) % count;
        for (let length = 0; length < 1500; length++) {
          if (constraint?.allows(END)) break;
          const open = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) =>
            constraint?.allows(byte),
          );
          const closing = open.filter((byte) => '"}'.includes(String.fromCharCode(byte)));
          const from = closing.length > 0 && next(3) === 0 ? closing : open;
          const byte = from[next(from.length)] as number;
          constraint?.accept(byte);
          pieces.push(...reader.push(decoder.decode(Uint8Array.of(byte), { stream: true })));
        }
        if (!constraint?.allows(END)) return;
        pieces.push(...reader.finish());
        expect(pieces.length).toBeGreaterThan(0);
        for (const piece of pieces) {
          if (!("toolCall" in piece)) throw new Error(`${piece.text} is no call`);
          const { name, arguments: text } = piece.toolCall;
          expect(JSON.parse(text)).toEqual(
            name === "get" ? expect.objectContaining({ city: expect.any(String) }) : {},
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each<[string, Partial<Tools>, string]>([
    ["two tools of one name", { list: [{ name: "a" }, { name: "a" }] }, "invalid_tools"],
    ["a name with a quote", { list: [{ name: 'a"' }] }, "invalid_tools"],
    ["a choice that is not there", { choice: { name: "gone" } }, "invalid_tools"],
    [
      "arguments beyond grammars",
      { list: [{ name: "a", parameters: { not: {} }, strict: true }] },
      "unsupported_schema",
    ],
  ])("refuses %s", async (_name, tools, code) => {
    await expect(shape(hermes, tools)).rejects.toThrow(
      expect.objectContaining({ code, status: 400 }),
    );
  });

  it("refuses tools where the template knows none, and asks nothing where none may be called", async () => {
    await expect(shape(undefined, {})).rejects.toThrow(
      expect.objectContaining({ code: "tools_unsupported", status: 400 }),
    );
    expect((await shape(undefined, { choice: "none" })).constraint).toBeUndefined();
  });
});
