/**
 * Reads the header of a GGUF file: what the model or the LoRA adapter is, and whether the file is
 * whole.
 */
import { createHash } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { CharlaError } from "../../core/errors.ts";
import type { ThinkingWays } from "../../core/thoughts.ts";
import { waysOf } from "../thinking.ts";
import { Cursor, MAX_HEADER, NeedsMore, PastEnd } from "./cursor.ts";
import { FILE_TYPES, TENSOR_TYPES } from "./ggml.ts";

/** Shapes by name, the innermost dimension first: [in, out] for a matrix. */
type Tensors = ReadonlyMap<string, readonly number[]>;

export interface Gguf {
  readonly kind: "model";
  readonly architecture: string;
  readonly name: string | undefined;
  /** Tokens that it was trained for. */
  readonly contextWindow: number;
  readonly quantisation: string;
  readonly licence: string | undefined;
  /** Whether it says how a chat is written down; base models do not. */
  readonly templated: boolean;
  /** How many numbers it holds. */
  readonly parameters: number;
  /** Numbers of the KV cache for each token, about: keys and values of all layers. */
  readonly kvPerToken: number;
  readonly tensors: Tensors;
  /** Whether its chat template speaks of tools. */
  readonly tools: boolean;
  /** What can be wished of its thoughts. */
  readonly thinking: ThinkingWays | undefined;
  /** Of a model and an adapter that were made one file here. */
  readonly merged: Merged | undefined;
}

/** SHA-256 of the files that it was made of, and the id of the training run. */
export interface Merged {
  readonly base: string;
  readonly adapter: string;
  readonly run: string;
}

/** Where a tensor's numbers are: its type as ggml has it, and its first byte in the file. */
export interface Place {
  readonly shape: readonly number[];
  readonly type: number;
  readonly at: number;
}

/** A LoRA adapter: small matrices that change those of a base model. */
export interface Lora {
  readonly kind: "lora";
  /** Of the base. */
  readonly architecture: string;
  readonly name: string | undefined;
  /** The largest rank of its matrices. */
  readonly rank: number;
  /** What it adds is scaled by alpha / rank; 0 is no scaling. */
  readonly alpha: number;
  readonly parameters: number;
  readonly tensors: Tensors;
}

/** The header of a model. @throws CharlaError as {@link readHeader} */
export async function readGguf(path: string): Promise<Gguf> {
  const header = await readHeader(path);
  if (header.kind === "model") return header;
  throw unsupported(printable(basename(path)), "adapter");
}

/**
 * Its texts are of people who may mean no good: they come short and printable; names of tensors
 * come as they are.
 *
 * @throws CharlaError `model_file_missing`, `model_file_invalid`, `model_file_truncated`,
 *   `model_file_unsupported`
 */
export const readHeader = (path: string): Promise<Gguf | Lora> => read(path, checked);

/** Where the tensors of a whole model or adapter are. @throws CharlaError as {@link readHeader} */
export const readPlaces = (path: string): Promise<ReadonlyMap<string, Place>> =>
  read(path, (header, file, size) => {
    checked(header, file, size);
    return header.places;
  });

/** All that a converter of the file needs. */
export interface Layout {
  readonly gguf: Gguf;
  readonly places: ReadonlyMap<string, Place>;
  /** Numbers and texts of the header by their keys, as they stand there. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Bytes of the header: up to the shapes of the tensors, and with them. */
  readonly pairsEnd: number;
  readonly shapesEnd: number;
}

/** @throws CharlaError as {@link readHeader} */
export const readLayout = (path: string): Promise<Layout> =>
  read(path, (header, file, size) => {
    const gguf = checked(header, file, size);
    if (gguf.kind === "lora") throw unsupported(file, "adapter");
    const { places, values, pairsEnd, shapesEnd } = header;
    return { gguf, places, values, pairsEnd, shapesEnd };
  });

/**
 * The header of a model whose tensors are elsewhere.
 *
 * @param bytes a whole header
 * @param file for the error. @throws CharlaError as {@link readHeader}
 */
