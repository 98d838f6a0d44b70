/** All services as handlers, each of which speaks gRPC, gRPC-Web and Connect. */
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import {
  type ContextValues,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type ServiceImpl,
} from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { CharlaError } from "../../core/errors.ts";
import type { House } from "../../core/feature.ts";
import type { Input } from "../../core/route.ts";
import { chat } from "./chat.ts";
import { toStatus } from "./errors.ts";
import { health } from "./health.ts";
import { inference } from "./inference.ts";
import { models } from "./models.ts";
import { readProtos } from "./protos.ts";
import { reflection } from "./reflection.ts";

export interface Services {
  /** By their paths. */
  readonly handlers: ReadonlyMap<string, UniversalHandler>;
  values(log: Input["log"], refused: Error | undefined): ContextValues;
}

/** What a method is given and gives, as plain objects of the protos' names. */
// biome-ignore lint/suspicious/noExplicitAny: the messages are described when the protos are read
export type Message = any;
export type Methods = Readonly<
  Record<string, (request: Message, context: HandlerContext) => unknown>
>;

const logging = createContextKey<Input["log"]>(() => {});
const refusal = createContextKey<Error | undefined>(undefined);

/** @param stopping aborted when the server stops */
export function services(house: House, maxBytes: number, stopping: AbortSignal): Services {
  const { registry, files } = readProtos();
  const router = createConnectRouter({
    readMaxBytes: maxBytes,
    requestGate({ values, signal }) {
      const refused = values.get(refusal);
      if (refused) throw toStatus(refused, registry, signal);
    },
  });
  const failed = (thrown: unknown, { values, signal }: HandlerContext) => {
    const { status, code } = CharlaError.from(thrown);
    const said = toStatus(thrown, registry, signal);
    if (status >= 500 && said !== thrown && !signal.aborted) values.get(logging)(code, thrown);
    return said;
  };
  const serve = (name: string, methods: Methods) => {
    const service = registry.getService(name) as DescService;
    const guarded = service.methods.map((method) => {
      const work = methods[method.localName] as Methods[string];
      return [method.localName, guard(method, work, failed)];
    });
    router.service(service, Object.fromEntries(guarded) as ServiceImpl<DescService>);
  };
  serve("charla.v1.Chat", chat(house));
  serve("charla.v1.Models", models(house));
  serve(
    "inference.GRPCInferenceService",
    inference(house, (thrown, signal) => toStatus(thrown, registry, signal).rawMessage),
  );
  const names = [...registry].flatMap((one) => (one.kind === "service" ? [one.typeName] : []));
  serve("grpc.health.v1.Health", health(house.engines, names, stopping));
  for (const version of ["v1", "v1alpha"]) {
    serve(`grpc.reflection.${version}.ServerReflection`, reflection(registry, files, names));
  }
  return {
    handlers: new Map(router.handlers.map((handler) => [handler.requestPath, handler])),
    values: (log, refused) => createContextValues().set(logging, log).set(refusal, refused),
  };
}

/** Puts what a method throws into gRPC's words. */
function guard(
  { methodKind }: DescMethod,
  work: Methods[string],
  failed: (thrown: unknown, context: HandlerContext) => Error,
): Methods[string] {
  if (methodKind === "unary") {
    return async (request, context) => {
      try {
        return await work(request, context);
      } catch (thrown) {
        throw failed(thrown, context);
      }
    };
  }
  return async function* (request, context) {
    try {
      yield* work(request, context) as AsyncIterable<unknown>;
    } catch (thrown) {
      throw failed(thrown, context);
    }
  };
}
