/**
 * The meaning of passages as vectors of length 1, kept as whole numbers from -127 to 127 with a scale
 * each, which loses nothing that could be measured (decision 0042).
 *
 * Little-endian: u32 dimensions, u32 passages, f32 scale per passage, i8 per number.
 */
export class FileVectors {
  readonly dimensions: number;
  readonly count: number;
  readonly #scales: Float32Array;
  readonly #numbers: Int8Array;

  constructor(block: Uint8Array) {
    const bytes = new Uint8Array(block);
    const view = new DataView(bytes.buffer);
    this.dimensions = view.getUint32(0, true);
    this.count = view.getUint32(4, true);
    this.#scales = new Float32Array(bytes.buffer, 8, this.count);
    this.#numbers = new Int8Array(bytes.buffer, 8 + 4 * this.count);
  }

  /** One of them, as it was. */
  vector(index: number): Float32Array | undefined {
    const scale = this.#scales[index];
    if (scale === undefined) return undefined;
    const from = index * this.dimensions;
    return Float32Array.from(
      this.#numbers.subarray(from, from + this.dimensions),
      (n) => n * scale,
    );
  }

  /** How near each passage is to a vector: their product. */
  near(vector: Float32Array): Float32Array {
    const [asked, scale] = quantised(vector);
    const { dimensions, count } = this;
    const numbers = this.#numbers;
    const products = new Float32Array(count);
    for (let piece = 0, at = 0; piece < count; piece++) {
      let sum = 0;
      for (let i = 0; i < dimensions; i++, at++)
        sum += (asked[i] as number) * (numbers[at] as number);
      products[piece] = sum * scale * (this.#scales[piece] as number);
    }
    return products;
  }
}

function quantised(vector: ArrayLike<number>): readonly [Int8Array, number] {
  let most = 0;
  for (let i = 0; i < vector.length; i++) most = Math.max(most, Math.abs(vector[i] as number));
  const scale = most / 127 || 1;
  const numbers = new Int8Array(vector.length);
  for (let i = 0; i < vector.length; i++) numbers[i] = Math.round((vector[i] as number) / scale);
  return [numbers, scale];
}

export function vectorBlock(vectors: readonly ArrayLike<number>[]): Uint8Array {
  const dimensions = vectors[0]?.length ?? 0;
  const bytes = Buffer.alloc(8 + vectors.length * (4 + dimensions));
  bytes.writeUInt32LE(dimensions, 0);
  bytes.writeUInt32LE(vectors.length, 4);
  for (const [index, vector] of vectors.entries()) {
    const [numbers, scale] = quantised(vector);
    bytes.writeFloatLE(scale, 8 + 4 * index);
    Buffer.from(numbers.buffer).copy(bytes, 8 + 4 * vectors.length + dimensions * index);
  }
  return bytes;
}
