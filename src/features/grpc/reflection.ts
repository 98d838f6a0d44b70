/**
 * `grpc.reflection`: a client that has no protos asks the server for them.
 * Source: grpc/grpc, doc/server-reflection.md.
 */
import { type FileRegistry, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import type { Message, Methods } from "./services.ts";

export function reflection(
  registry: FileRegistry,
  files: readonly FileDescriptorProto[],
  names: readonly string[],
): Methods {
  /** A file with all that it imports. */
  const withImports = (name: string): readonly FileDescriptorProto[] => {
    const file = files.find((one) => one.name === name);
    return file ? [file, ...file.dependency.flatMap(withImports)] : [];
  };
  const holding = (symbol: string) => {
    // A method is found in its service.
    const [whole, parent] = [symbol, symbol.split(".").slice(0, -1).join(".")];
    const found = registry.get(whole) ?? registry.getService(parent);
    return found && `${found.file.name}.proto`;
  };
  const given = (found: readonly FileDescriptorProto[], what: string) => {
    if (found.length === 0) {
      const error = { errorCode: Code.NotFound, errorMessage: `there is no ${what}` };
      return { case: "errorResponse", value: error };
    }
    const fileDescriptorProto = found.map((one) => toBinary(FileDescriptorProtoSchema, one));
    return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
  };
  const answer = ({ case: wish, value }: Message) => {
    switch (wish) {
      case "listServices":
        return {
          case: "listServicesResponse",
          value: { service: names.map((name) => ({ name })) },
        };
      case "fileByFilename":
        return given(withImports(value), value);
      case "fileContainingSymbol":
        return given(withImports(holding(value) ?? ""), value);
      // Nothing here is extended.
      default:
        return given([], "extension");
    }
  };
  return {
    async *serverReflectionInfo(requests: AsyncIterable<Message>) {
      for await (const request of requests) {
        const { host, messageRequest } = request;
        const messageResponse = answer(messageRequest);
        yield { validHost: host, originalRequest: request, messageResponse };
      }
    },
  };
}
