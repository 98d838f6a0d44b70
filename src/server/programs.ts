/**
 * What programs send that people do not: addresses with a slash too many, bodies that are packed, and
 * questions for addresses of other servers, which a page would answer with itself.
 */
import type { Hono, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { CharlaError } from "../core/errors.ts";

/** `/v1//models/` is `/v1/models`, for whoever joins a base address and a path. */
export function forgiveSlashes(app: Hono): Hono {
  const { getPath } = app;
  return Object.assign(app, {
    getPath(...request: Parameters<typeof getPath>) {
      const path = getPath(...request);
      return /^\/+v1(\/|$)/.test(path) ? path.replace(/\/{2,}/g, "/").replace(/\/$/, "") : path;
    },
  });
}

/** Stands before every route. */
export const forPrograms =
  (admit: MiddlewareHandler): MiddlewareHandler =>
  (c, next) =>
    admit(c, async () => {
      const packed = c.req.header("content-encoding") ?? "identity";
      if (packed.toLowerCase() !== "identity") throw packedBody(packed);
      const { path } = c.req;
      const forPeople = path === "/" || path.includes(".") || accepts(c.req.header("accept"));
      if (forPeople || matchedRoutes(c).some((route) => !route.path.endsWith("*"))) return next();
      throw notFound(c.req.method, path);
    });

/** Browsers say that they take pages; clients of an API ask for JSON, or for anything. */
const accepts = (header = "") => header.includes("text/html");

function packedBody(encoding: string): CharlaError {
  return new CharlaError("packed_body", {
    status: 415,
    message: "The request's body is packed ({encoding}), which this server does not unpack.",
    hint: "Send it as it is, without Content-Encoding.",
    // A header can hold anything.
    params: { encoding: encoding.slice(0, 40) },
  });
}

function notFound(method: string, path: string): CharlaError {
  return new CharlaError("not_found", {
    status: 404,
    message: "There is nothing at {method} {path}.",
    hint: "See /openapi.json for the addresses there are.",
    params: { method, path },
  });
}
