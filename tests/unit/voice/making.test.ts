/** What the models are made of: as small as their formats allow. */
import { expect, test } from "vitest";
import { Graph, withMetadata } from "../../../src/core/onnx.ts";
import { readCt2 } from "../../../src/features/voice/making/ct2.ts";
import { kokoro, moonshineTokens, piper } from "../../../src/features/voice/making/voices.ts";

/** Reads a message of Protocol Buffers: its fields by their numbers. */
function fields(bytes: Uint8Array): (readonly [number, number | Buffer])[] {
  const all: (readonly [number, number | Buffer])[] = [];
  const buffer = Buffer.from(bytes);
  let at = 0;
  const varint = () => {
    let [value, shift] = [0, 1];
    for (;;) {
      const byte = buffer.readUInt8(at++);
      value += (byte & 127) * shift;
      shift *= 128;
      if (byte < 128) return value;
    }
  };
  while (at < buffer.length) {
    const tag = varint();
    if ((tag & 7) === 0) all.push([tag >> 3, varint()]);
    else if ((tag & 7) === 5) {
      all.push([tag >> 3, buffer.readFloatLE(at)]);
      at += 4;
    } else {
      const length = varint();
      all.push([tag >> 3, buffer.subarray(at, at + length)]);
      at += length;
    }
  }
  return all;
}
const of = (bytes: unknown, field: number) =>
  fields(bytes as Buffer).flatMap(([one, value]) => (one === field ? [value] : []));
const metadata = (model: Uint8Array) =>
  Object.fromEntries(of(model, 14).map((one) => [String(of(one, 1)[0]), String(of(one, 2)[0])]));

test("a graph says what it computes, of what, and what it is about", () => {
  const graph = new Graph();
  const x = graph.input("x", "float", ["batch", 300]);
  const weight = graph.constant("float", [2], Float32Array.of(1, 2));
  const sum = graph.node("Add", [x, weight]);
  graph.output(
    "y",
    graph.node("Softmax", [sum], { axis: -1, epsilon: { float: 0.5 } }),
    "float",
    [2],
  );
  const model = graph.model("test", { n_mels: 80 });
  expect(metadata(model)).toEqual({ n_mels: "80" });
  const [inside] = of(model, 7);
  const ops = of(inside, 1).map((node) => String(of(node, 4)[0]));
  expect(ops).toEqual(["Add", "Softmax", "Identity"]);
  const attributes = of(of(inside, 1)[1], 5);
  const [axis, epsilon] = attributes;
  // Two's complement of 64 bits.
  expect(of(axis, 3)[0]).toBe(Number(2n ** 64n - 1n));
  expect(of(epsilon, 2)[0]).toBe(0.5);
  const [constant] = of(inside, 5);
  expect(of(constant, 1)).toEqual([2]);
  expect(Buffer.from(of(constant, 9)[0] as Buffer).readFloatLE(4)).toBe(2);
  const [input] = of(inside, 11);
  const [type] = of(of(of(input, 2)[0], 1)[0], 2);
  expect(of(type, 1).map((dimension) => of(dimension, 2).map(String))).toEqual([["batch"], []]);
  expect(of(of(type, 1)[1], 1)).toEqual([300]);
});

test("what is said of a model is put behind it, and nothing before it changes", () => {
  const before = Buffer.from("0801", "hex");
  const after = withMetadata(before, { voice: "es", sample_rate: 22_050 });
  expect(after.subarray(0, 2)).toEqual(before);
  expect(metadata(after)).toEqual({ voice: "es", sample_rate: "22050" });
});

test("voices say what the engine wants to know", () => {
  const config = {
    audio: { sample_rate: 22_050 },
    espeak: { voice: "en-us" },
    num_speakers: 1,
    phoneme_id_map: { _: [0], " ": [3], ə: [59, 1] },
  };
  const voice = piper(Buffer.from("0801", "hex"), config);
  expect(voice.tokens).toBe("_ 0\n  3\nə 59\n");
  expect(metadata(voice.model)).toMatchObject({
    comment: "piper",
    voice: "en-us",
    n_speakers: "1",
  });
  const dora = kokoro(Buffer.from("0801", "hex"), { $: 0, a: 43 });
  expect(dora.tokens).toBe("$ 0\na 43\n");
  expect(metadata(dora.model)).toMatchObject({ voice: "es", style_dim: "510,1,256" });
});

test("Moonshine's tokens have lengths of one byte or two", () => {
  const long = Buffer.alloc(130, "x");
  const file = Buffer.concat([Buffer.from("\x02hi\x00", "latin1"), Buffer.of(130, 1), long]);
  expect(moonshineTokens(file)).toBe(`aGk= 0\n 1\n${long.toString("base64")} 2\n`);
});

test("a file of CTranslate2 gives its halves as floats, and another kind of file is refused", () => {
  const text = (value: string) => {
    const bytes = Buffer.from(`..${value}\0`, "latin1");
    bytes.writeUInt16LE(value.length + 1);
    return bytes;
  };
  const u32 = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
  // 1, -2 and 65504, the largest half.
  const halves = Buffer.from([0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b]);
  const file = (kind: string) =>
    Buffer.concat([
      ...[u32(6), text(kind), u32(3, 2)],
      ...[text("a/odd"), Buffer.of(1), u32(3), Buffer.of(4), u32(6), halves],
      ...[text("heads"), Buffer.of(0), Buffer.of(2), u32(2), Buffer.of(8, 0)],
    ]);
  const variables = readCt2(file("WhisperSpec"));
  expect([...variables.keys()]).toEqual(["a/odd"]);
  expect(variables.get("a/odd")?.()).toEqual({
    shape: [3],
    numbers: Float32Array.of(1, -2, 65_504),
  });
  expect(() => readCt2(file("TransformerSpec"))).toThrow("TransformerSpec");
});