export function headerOf(bytes: Buffer, file: string): Pick<Layout, "gguf" | "pairsEnd"> {
  try {
    const header = parseGguf(bytes, bytes.length);
    if (header === "more") throw new RangeError("cut off");
    const gguf = checked(header, file, Number.POSITIVE_INFINITY);
    if (gguf.kind === "lora") throw unsupported(file, "adapter");
    return { gguf, pairsEnd: header.pairsEnd };
  } catch (cause) {
    if (cause instanceof CharlaError) throw cause;
    throw invalid(file, cause);
  }
}

/** By which vocabularies are told apart: what a token is, and how texts are cut. */
const VOCABULARY = ["model", "pre", "tokens", "token_type", "merges"].map(
  (key) => `tokenizer.ggml.${key}`,
);

/** SHA-256 of a model's vocabulary: where it is the same, so is each token. @throws CharlaError as {@link readHeader} */
export const readVocabulary = (path: string): Promise<string> =>
  read(path, (header, file, size) => {
    checked(header, file, size);
    const hash = createHash("sha256");
    for (const key of VOCABULARY) hash.update(key).update(header.vocabulary.get(key) ?? "-");
    return hash.digest("hex");
  });

type Take<Result> = (header: Header, file: string, size: number) => Result;

async function read<Result>(path: string, take: Take<Result>): Promise<Result> {
  const file = printable(basename(path));
  let handle: FileHandle | undefined;
  try {
    const found = await stat(path);
    // To open a named pipe is to wait for who writes into it.
    if (!found.isFile() && !found.isDirectory()) throw invalid(file);
    handle = await open(path);
    const { size } = await handle.stat();
    // The header of a large vocabulary takes some megabytes; most of the file is not read.
    for (let bytes = 2 ** 20; ; bytes *= 4) {
      const buffer = Buffer.alloc(Math.min(bytes, size, MAX_HEADER));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      // It may have become shorter since.
      const there = bytesRead < buffer.length ? bytesRead : size;
      if (isPointer(buffer)) throw pointer(file);
      if (isBigEndian(buffer)) throw bigEndian(file);
      const result = parseGguf(buffer.subarray(0, bytesRead), there);
      if (result !== "more") return take(result, file, size);
    }
  } catch (cause) {
    if (cause instanceof CharlaError) throw cause;
    if (cause instanceof PastEnd) throw truncated(file, cause.size, cause.wanted);
    if (cause instanceof RangeError) throw invalid(file, cause);
    throw missing(path, cause);
  } finally {
    await handle?.close();
  }
}

/** What `git clone` leaves in the place of a large file without Git LFS. */
const isPointer = (bytes: Buffer) =>
  bytes.subarray(0, 64).toString("latin1").startsWith("version https://git-lfs.github.com/spec/");

/** The version of the format, 2 or 3, with its first byte first. */
const isBigEndian = (bytes: Buffer) =>
  bytes.toString("latin1", 0, 4) === "GGUF" &&
  bytes.length >= 8 &&
  [2, 3].includes(bytes.readUInt32BE(4));

/** Texts of files that anyone may have made, and that are shown in terminals. */
export function printable(text: string): string {
  return text.slice(0, 100).replace(/\p{C}/gu, "");
}

interface Header extends Omit<Gguf, "kind"> {
  /** What it says that it is: "model", "adapter", ... */
  readonly type: string | undefined;
  readonly adapter: { readonly type: string | undefined; readonly alpha: number };
  readonly parts: number;
  readonly places: ReadonlyMap<string, Place>;
  /** Bytes of the header, by their keys. */
  readonly vocabulary: ReadonlyMap<string, Buffer>;
  /** Where the last tensor ends, in bytes. */
  readonly end: number;
  readonly values: ReadonlyMap<string, unknown>;
  readonly pairsEnd: number;
  readonly shapesEnd: number;
}

