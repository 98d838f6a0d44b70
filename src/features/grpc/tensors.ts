/**
 * Tensors of the Open Inference Protocol, as far as texts need them: one BYTES or BOOL each, either in
 * the message or beside it as raw bytes, where each text has its length before it (32 bits, little-endian).
 * Source: the protocol's "Tensor Data".
 */
import { CharlaError } from "../../core/errors.ts";
import type { Message } from "./services.ts";

type Value = string | boolean;

/** The one value of each tensor of a request, by the tensors' names. @throws CharlaError `invalid_tensor` */
export function valuesOf({ inputs, rawInputContents: raw }: Message): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const [index, { name, datatype, contents }] of inputs.entries()) {
    const fail = (reason: string) => invalidTensor(name, reason);
    if (values.has(name)) throw fail("it is there twice");
    if (raw.length > 0 && raw.length !== inputs.length) throw fail("raw contents are missing");
    const list = raw.length > 0 ? fromRaw(raw[index], datatype) : fromContents(contents, datatype);
    if (list === undefined) throw fail("its type is not BYTES or BOOL, or its bytes are not whole");
    const [value] = list;
    if (value === undefined || list.length > 1) throw fail("it has not exactly one element");
    values.set(name, typeof value === "boolean" ? value : decoded(value, fail));
  }
  return values;
}

type Elements = readonly (Uint8Array | boolean)[] | undefined;

function fromContents(contents: Message, datatype: string): Elements {
  if (datatype === "BYTES") return contents?.bytesContents ?? [];
  return datatype === "BOOL" ? (contents?.boolContents ?? []) : undefined;
}

function fromRaw(bytes: Uint8Array, datatype: string): Elements {
  if (datatype === "BOOL") return [...bytes].map((one) => one !== 0);
  if (datatype !== "BYTES") return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + view.getUint32(at, true);
    if (end > bytes.length) return undefined;
    elements.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return elements;
}

function decoded(bytes: Uint8Array, fail: (reason: string) => CharlaError): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fail("it is not UTF-8");
  }
}

/** A text as the one element of a tensor, in the form that the request had. */
export function toTensor(name: string, text: string, raw: boolean) {
  const bytes = Buffer.from(text);
  const tensor = { name, datatype: "BYTES", shape: [1n] };
  if (!raw) return { outputs: [{ ...tensor, contents: { bytesContents: [bytes] } }] };
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return { outputs: [tensor], rawOutputContents: [Buffer.concat([length, bytes])] };
}

export function invalidTensor(param: string, reason: string): CharlaError {
  return new CharlaError("invalid_tensor", {
    status: 400,
    param,
    message: "The tensor '{param}' is not valid: {reason}.",
    hint: "docs/grpc.md says which tensors there are; ModelMetadata names them, too.",
    params: { param: param.slice(0, 100), reason },
  });
}
