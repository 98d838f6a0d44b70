/**
 * Routes -> an OpenAPI 3.1 document, from the very schemas that validate the requests.
 * Source: OpenAPI Specification 3.1.1; its schemas are JSON Schema 2020-12, as zod writes them.
 */
import * as z from "zod";
import "../../core/large.ts";
import type { Route } from "../../core/route.ts";

export const errorBody = z.object({
  message: z.string(),
  type: z.string().describe('"invalid_request_error" or "server_error", as OpenAI has it.'),
  code: z.string().describe("Stable name of the error; the texts may change."),
  param: z.string().nullable().describe("The field of the request that is at fault."),
  hint: z.string().describe("What to do next."),
  retryable: z.boolean().describe("Whether the same request can succeed later, unchanged."),
  params: z.record(z.string(), z.union([z.string(), z.number()])).readonly(),
});
const error = z.object({ error: errorBody });

const SOLO = `The server listens on this machine only and asks for no key; clients that insist on one
may send any. Each request's \`Host\` has to be a name of this machine, and its \`Origin\`, where there
is one, the address of the server itself; others get 403.`;

const SHARED = `Each person has an account. The page has a session, in a cookie; programs send a key of the
person's, \`Authorization: Bearer ...\`, which is made under "Your account" for some scopes. Each
operation names the scopes that a key needs; those that name a session alone take no key.`;

const DESCRIPTION = (shared: boolean) => `Charla's own server.

Security: ${shared ? SHARED : SOLO}

The paths under \`/v1\` follow OpenAI's API reference. A parameter that Charla cannot honour is
refused by name.`;

const SCHEMES = {
  key: { type: "http", scheme: "bearer", description: "A key of a person's." },
  session: { type: "apiKey", in: "cookie", name: "__Host-charla-session" },
} as const;

/** @param shared whether people have accounts */
export function toOpenApi(routes: readonly Route[], version: string, shared = false): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)(\{[^}]*\})?/g, "{$1}");
    const security = shared && { security: securityOf(route) };
    paths[path] = { ...paths[path], [route.method]: { ...operation(route), ...security } };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Charla",
      version,
      description: DESCRIPTION(shared),
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [],
    paths,
    components: {
      ...(shared && { securitySchemes: SCHEMES }),
      schemas: { Error: schema(error, "output") },
      responses: {
        Error: {
          description: "What went wrong, and what to do about it.",
          content: json({ $ref: "#/components/schemas/Error" }),
        },
      },
    },
  };
}

function operation(route: Route): object {
  const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  const words = route.path.split(/\W+/).filter(Boolean);
  const body = route.body ?? route.takes;
  const reply = (route.reply ?? route.gives) && { content: contentsOf(route) };
  return {
    operationId: [route.method, ...words].join("_"),
    summary: route.summary,
    parameters: [
      ...names.map((name) => ({
        name,
        in: "path",
        required: true,
        schema: { type: "string" },
      })),
      ...(route.query ? queryParameters(route.query) : []),
    ],
    ...(body && {
      requestBody: { required: true, content: contentOf(schema(body, "input")) },
    }),
    responses: {
      "2XX": { description: route.summary, ...reply },
      default: { $ref: "#/components/responses/Error" },
    },
  };
}

function queryParameters(query: z.ZodType): object[] {
  const { properties = {}, required = [] } = schema(query, "input");
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

/** Who may ask: nobody in particular, a session, or a key that has the scopes as well. */
function securityOf({ access = "session" }: Route): readonly object[] {
  if (access === "anyone") return [];
  if (access === "session" || access === "administrator") return [{ session: [] }];
  const scopes = [access].flat().filter((one) => one !== "any key");
  return [{ session: [] }, { key: scopes }];
}

/** What a route answers, by media types; the schema of a stream is that of each of its events. */
function contentsOf({ reply, gives = ["application/json"] }: Route): object {
  const typed = /json|event-stream/;
  const described = reply && schema(reply, "output");
  const text = (type: string) => (type.startsWith("text/") ? {} : { format: "binary" });
  return Object.fromEntries(
    gives.map((type) => [
      type,
      { schema: (typed.test(type) && described) || { type: "string", ...text(type) } },
    ]),
  );
}

/** JSON, or a file of any kind. */
const contentOf = (schema: z.core.JSONSchema.BaseSchema) =>
  schema.format === "binary" ? { "application/octet-stream": { schema } } : json(schema);

const json = (schema: object) => ({ "application/json": { schema } });

/** What a client sends is the input of a schema, what it receives is the output. */
function schema(type: z.ZodType, io: "input" | "output"): z.core.JSONSchema.BaseSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(type, { io });
  return rest;
}
