/** Writes a GGUF file anew as ONNX: under its name once it is whole, and nothing is left behind otherwise. */
import { existsSync } from "node:fs";
import { type FileHandle, open, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { lengthOf, type Part } from "../../core/onnx.ts";
import { settle } from "../../core/settle.ts";
import { pauses } from "../../core/slices.ts";
import { readLayout } from "../library/gguf.ts";
import { carried } from "./carried.ts";
import { modelUnsupported, noSpace, outputExists, outputUnusable, tooLarge } from "./errors.ts";
import { llamaGraph } from "./graph.ts";
import { Weights } from "./linear.ts";

export interface Exporting {
  /** Paths: of the GGUF file, and of the ONNX file to be written. */
  readonly input: string;
  readonly output: string;
  /** Replace what is there. */
  readonly force: boolean;
  /** Compute in 32-bit floats; else what is multiplied is rounded to 8 bits, which is several times faster. */
  readonly exact: boolean;
  readonly signal: AbortSignal;
  /** Bytes that are written, of all. */
  progress?(done: number, total: number): void;
}

/** A message of Protocol Buffers cannot be larger, nor can a file be that is one. */
const MOST_BYTES = 2 ** 31 - 1;
/** ONNX's own operators: the newest that ONNX Runtime's older versions know, too. */
const OPSET = 18;
/** Bytes that are gathered before they are written. */
const WRITE = 2 ** 20;

export interface Exported {
  /** Of the file that was read, and of the one that was written. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** @throws CharlaError `onnx_model_unsupported` and the like; the signal's reason */
export async function exportOnnx(job: Exporting): Promise<Exported> {
  const { input, output, force, exact, signal, progress } = job;
  const layout = await readLayout(input);
  const { architecture } = layout.gguf;
  if (architecture !== "llama") throw modelUnsupported(architecture);
  const folder = dirname(output);
  const { bavail, bsize } = await statfs(folder).catch((thrown) => {
    throw unusable(output, thrown);
  });
  if (!force && existsSync(output)) throw outputExists(output);
  await using from = await open(input);
  const read = async (at: number, length: number) => {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await from.read(buffer, 0, length, at);
    if (bytesRead < length) throw new RangeError("the file has become shorter");
    return buffer;
  };
  const net = new Weights({ places: layout.places, read, exact });
  const shape = llamaGraph(layout, net, await slowerIn(net, read));
  const said = carried(await read(0, layout.shapesEnd), shape);
  const parts = net.file("charla", { opset: OPSET, said });
  const total = lengthOf(parts);
  if (total > MOST_BYTES) throw tooLarge(total);
  if (bavail * bsize < total) throw noSpace(folder, total, bavail * bsize);
  const part = `${output}.part`;
  const file = await open(part, force ? "w" : "wx").catch((thrown) => {
    throw thrown.code === "EEXIST" ? outputExists(part) : unusable(output, thrown);
  });
  try {
    await write(file, parts, signal, (done) => progress?.(done, total));
    await file.close();
    await settle(part, output);
  } catch (thrown) {
    await file.close().catch(() => {});
    await rm(part, { force: true });
    if ((thrown as NodeJS.ErrnoException).code === "ENOSPC")
      throw noSpace(folder, total, 0, thrown);
    throw thrown;
  }
  return { bytesBefore: (await from.stat()).size, bytesAfter: total };
}

const unusable = (path: string, thrown: NodeJS.ErrnoException) =>
  outputUnusable(path, thrown.code ?? thrown.message, thrown);

/** Models with long windows turn some pairs slower; the file says which. */
async function slowerIn(net: Weights, read: (at: number, length: number) => Promise<Buffer>) {
  const name = "rope_freqs.weight";
  if (!net.has(name)) return undefined;
  const { shape, type, at } = net.place(name);
  if (type !== 0) throw modelUnsupported(name);
  const bytes = await read(at, 4 * (shape[0] ?? 0));
  return Float32Array.from({ length: shape[0] ?? 0 }, (_, n) => bytes.readFloatLE(4 * n));
}

async function write(
  file: FileHandle,
  parts: readonly Part[],
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<void> {
  const pause = pauses(signal);
  let [done, size] = [0, 0];
  let waiting: Uint8Array[] = [];
  const flush = async () => {
    await file.writeFile(Buffer.concat(waiting));
    done += size;
    [waiting, size] = [[], 0];
    progress(done);
  };
  for (const part of parts) {
    for await (const piece of part instanceof Uint8Array ? [part] : part.read()) {
      signal.throwIfAborted();
      waiting.push(piece);
      size += piece.byteLength;
      if (size >= WRITE) await flush();
      await pause();
    }
  }
  await flush();
}
