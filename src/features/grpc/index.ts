/** gRPC, gRPC-Web and Connect: the same chats and models by the protocols of other programs. */
import type { Feature } from "../../core/feature.ts";
import spanish from "./errors.es.json" with { type: "json" };

export const grpc: Feature = {
  name: "grpc",
  spanish,
  load: async () => (await import("./open.ts")).grpc,
};
