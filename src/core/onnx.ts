/**
 * Models in ONNX's format, as far as they are written here: a file is one message of Protocol Buffers,
 * so what is said of a model can be put behind it, or before it. A message begins with its length, so what
 * is too large for the memory is counted first and read when it is written.
 * Source: `onnx.proto3` of onnx/onnx; numbers of fields stand beside their names.
 */

/** Bytes of a file: as they are, or so many that are read when they are written. */
export type Part = Uint8Array | Later;
export interface Later {
  readonly byteLength: number;
  /** Some at a time, in order. */
  read(): AsyncIterable<Uint8Array>;
}

export const lengthOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, { byteLength }) => sum + byteLength, 0);

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
const bytes = (field: number, value: Part): Part[] => [
  varint((field << 3) | BYTES),
  varint(value.byteLength),
  value,
];
const text = (field: number, value: string) => bytes(field, Buffer.from(value));
function message(field: number, parts: readonly (readonly Part[])[]): Part[] {
  const inner = parts.flat();
  return [varint((field << 3) | BYTES), varint(lengthOf(inner)), ...inner];
}

/** TensorProto.DataType. */
export const TYPES = {
  ...{ float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10, bfloat16: 16 },
} as const;
export type Type = keyof typeof TYPES;

export type Shape = readonly (number | string)[];
/** Numbers: whole ones go as integers, in a list as a list of integers. */
export type Attributes = Readonly<Record<string, number | readonly number[] | { float: number }>>;

/** What stands around a graph: versions, and what the model says of itself. */
export interface About {
  /** Of ONNX's own operators. */
  readonly opset?: number;
  readonly said?: Readonly<Record<string, string | number>>;
}

/** Nodes in the order in which they are computed, each named by what it gives. */
export class Graph {
  readonly #nodes: Part[][] = [];
  readonly #constants: Part[][] = [];
  readonly #ends: Part[][] = [];
  readonly #known = new Map<string, string>();
  #count = 0;

  input(name: string, type: Type, shape: Shape): string {
    this.#ends.push(valueInfo(11, name, type, shape));
    return name;
  }

  output(name: string, from: string, type: Type, shape: Shape): void {
    this.#add("Identity", [from], {}, [name]);
    this.given(name, type, shape);
  }

  /** An output that a node gives under its own name, without a copy. */
  given(name: string, type: Type, shape: Shape): void {
    this.#ends.push(valueInfo(12, name, type, shape));
  }

  /** @param inputs in order; an empty name is an input that is left out */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, domain = ""): string {
    const name = `v${this.#count++}`;
    this.#add(op, inputs, attributes, [name], domain);
    return name;
  }

  /** One with several outputs, by their names; an empty one is not wanted. */
  several(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes = {},
    domain = "",
  ): void {
    this.#add(op, inputs, attributes, outputs, domain);
  }

  /** A name that nothing else has. */
  fresh(): string {
    return `v${this.#count++}`;
  }

  split(from: string, axis: number, sizes: readonly number[]): string[] {
    const names = sizes.map(() => `v${this.#count++}`);
    this.#add("Split", [from, this.ints(sizes)], { axis }, names);
    return names;
  }

  constant(type: Type, shape: readonly number[], data: ArrayBufferView): string {
    const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return this.tensor(`c${this.#count++}`, type, shape, raw);
  }

  /** A constant with a name, whose numbers may be read later. */
  tensor(name: string, type: Type, shape: readonly number[], raw: Part): string {
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

  /** The file, where all of it is in memory. @param said what the model says of itself */
  model(name: string, said: Readonly<Record<string, string | number>>): Buffer {
    const parts = this.file(name, {});
    return withMetadata(Buffer.concat(parts as readonly Uint8Array[]), said);
  }

  /** The file, in order; what the model says of itself comes first, so that it can be read alone. */
  file(name: string, { opset = 17, said = {} }: About): readonly Part[] {
    const graph = [...this.#nodes, text(2, name), ...this.#constants, ...this.#ends];
    const standard = message(8, [text(1, ""), int(2, opset)]);
    const microsoft = message(8, [text(1, "com.microsoft"), int(2, 1)]);
    const about = [int(1, 8), text(2, "charla")];
    return [...metadata(said), ...about, message(7, graph), standard, microsoft].flat();
  }
}

function attribute(name: string, value: Attributes[string]): Part[] {
  if (typeof value === "number") return message(5, [text(1, name), int(3, value), int(20, 2)]);
  if ("float" in value) {
    const four = Buffer.alloc(4);
    four.writeFloatLE(value.float);
    return message(5, [text(1, name), [varint((2 << 3) | FIXED32), four], int(20, 1)]);
  }
  return message(5, [text(1, name), ...value.map((one) => int(8, one)), int(20, 7)]);
}

function valueInfo(field: number, name: string, type: Type, shape: Shape): Part[] {
  const sizes = shape.map((size) =>
    message(1, [typeof size === "number" ? int(1, size) : text(2, size)]),
  );
  const tensor = message(1, [int(1, TYPES[type]), message(2, sizes)]);
  return message(field, [text(1, name), message(2, [tensor])]);
}

const metadata = (said: Readonly<Record<string, string | number>>): Part[][] =>
  Object.entries(said).map(([key, value]) => message(14, [text(1, key), text(2, String(value))]));

/** The same model, which says more of itself. */
export function withMetadata(
  model: Uint8Array,
  said: Readonly<Record<string, string | number>>,
): Buffer {
  return Buffer.concat([model, ...(metadata(said).flat() as Uint8Array[])]);
}
