/**
 * Models in ONNX's format, as far as they are written here: a file is one message of Protocol Buffers,
 * so what is said of a model can be put behind it.
 * Source: `onnx.proto3` of onnx/onnx; numbers of fields stand beside their names.
 */

/** The wire types of Protocol Buffers. */
const [VARINT, BYTES, FIXED32] = [0, 2, 5];

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  while (left > 0x7fn) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  return Buffer.from([...bytes, Number(left)]);
}

const int = (field: number, value: number) => [varint((field << 3) | VARINT), varint(value)];
const bytes = (field: number, value: Uint8Array) => [
  varint((field << 3) | BYTES),
  varint(value.length),
  value,
];
const text = (field: number, value: string) => bytes(field, Buffer.from(value));
const message = (field: number, parts: readonly (readonly Uint8Array[])[]) =>
  bytes(field, Buffer.concat(parts.flat()));

/** TensorProto.DataType. */
export const TYPES = { float: 1, int8: 3, int64: 7 } as const;
export type Type = keyof typeof TYPES;

export type Shape = readonly (number | string)[];
/** Numbers: whole ones go as integers, in a list as a list of integers. */
export type Attributes = Readonly<Record<string, number | readonly number[] | { float: number }>>;

/** Nodes in the order in which they are computed, each named by what it gives. */
export class Graph {
  readonly #nodes: Uint8Array[][] = [];
  readonly #constants: Uint8Array[][] = [];
  readonly #ends: Uint8Array[][] = [];
  readonly #known = new Map<string, string>();
  #count = 0;

  input(name: string, type: Type, shape: Shape): string {
    this.#ends.push(valueInfo(11, name, type, shape));
    return name;
  }

  output(name: string, from: string, type: Type, shape: Shape): void {
    this.#add("Identity", [from], {}, [name]);
    this.#ends.push(valueInfo(12, name, type, shape));
  }

  /** @param inputs in order; an empty name is an input that is left out */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, domain = ""): string {
    const name = `v${this.#count++}`;
    this.#add(op, inputs, attributes, [name], domain);
    return name;
  }

  split(from: string, axis: number, sizes: readonly number[]): string[] {
    const names = sizes.map(() => `v${this.#count++}`);
    this.#add("Split", [from, this.ints(sizes)], { axis }, names);
    return names;
  }

  constant(type: Type, shape: readonly number[], data: ArrayBufferView): string {
    const name = `c${this.#count++}`;
    const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const parts = [...shape.map((size) => int(1, size)), int(2, TYPES[type])];
    this.#constants.push(message(5, [...parts, text(8, name), bytes(9, raw)]));
    return name;
  }

  ints(values: readonly number[]): string {
    return this.#once(`ints ${values}`, () =>
      this.constant("int64", [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  /** One whole number, without a shape. */
  int(value: number): string {
    return this.#once(`int ${value}`, () =>
      this.constant("int64", [], BigInt64Array.of(BigInt(value))),
    );
  }

  float(value: number): string {
    return this.#once(`float ${value}`, () => this.constant("float", [], Float32Array.of(value)));
  }

  #once(key: string, make: () => string): string {
    const name = this.#known.get(key) ?? make();
    this.#known.set(key, name);
    return name;
  }

  #add(
    op: string,
    inputs: readonly string[],
    attributes: Attributes,
    outputs: readonly string[],
    domain = "",
  ): void {
    const named = [...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name))];
    const said = Object.entries(attributes).map(([name, value]) => attribute(name, value));
    this.#nodes.push(message(1, [...named, text(4, op), ...said, text(7, domain)]));
  }

  /** @param about what the model says of itself */
  model(name: string, about: Readonly<Record<string, string | number>>): Buffer {
    const graph = [...this.#nodes, text(2, name), ...this.#constants, ...this.#ends];
    const standard = message(8, [text(1, ""), int(2, 17)]);
    const microsoft = message(8, [text(1, "com.microsoft"), int(2, 1)]);
    const file = [int(1, 8), text(2, "charla"), message(7, graph), standard, microsoft];
    return withMetadata(Buffer.concat(file.flat()), about);
  }
}

function attribute(name: string, value: Attributes[string]): Uint8Array[] {
  if (typeof value === "number") return message(5, [text(1, name), int(3, value), int(20, 2)]);
  if ("float" in value) {
    const four = Buffer.alloc(4);
    four.writeFloatLE(value.float);
    return message(5, [text(1, name), [varint((2 << 3) | FIXED32), four], int(20, 1)]);
  }
  return message(5, [text(1, name), ...value.map((one) => int(8, one)), int(20, 7)]);
}

function valueInfo(field: number, name: string, type: Type, shape: Shape): Uint8Array[] {
  const sizes = shape.map((size) =>
    message(1, [typeof size === "number" ? int(1, size) : text(2, size)]),
  );
  const tensor = message(1, [int(1, TYPES[type]), message(2, sizes)]);
  return message(field, [text(1, name), message(2, [tensor])]);
}

/** The same model, which says more of itself. */
export function withMetadata(
  model: Uint8Array,
  about: Readonly<Record<string, string | number>>,
): Buffer {
  const said = Object.entries(about).map(([key, value]) =>
    message(14, [text(1, key), text(2, String(value))]),
  );
  return Buffer.concat([model, ...said.flat()]);
}
