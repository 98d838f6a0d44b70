/**
 * A route as data: what it takes, what it gives, and what it does. The server validates with these
 * schemas, `/openapi.json` is written from them, and tests walk the list.
 */
import type { Context, MiddlewareHandler } from "hono";
import * as z from "zod";
import { CharlaError } from "./errors.ts";

export interface Route<Body extends z.ZodType = z.ZodType, Query extends z.ZodType = z.ZodType> {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Hono syntax: `/api/things/:id`. */
  readonly path: string;
  /** One sentence for the reference. */
  readonly summary: string;
  readonly body?: Body;
  readonly query?: Query;
  /** What a 200 answers, as JSON or as the events of a stream. */
  readonly reply?: z.ZodType;
  /** Run before the body is read, outermost first; they may answer by themselves. */
  readonly layers?: readonly MiddlewareHandler[];
  handle(input: Input<z.output<Body>, z.output<Query>>): unknown;
}

/** What `handle` gets. It returns JSON, a `Response` to send as it is, or nothing (204). */
export interface Input<Body = unknown, Query = unknown> {
  readonly body: Body;
  readonly query: Query;
  readonly params: Readonly<Record<string, string>>;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  readonly request: Request;
  /** For what goes wrong after the response has begun; never with message text. */
  log(line: string, error?: unknown): void;
}

/** Ties the types of `handle` to the schemas of the route. */
export function route<
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
>(typed: Route<Body, Query>): Route {
  return typed as Route;
}

/** Text that a model and a database can hold: no lone surrogates, no NUL. */
export const text = z
  .string()
  .refine((value) => value.isWellFormed(), "holds half of a surrogate pair, which is not text")
  .refine((value) => !value.includes("\0"), "holds a NUL character, which is not text");

const decoder = new TextDecoder();

/** Reads and checks the request, calls the handler, and turns what it gives into a response. */
export async function answer(route: Route, c: Context, log: Input["log"]): Promise<Response> {
  const reply = await route.handle({
    body: route.body && check(route.body, parseJson(decoder.decode(await c.req.arrayBuffer()))),
    query: route.query && check(route.query, c.req.query()),
    params: c.req.param(),
    signal: c.req.raw.signal,
    request: c.req.raw,
    log,
  });
  if (reply instanceof Response && c.req.method === "HEAD") await reply.body?.cancel();
  // Of its own, and yet with the headers that layers have set before; a body that was cancelled is none.
  if (reply instanceof Response) return c.newResponse(reply.bodyUsed ? null : reply.body, reply);
  return reply === undefined ? c.body(null, 204) : c.json(reply);
}

/** @throws CharlaError `invalid_json` */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new CharlaError("invalid_json", {
      status: 400,
      message: "The request's body is not JSON.",
      hint: "Send a JSON object, in UTF-8.",
      cause,
    });
  }
}

/** @throws CharlaError that names the field which is wrong, missing or unknown */
export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  // Only the first fault is told; a list of millions would take gigabytes. Its type is zod's secret.
  const result = schema.safeParse(value, { abortEarly: true } as object);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === "unrecognized_keys") {
    const param = fieldName([...issue.path, issue.keys[0] ?? ""]);
    throw new CharlaError("unsupported_parameter", {
      status: 400,
      param,
      message: "The parameter '{param}' is not supported.",
      hint: "Remove it; Charla refuses what it would otherwise have to ignore.",
      params: { param },
    });
  }
  const param = fieldName(issue?.path ?? []) || "body";
  throw new CharlaError("invalid_value", {
    status: 400,
    param,
    message: "The value of '{param}' is not valid: {reason}.",
    hint: "See /openapi.json for what this address takes.",
    params: { param, reason: issue?.message ?? "unknown" },
  });
}

/** `["messages", 0, "role"]` -> "messages[0].role", as OpenAI writes it. */
function fieldName(path: readonly PropertyKey[]): string {
  const steps = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return steps.join("").replace(/^\./, "");
}
