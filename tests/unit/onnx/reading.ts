/** Reads an ONNX file as any other program would: by its messages, with a library of Protocol Buffers. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

type Field = number | Uint8Array;

/** Fields of a message by their numbers. Source: `onnx.proto3` of onnx/onnx. */
export function fields(message: Uint8Array): ReadonlyMap<number, readonly Field[]> {
  const reader = new BinaryReader(message);
  const all = new Map<number, Field[]>();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const value =
      type === WireType.Varint
        ? Number(reader.int64())
        : type === WireType.Bit32
          ? reader.float()
          : reader.bytes();
    all.set(number, [...(all.get(number) ?? []), value]);
  }
  return all;
}

const text = (field: Field | undefined) => Buffer.from(field as Uint8Array).toString();

export interface Tensor {
  readonly shape: readonly number[];
  readonly type: number;
  readonly raw: Uint8Array;
}

export function read(file: Uint8Array) {
  const model = fields(file);
  const graph = fields(model.get(7)?.[0] as Uint8Array);
  const names = (number: number) =>
    (graph.get(number) ?? []).map((one) => text(fields(one as Uint8Array).get(1)?.[0]));
  const tensors = (graph.get(5) ?? []).map((one): [string, Tensor] => {
    const tensor = fields(one as Uint8Array);
    const shape = (tensor.get(1) ?? []) as number[];
    const [type, raw] = [tensor.get(2)?.[0] as number, tensor.get(9)?.[0] as Uint8Array];
    return [text(tensor.get(8)?.[0]), { shape, type, raw }];
  });
  const said = (model.get(14) ?? []).map((one): [string, string] => {
    const entry = fields(one as Uint8Array);
    return [text(entry.get(1)?.[0]), text(entry.get(2)?.[0])];
  });
  const nodes = (graph.get(1) ?? []).map((one) => {
    const node = fields(one as Uint8Array);
    const of = (number: number) => (node.get(number) ?? []).map(text);
    return { op: of(4)[0] ?? "", inputs: of(1), outputs: of(2), domain: of(7)[0] ?? "" };
  });
  return {
    ...{ tensors: new Map(tensors), said: new Map(said), nodes },
    ...{ inputs: names(11), outputs: names(12) },
  };
}
