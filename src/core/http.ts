/**
 * The server: who may ask, what an error looks like, the routes, and the page.
 */
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { CharlaError } from "./errors.ts";
import { answer, type Route } from "./route.ts";

export interface ServerOptions {
  /** Folder of the built page. */
  readonly page: string;
  /** The page's document: "index.html". */
  readonly document: string;
  /** Decides which hosts and origins may ask; this machine's alone if absent. */
  readonly admit?: MiddlewareHandler | undefined;
  /** Content-Security-Policy of a script of a worker; undefined for the page's. */
  policy?(path: string): string | undefined;
  /** Bounds the bodies that a route takes; a megabyte if absent. */
  bodies?(route: Route): MiddlewareHandler;
  /** Names a request whose client has not; by chance if absent. */
  nameRequest?(): string;
  /** Called with what goes to the log; never with message text. */
  log(line: string, error?: unknown): void;
}

/** Nothing from elsewhere, nothing inline, no frame around the page. */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types charla-worker";
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

export function createServer(routes: readonly Route[], options: ServerOptions): Hono {
  const app = new Hono();
  app.use(requestId(options.nameRequest && { generator: options.nameRequest }));
  // Charla speaks plain HTTP on loopback; a proxy in front decides about TLS.
  app.use(secureHeaders({ strictTransportSecurity: false, xFrameOptions: "DENY" }));
  app.use(async (c, next) => {
    await next();
    // Not `c.header`, which would make the response anew for each of them.
    c.res.headers.set("cross-origin-embedder-policy", "require-corp");
    c.res.headers.set("content-security-policy", options.policy?.(c.req.path) ?? CONTENT_POLICY);
  });
  app.use(options.admit ?? sameSite);
  for (const route of routes) {
    const limit = options.bodies?.(route) ?? bodyLimit({ maxSize: 2 ** 20, onError: tooLarge });
    app.on(route.method, [route.path], ...(route.layers ?? []), limit, (c) =>
      answer(route, c, (line, error) => options.log(`${c.get("requestId")} ${line}`, error)),
    );
  }
  app.on(["GET", "HEAD"], "/*", staticPage(routes, options));
  app.notFound((c) => {
    throw new CharlaError("not_found", {
      status: 404,
      message: "There is nothing at {method} {path}.",
      hint: "See /openapi.json for the addresses there are.",
      params: { method: c.req.method, path: c.req.path },
    });
  });
  app.onError((thrown, c) => {
    const error = CharlaError.from(thrown);
    const heard = !c.req.raw.signal.aborted; // who has left is told nothing, and nothing failed
    if (error.status >= 500 && heard) options.log(`${c.get("requestId")} ${error.code}`, thrown);
    c.header("cache-control", "no-store");
    if (error.retryable) c.header("retry-after", String(error.retryAfter ?? 1));
    return c.json({ error }, error.status as 400, { "cache-control": "no-store" });
  });
  return app;
}

/**
 * A page on another site must not reach a server on this machine, be it by a request across
 * origins or by a host name that it points to 127.0.0.1 (DNS rebinding).
 */
const sameSite: MiddlewareHandler = async (c, next) => {
  const host = c.req.header("host") ?? "";
  const origin = c.req.header("origin");
  const known = LOOPBACK.includes(host.replace(/:\d+$/, "").toLowerCase());
  // An image or a script of another site names no origin; a link that is followed is welcome.
  const foreign = /^(cross|same)-site$/.test(c.req.header("sec-fetch-site") ?? "");
  const link = c.req.header("sec-fetch-mode") === "navigate";
  const own = origin === undefined ? link || !foreign : URL.parse(origin)?.host === host;
  if (known && own) return next();
  throw new CharlaError("forbidden_origin", {
    status: 403,
    message: "Requests from {source} are not accepted.",
    hint: "Open Charla by the address that it prints when it starts.",
    params: { source: origin ?? (host || "a client without a Host header") },
  });
};

function staticPage(routes: readonly Route[], options: ServerOptions): MiddlewareHandler {
  const taken = new Set(routes.map(({ path }) => path.split("/")[1]));
  const files = serveStatic({
    root: options.page,
    precompressed: true,
    // Every address without a dot is a place inside the page, which the page's script knows.
    rewriteRequestPath: (path) => (path.includes(".") ? path : `/${options.document}`),
    onFound(_file, c) {
      // Names under assets/ carry a hash of the content; everything else may change.
      const forever = c.req.path.startsWith("/assets/");
      c.header("cache-control", forever ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  return (c, next) => (taken.has(c.req.path.split("/")[1]) ? next() : files(c, next));
}

export function tooLarge(): never {
  throw new CharlaError("request_too_large", {
    status: 413,
    message: "The request is larger than this address takes.",
    hint: "Send less text at once.",
  });
}
