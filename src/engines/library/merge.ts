/**
 * Adds what a LoRA adapter has learned to the weights themselves, W + alpha / rank · B A, in place, in a
 * file of 32-bit floats.
 * Source: llama.cpp's `llm_graph_context::build_lora_mm`, which computes the same at each token.
 */
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { readAll, writeAll } from "../../core/whole.ts";
import { misfit } from "./adapters.ts";
import { adapterMismatch, notAdapter } from "./errors.ts";
import { type Place, readGguf, readHeader, readPlaces, truncated } from "./gguf.ts";

const F32 = 0;
/** Multiplications before others get their turn: some milliseconds. */
const SLICE = 4_000_000;

export interface Merging {
  /** Of a model, whose matrices are 32-bit floats; it is changed, and useless if this throws. */
  readonly path: string;
  /** Of the adapter. */
  readonly adapter: string;
  readonly signal: AbortSignal;
  /** Bytes of matrices that are done, of all that it changes. */
  progress(done: number, total: number): void;
}

/** @throws CharlaError `adapter_mismatch`, what is wrong with a file; the signal's reason */
export async function addLora({ path, adapter, signal, progress }: Merging): Promise<void> {
  const [model, lora] = [await readGguf(path), await readHeader(adapter)];
  if (lora.kind !== "lora") throw notAdapter(basename(adapter));
  const wrong = (what: string) => adapterMismatch(basename(adapter), basename(path), what);
  const difference = misfit(lora, model);
  if (difference !== undefined) throw wrong(difference);
  const [weights, parts] = [await readPlaces(path), await readPlaces(adapter)];
  const matrices = [...parts].flatMap(([name, down]) => {
    const target = /^(.*)\.lora_a$/.exec(name)?.[1];
    if (target === undefined) return [];
    const [matrix, up] = [weights.get(target), parts.get(`${target}.lora_b`)];
    // Rows of an embedding are looked up and lie the other way round; experts are stacked.
    const plain = target !== "token_embd.weight" && down.shape.length === 2;
    if (!plain || !matrix || !up || [matrix, down, up].some(({ type }) => type !== F32))
      throw wrong(target);
    return [{ matrix, down, up }];
  });
  const total = matrices.reduce((sum, { matrix }) => sum + bytesOf(matrix), 0);
  await using file = await open(path, "r+");
  await using small = await open(adapter);
  let done = 0;
  for (const { matrix, down, up } of matrices) {
    const [width = 0, rank = 0] = down.shape;
    const [, out = 0] = up.shape;
    const [a, b] = [await numbers(small, down, adapter), await numbers(small, up, adapter)];
    const scale = lora.alpha ? lora.alpha / rank : 1;
    const rows = Math.max(1, Math.floor(SLICE / (width * rank)));
    for (let from = 0; from < out; from += rows) {
      signal.throwIfAborted();
      const count = Math.min(rows, out - from);
      const place = { ...matrix, shape: [width, count], at: matrix.at + 4 * width * from };
      const some = await numbers(file, place, path);
      for (let row = 0; row < count; row++) {
        const factors = b.subarray((from + row) * rank, (from + row + 1) * rank);
        add(
          some.subarray(row * width, (row + 1) * width),
          a,
          factors.map((one) => one * scale),
        );
      }
      await writeAll(file, new Uint8Array(some.buffer), place.at);
      done += some.byteLength;
      progress(done, total);
    }
  }
}

/** What a row of the product adds to a row of the matrix. */
function add(row: Float32Array, down: Float32Array, factors: Float32Array): void {
  for (const [at, factor] of factors.entries()) {
    const from = at * row.length;
    for (let n = 0; n < row.length; n++) row[n] = (row[n] ?? 0) + factor * (down[from + n] ?? 0);
  }
}

const bytesOf = ({ shape: [width = 0, out = 0] }: Place) => 4 * width * out;

/** @throws CharlaError `model_file_truncated` where the file has become shorter meanwhile */
async function numbers(file: FileHandle, place: Place, path: string): Promise<Float32Array> {
  const some = new Float32Array(bytesOf(place) / 4);
  if (await readAll(file, new Uint8Array(some.buffer), place.at)) return some;
  throw truncated(basename(path), (await file.stat()).size, place.at + some.byteLength);
}