/**
 * @param bytes the beginning of the file
 * @returns "more" when the header goes on after these bytes
 * @throws PastEnd when it goes on after the end of the file
 * @throws RangeError when this cannot be a GGUF file
 */
function parseGguf(bytes: Buffer, size: number): Header | "more" {
  try {
    return parse(new Cursor(bytes, size));
  } catch (thrown) {
    if (thrown instanceof NeedsMore) return "more";
    throw thrown;
  }
}

function parse(at: Cursor): Header {
  if (at.text(4) !== "GGUF") throw new RangeError("no GGUF magic");
  const version = at.u32();
  if (version !== 2 && version !== 3) throw new RangeError(`GGUF version ${version}`);
  const tensors = at.count(24);
  const pairs = at.count(13);
  const meta = new Map<string, unknown>();
  const vocabulary = new Map<string, Buffer>();
  for (let pair = 0; pair < pairs; pair++) {
    const key = at.string();
    const from = at.offset;
    meta.set(key, at.value(at.u32()));
    if (VOCABULARY.includes(key)) vocabulary.set(key, at.since(from));
  }
  const pairsEnd = at.offset;
  const alignment = Number(meta.get("general.alignment") ?? 32);
  if (!(alignment > 0)) throw new RangeError("alignment");

  let [end, parameters] = [0, 0];
  const shapes = new Map<string, readonly number[]>();
  const perType = new Map<number, number>();
  const offsets = new Map<string, Omit<Place, "shape">>();
  for (let tensor = 0; tensor < tensors; tensor++) {
    const name = at.string();
    const dimensions = at.u32();
    if (dimensions > 4) throw new RangeError(`${dimensions} dimensions`);
    const shape = Array.from({ length: dimensions }, () => at.u64());
    shapes.set(name, shape);
    const elements = shape.reduce((product, length) => product * length, 1);
    const type = at.u32();
    const [block, blockBytes] = TENSOR_TYPES[type] ?? [1, 0];
    const offset = at.u64();
    offsets.set(name, { type, at: offset });
    end = Math.max(end, offset + (elements / block) * blockBytes);
    parameters += elements;
    perType.set(type, (perType.get(type) ?? 0) + elements);
  }
  const data = tensors === 0 ? at.offset : Math.ceil(at.offset / alignment) * alignment;
  const [commonest] = [...perType].toSorted((a, b) => b[1] - a[1]);
  const string = (key: string) => {
    const value = meta.get(key);
    return typeof value === "string" ? printable(value) || undefined : undefined;
  };
  const places = [...offsets].map(([tensor, place]): [string, Place] => [
    tensor,
    { ...place, shape: shapes.get(tensor) ?? [], at: data + place.at },
  ]);
  const architecture = string("general.architecture") ?? "";
  const template = meta.get("tokenizer.chat_template");
  return {
    architecture,
    name: string("general.name"),
    contextWindow: Number(meta.get(`${architecture}.context_length`) ?? 0),
    quantisation:
      FILE_TYPES[Number(meta.get("general.file_type") ?? -1)] ??
      TENSOR_TYPES[commonest?.[0] ?? -1]?.[2] ??
      "unknown",
    licence: string("general.license"),
    templated: /\S/.test(String(meta.get("tokenizer.chat_template") ?? "")),
    tools: /\btools\b/.test(String(template ?? "")),
    parameters,
    kvPerToken: kvPerToken(shapes),
    tensors: shapes,
    places: new Map(places),
    vocabulary,
    merged: mergedOf(string),
    thinking: waysOf(typeof template === "string" ? template : undefined),
    type: string("general.type"),
    adapter: {
      // An adapter that works only behind certain words is another kind than this.
      type: meta.has("adapter.alora.invocation_tokens") ? "alora" : string("adapter.type"),
      alpha: Number(meta.get("adapter.lora.alpha") ?? 0),
    },
    parts: Number(meta.get("split.count") ?? 1),
    end: data + end,
    ...{ values: meta, pairsEnd, shapesEnd: at.offset },
  };
}

