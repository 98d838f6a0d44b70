/**
 * Errors as gRPC has them: a code, and details that programs read. The reason is the code of the error,
 * in capitals as the details want it; the hint stands in the sentence and among the details.
 * Sources: grpc/grpc, doc/statuscodes.md; google/rpc/error_details.proto; AIP-193.
 */
import { create, type DescMessage, type Registry } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { CharlaError } from "../../core/errors.ts";

const DOMAIN = "charla";
const CODES: Readonly<Record<number, Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  409: Code.Aborted,
  413: Code.ResourceExhausted,
  415: Code.InvalidArgument,
  422: Code.FailedPrecondition,
  429: Code.ResourceExhausted,
  501: Code.Unimplemented,
  502: Code.Unavailable,
  503: Code.Unavailable,
  504: Code.DeadlineExceeded,
};

/** @param signal of the call: what ends because of its deadline or its client is told as that */
export function toStatus(thrown: unknown, registry: Registry, signal: AbortSignal): ConnectError {
  if (thrown instanceof ConnectError) return thrown;
  if (signal.aborted && signal.reason instanceof ConnectError) return signal.reason;
  const error = CharlaError.from(thrown);
  const { code, status, message, hint, param, params, retryable, retryAfter } = error;
  const about = (name: string) => registry.getMessage(`google.rpc.${name}`) as DescMessage;
  const given = Object.entries(params).map(([name, value]) => [name, String(value)]);
  const details = [
    create(about("ErrorInfo"), {
      ...{ reason: code.toUpperCase(), domain: DOMAIN },
      metadata: { ...Object.fromEntries(given), hint },
    }),
  ];
  if (retryable) {
    const seconds = BigInt(Math.ceil(retryAfter ?? 1));
    details.push(create(about("RetryInfo"), { retryDelay: { seconds, nanos: 0 } }));
  }
  if (param !== null) {
    const violation = { field: param, description: message };
    details.push(create(about("BadRequest"), { fieldViolations: [violation] }));
  }
  const sent = details.map((value) => ({
    desc: about(value.$typeName.slice("google.rpc.".length)),
    value: value as never,
  }));
  return new ConnectError(`${message} ${hint}`, CODES[status] ?? Code.Internal, {}, sent, thrown);
}
