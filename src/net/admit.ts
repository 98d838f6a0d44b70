/**
 * The door of the product: which hosts and origins may ask. The clone knows this machine alone;
 * here the public address of the settings is added, and nothing else. There is no CORS: a page of
 * another origin can neither read nor write, whatever it sends along.
 */
import type { MiddlewareHandler } from "hono";
import { CharlaError } from "../core/errors.ts";

export interface DoorOptions {
  /** The address of this machine that is listened on. */
  readonly host: string;
  /** How people reach it, as an origin; a proxy there brings TLS. */
  readonly publicUrl?: string | undefined;
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const ANY_ADDRESS = ["0.0.0.0", "[::]"];
/** A year, in seconds. */
const HSTS_SECONDS = 31_536_000;
/** Nothing of a device is asked for; what a room comes to need is taken out of this list. */
const REFUSED_FEATURES = [
  ...["accelerometer", "autoplay", "camera", "display-capture", "encrypted-media"],
  ...["geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer"],
  ...["microphone", "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"],
];
const PERMISSIONS = REFUSED_FEATURES.map((name) => `${name}=()`).join(", ");

export function admitFrom({ host, publicUrl }: DoorOptions): MiddlewareHandler {
  const own = host.includes(":") ? `[${host}]` : host;
  const names = [...LOOPBACK, own.toLowerCase()].filter((name) => !ANY_ADDRESS.includes(name));
  const publicHost = publicUrl && new URL(publicUrl).host;
  return async (c, next) => {
    if (publicUrl) c.header("strict-transport-security", `max-age=${HSTS_SECONDS}`);
    c.header("permissions-policy", PERMISSIONS);
    const asked = (c.req.header("host") ?? "").toLowerCase();
    // The port of a name of this machine is whichever it has; that of the public address is given.
    const known = asked === publicHost || names.includes(asked.replace(/:\d{1,5}$/, ""));
    const origin = c.req.header("origin");
    if (known && (origin === undefined ? unforced(c.req) : origin === publicUrl || same(origin))) {
      return next();
    }
    throw new CharlaError("forbidden_origin", {
      status: 403,
      message: "Requests from {source} are not accepted.",
      hint: "Open Charla by the address that it prints when it starts.",
      params: { source: origin ?? (asked || "a client without a Host header") },
    });

    /** A page that this server has sent by a name of this machine; TLS is only at the public one. */
    function same(origin: string): boolean {
      return asked !== publicHost && URL.parse(origin)?.host === asked;
    }
  };
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