/** The keys under which `charla train merge` says what it has merged. */
function mergedOf(string: (key: string) => string | undefined): Merged | undefined {
  const [base, adapter] = [string("charla.merge.base"), string("charla.merge.adapter")];
  const run = string("charla.merge.run");
  return base && adapter && run ? { base, adapter, run } : undefined;
}

/** What the projections to keys and values give for each token; some models have one for all. */
function kvPerToken(tensors: Tensors): number {
  let numbers = 0;
  for (const [name, [width = 0, out = 0]] of tensors) {
    const [, part] = /^blk\.\d+\.attn_(k|v|kv_a_mqa|qkv)\.weight$/.exec(name) ?? [];
    if (part) numbers += part === "qkv" ? Math.max(0, out - width) : out;
  }
  return numbers;
}

function checked(header: Header, file: string, size: number): Gguf | Lora {
  const { type, adapter, parts, places: _places, vocabulary: _words, end, ...rest } = header;
  const { values: _values, pairsEnd: _pairs, shapesEnd: _shapes, ...gguf } = rest;
  const { architecture, contextWindow, name, parameters, tensors } = gguf;
  if (parts > 1) throw unsupported(file, `1 / ${parts}`);
  const lora = type === "adapter" && adapter.type === "lora";
  if (!lora && ((type ?? "model") !== "model" || architecture === "clip")) {
    throw unsupported(file, adapter.type ?? type ?? architecture);
  }
  if (end > size) throw truncated(file, size, end);
  if (architecture === "") throw unsupported(file, "?");
  if (lora) {
    const downs = [...tensors].filter(([tensor]) => tensor.endsWith(".lora_a"));
    const rank = Math.max(0, ...downs.map(([, [, rows = 0]]) => rows));
    const { alpha } = adapter;
    return { kind: "lora", architecture, name, rank, alpha, parameters, tensors };
  }
  if (!(contextWindow > 0)) throw unsupported(file, architecture);
  return { kind: "model", ...gguf };
}

function pointer(file: string): CharlaError {
  return new CharlaError("model_file_pointer", {
    status: 422,
    message: "{file} is only a pointer to a model: Git LFS has not downloaded the file itself.",
    hint: "Run `git lfs pull` where it was cloned, or download the file.",
    params: { file },
  });
}

function bigEndian(file: string): CharlaError {
  return new CharlaError("model_file_big_endian", {
    status: 422,
    message: "{file} is made for machines that write numbers the other way round (big-endian).",
    hint: "Download the usual file of this model, without BE in its name.",
    params: { file },
  });
}

function invalid(file: string, cause?: unknown): CharlaError {
  return new CharlaError("model_file_invalid", {
    status: 422,
    message: "{file} is not a GGUF file.",
    hint: "Charla runs models in the GGUF format, version 2 or 3; download that one, or convert it.",
    params: { file },
    cause,
  });
}

/** @param wanted bytes, at least */
export function truncated(file: string, bytes: number, wanted: number): CharlaError {
  return new CharlaError("model_file_truncated", {
    status: 422,
    message: "{file} is cut off: it has {bytes} bytes and needs at least {wanted}.",
    hint: "Its download or copy did not finish; get it again.",
    params: { file, bytes, wanted: Math.ceil(wanted) },
  });
}

export function unsupported(file: string, what: string): CharlaError {
  return new CharlaError("model_file_unsupported", {
    status: 422,
    message: "{file} is a GGUF file, but not a whole language model ({what}).",
    hint: "Image projectors, other adapters than LoRA and single parts of a split model do not load; merge parts first; a LoRA adapter is chosen beside its base.",
    params: { file, what },
  });
}

function missing(path: string, cause: unknown): CharlaError {
  return new CharlaError("model_file_missing", {
    status: 404,
    message: "The file {path} cannot be read ({reason}).",
    hint: "Check the path, and that you may read the file.",
    params: { path, reason: (cause as NodeJS.ErrnoException).code ?? String(cause) },
    cause,
  });
}
