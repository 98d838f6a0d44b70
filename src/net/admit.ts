/**
 * The door of the product: which hosts and origins may ask. The clone knows this machine alone;
 * here the public address of the settings is added. A page of another origin can neither read nor
 * write, whatever it sends along, but where the operator has named it: then OpenAI's API and the same by
 * gRPC-Web, and no more.
 */
import type { Context, MiddlewareHandler, Next } from "hono";
import { CharlaError } from "../core/errors.ts";

export interface DoorOptions {
  /** The address of this machine that is listened on. */
  readonly host: string;
  /** How people reach it, as an origin; a proxy there brings TLS. */
  readonly publicUrl?: string | undefined;
  /** Of other programs on this machine that may ask like the page itself. */
  readonly origins?: readonly string[] | undefined;
  /** Of the reader's device, what the page may ask for. */
  readonly devices?: readonly string[] | undefined;
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
/**
 * Names that always mean this machine, or from a container the machine that it runs on: whoever
 * hands out names on the internet has no say in them (RFC 6761, 6.3; Docker's and Podman's own).
 */
const OF_MACHINE =
  /(^|\.)localhost$|^host\.(docker|containers)\.internal$|^gateway\.docker\.internal$/;
const ANY_ADDRESS = ["0.0.0.0", "[::]"];
/** A year, in seconds. */
const HSTS_SECONDS = 31_536_000;
/** Nothing of a device is asked for but what a feature of the house needs. */
const REFUSED_FEATURES = [
  ...["accelerometer", "autoplay", "display-capture", "encrypted-media"],
  ...["geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer"],
  ...["microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"],
];

export function admitFrom(options: DoorOptions): MiddlewareHandler {
  const { host, publicUrl, origins = [], devices = [] } = options;
  const permissions = REFUSED_FEATURES.map(
    (name) => `${name}=${devices.includes(name) ? "(self)" : "()"}`,
  ).join(", ");
  const own = host.includes(":") ? `[${host}]` : host;
  const names = [...LOOPBACK, own.toLowerCase()].filter((name) => !ANY_ADDRESS.includes(name));
  const publicHost = publicUrl && new URL(publicUrl).host;
  return async (c, next) => {
    // A refusal has them from before, and what a route answers by itself from after.
    const mark = (headers: Pick<Headers, "set">) => {
      if (publicUrl) headers.set("strict-transport-security", `max-age=${HSTS_SECONDS}`);
      headers.set("permissions-policy", permissions);
    };
    mark({ set: c.header });
    const asked = (c.req.header("host") ?? "").toLowerCase();
    // The port of a name of this machine is whichever it has; that of the public address is given.
    const name = asked.replace(/:\d{1,5}$/, "");
    const known = asked === publicHost || names.includes(name) || OF_MACHINE.test(name);
    const origin = c.req.header("origin");
    const own = origin === undefined ? unforced(c.req) : origin === publicUrl || same(origin);
    if (known && own) {
      await next();
      return mark(c.res.headers);
    }
    if (known && origin !== undefined && origins.includes(origin) && OPEN.test(c.req.path)) {
      return openTo(origin, c, next);
    }
    const source = origin ?? (asked || "a client without a Host header");
    throw forbidden(source, known && origin !== undefined);

    /** A page that this server has sent by a name of this machine; TLS is only at the public one. */
    function same(origin: string): boolean {
      return asked !== publicHost && origin.toLowerCase() === `http://${asked}`;
    }
  };
}

/** What pages and extensions of other programs on this machine may ask: no stored chat is below it. */
const OPEN = /^\/(v1|charla\.v1\.\w+)\//;
/** What of an answer such a page may read: how a call by gRPC-Web has ended. */
const TOLD = "grpc-status, grpc-message, grpc-status-details-bin";

/** Source: the Fetch standard, "CORS protocol"; cookies stay out. */
async function openTo(origin: string, c: Context, next: Next): Promise<Response | undefined> {
  // A refusal has them from before, and what a route answers by itself from after.
  const mark = (headers: Pick<Headers, "set">) => {
    headers.set("access-control-allow-origin", origin);
    headers.set("access-control-expose-headers", TOLD);
  };
  mark({ set: c.header });
  c.header("vary", "Origin");
  // A browser would send it along to write where it may not read; who asks here shows a key.
  c.req.raw.headers.delete("cookie");
  if (c.req.method !== "OPTIONS") {
    await next();
    mark(c.res.headers);
    if (!/\borigin\b/i.test(c.res.headers.get("vary") ?? ""))
      c.res.headers.append("vary", "Origin");
    return undefined;
  }
  c.header("access-control-allow-methods", "GET, POST");
  const wanted = c.req.header("access-control-request-headers") ?? "";
  c.header("access-control-allow-headers", wanted.replace(/[^\w, -]/g, ""));
  if (c.req.header("access-control-request-private-network")) {
    c.header("access-control-allow-private-network", "true");
  }
  return c.body(null, 204);
}

function forbidden(source: string, byOrigin: boolean): CharlaError {
  const params = { source };
  if (byOrigin) {
    return new CharlaError("forbidden_page", {
      status: 403,
      message: "Pages and extensions of {source} may not ask Charla.",
      hint: "Open Charla by the address that it prints; its operator can allow others with CHARLA_ORIGINS.",
      params,
    });
  }
  return new CharlaError("forbidden_origin", {
    status: 403,
    message: "Requests from {source} are not accepted.",
    hint: "Open Charla by the address that it prints when it starts.",
    params,
  });
}

/**
 * Without an origin: a program, this page's own reading, a link that somebody follows. An image, a
 * script or a frame of another site is none of them.
 */
function unforced(request: { method: string; header(name: string): string | undefined }): boolean {
  const site = request.header("sec-fetch-site");
  if (site === undefined || site === "same-origin" || site === "none") return true;
  const link = request.header("sec-fetch-mode") === "navigate";
  const tab = request.header("sec-fetch-dest") === "document";
  return link && tab && (request.method === "GET" || request.method === "HEAD");
}
