/** Weights of a GGUF file in an ONNX graph: rows that are looked up, and matrices that are multiplied with. */
import { Graph, type Type } from "../../core/onnx.ts";
import { TENSOR_TYPES } from "../library/ggml.ts";
import type { Place } from "../library/gguf.ts";
import { KINDS, type Kind, middleOf } from "./blocks.ts";
import { converted, type Read, raw, type What } from "./convert.ts";
import { tensorUnlike, typeUnsupported } from "./errors.ts";

/** By `ggml_type`: floats, which the graph turns into those of 32 bits. */
const FLOATS: Readonly<Record<number, { readonly type: Type; readonly bytes: number }>> = {
  0: { type: "float", bytes: 4 },
  1: { type: "float16", bytes: 2 },
  30: { type: "bfloat16", bytes: 2 },
};
const MICROSOFT = "com.microsoft";
/** What is multiplied is rounded to 8 bits before, by blocks, as llama.cpp does it; or it is not. */
const [ROUNDED, EXACT] = [4, 1];

/** A matrix of whole numbers, by the names of its parts; each has a row for each output. */
interface Whole {
  readonly kind: Kind;
  readonly wholes: string;
  readonly scales: string;
  /** Made when it is asked for. */
  part(what: What): string;
}

interface Source {
  readonly places: ReadonlyMap<string, Place>;
  readonly read: Read;
  /** What is multiplied is not rounded. */
  readonly exact: boolean;
}

export class Weights extends Graph {
  readonly #places: ReadonlyMap<string, Place>;
  readonly #read: Read;
  readonly #exact: boolean;
  readonly #used = new Set<string>();
  readonly #wholes = new Map<string, Whole>();
  /** Names of what is made once, by what it is. */
  readonly #made = new Map<string, string>();

  constructor({ places, read, exact }: Source) {
    super();
    this.#places = places;
    this.#read = read;
    this.#exact = exact;
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** A tensor that nothing has asked for: the model computes something that this graph does not. */
  get unused(): string | undefined {
    return [...this.#places.keys()].find((name) => !this.#used.has(name));
  }

  /** A tensor of floats. */
  floats(name: string): string {
    return this.#once(name, () => {
      const { shape, ...place } = this.place(name);
      const as = FLOATS[place.type];
      if (!as) throw typeUnsupported(name, TENSOR_TYPES[place.type]?.[2] ?? `${place.type}`);
      const numbers = shape.reduce((product, size) => product * size, 1);
      const bytes = raw(this.#read, place.at, numbers * as.bytes);
      const kept = this.tensor(name, as.type, shape.toReversed(), bytes);
      return as.type === "float" ? kept : this.#cast(kept);
    });
  }

  /** [batch, n, in] -> [batch, n, out] */
  times(x: string, name: string): string {
    const [inner = 0, outer = 0] = this.place(name).shape;
    const whole = this.#whole(name);
    if (!whole) return this.node("MatMul", [x, this.#turned(this.floats(name))]);
    const { kind, wholes, scales, part } = whole;
    const { bits, group } = kind;
    const groups = inner / group;
    const zeros = kind.offsets ? [part("zeros")] : [];
    const level = this.#exact ? EXACT : ROUNDED;
    const said = { K: inner, N: outer, bits, block_size: group, accuracy_level: level };
    const product = this.node("MatMulNBits", [x, wholes, scales, ...zeros], said, MICROSOFT);
    if (!kind.offsets) return product;
    // All numbers of a group have the same rest, so what is multiplied with them is summed before.
    const sums = this.#once(`${x} by ${group}`, () => {
      const apart = this.node("Reshape", [x, this.ints([0, 0, groups, group])]);
      return this.node("ReduceSum", [apart, this.ints([-1])], { keepdims: 0 });
    });
    return this.node("Add", [product, this.node("MatMul", [sums, this.#turned(part("rests"))])]);
  }

  /** Rows by their numbers: [batch, n] -> [batch, n, in] */
  rows(ids: string, name: string): string {
    const { shape } = this.place(name);
    const of = (from: string) => this.node("Gather", [from, ids], { axis: 0 });
    const whole = this.#whole(name);
    if (!whole) return of(this.floats(name));
    const { kind, wholes, scales, part } = whole;
    const each = (from: string) => this.node("Unsqueeze", [of(from), this.ints([-1])]);
    const bytes = of(wholes);
    const numbers = this.#cast(kind.bits === 4 ? this.#apart(bytes, kind.group) : bytes);
    const moved = kind.offsets
      ? this.node("Add", [this.node("Mul", [numbers, each(scales)]), each(part("offsets"))])
      : this.node("Mul", [this.node("Sub", [numbers, this.float(middleOf(kind))]), each(scales)]);
    return this.node("Reshape", [moved, this.ints([0, 0, shape[0] ?? 0])]);
  }

  /** Two numbers in each byte: [batch, n, groups, bytes] -> [batch, n, groups, numbers] */
  #apart(bytes: string, group: number): string {
    const sixteen = this.constant("uint8", [], Uint8Array.of(16));
    const high = this.node("Div", [bytes, sixteen]);
    const low = this.node("Sub", [bytes, this.node("Mul", [high, sixteen])]);
    const pairs = [low, high].map((one) => this.node("Unsqueeze", [one, this.ints([-1])]));
    const both = this.node("Concat", pairs, { axis: -1 });
    return this.node("Reshape", [both, this.ints([0, 0, -1, group])]);
  }

  /** ONNX Runtime does it once, when it loads the file. */
  #turned(matrix: string): string {
    return this.#once(`${matrix} turned`, () => this.node("Transpose", [matrix], { perm: [1, 0] }));
  }

  #cast(from: string): string {
    return this.node("Cast", [from], { to: 1 });
  }

  #once(key: string, make: () => string): string {
    const name = this.#made.get(key) ?? make();
    this.#made.set(key, name);
    return name;
  }

  place(name: string): Place {
    const place = this.#places.get(name);
    if (!place) throw tensorUnlike(name);
    this.#used.add(name);
    return place;
  }

  #whole(name: string): Whole | undefined {
    const known = this.#wholes.get(name);
    if (known) return known;
    const { shape, type, at } = this.place(name);
    const [inner = 0, outer = 0] = shape;
    if (FLOATS[type]) return undefined;
    const kind = KINDS[type];
    if (!kind) throw typeUnsupported(name, TENSOR_TYPES[type]?.[2] ?? `${type}`);
    if (shape.length !== 2 || inner % kind.numbers !== 0) throw tensorUnlike(name);
    const across = inner / kind.numbers;
    const tensor = { kind, at, across, rows: outer };
    const groups = inner / kind.group;
    const shapes = {
      wholes: [outer, groups, (kind.group * kind.bits) / 8],
      zeros: [outer, Math.ceil((groups * kind.bits) / 8)],
      ...{ scales: [outer, groups], offsets: [outer, groups], rests: [outer, groups] },
    };
    const part = (what: What) =>
      this.#once(`${name}.${what}`, () => {
        const as = what === "wholes" || what === "zeros" ? "uint8" : "float";
        const bytes = converted(this.#read, tensor, what);
        return this.tensor(`${name}.${what}`, as, shapes[what], bytes);
      });
    const whole: Whole = { kind, wholes: part("wholes"), scales: part("scales"), part };
    this.#wholes.set(name, whole);
    return whole;
  }
}
