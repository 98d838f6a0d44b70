/**
 * The messages and services of `protos/`, from the set of descriptors that `scripts/protos.mjs` makes of
 * them: no code is generated, and reflection gives out the same.
 */
import { createFileRegistry, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import descriptors from "./descriptors.json" with { type: "json" };

export interface Protos {
  readonly registry: FileRegistry;
  readonly files: readonly FileDescriptorProto[];
}

export function readProtos(): Protos {
  const bytes = Buffer.from(descriptors.join(""), "base64");
  const set = fromBinary(FileDescriptorSetSchema, bytes);
  return { registry: createFileRegistry(set), files: set.file };
}
