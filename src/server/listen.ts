/**
 * A server on a port, or on the next free one. What it takes from clients that are slow, endless or
 * many is bounded here; what they may ask for is decided in the routes.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Server as NetServer } from "node:net";
import { getRequestListener, RequestError } from "@hono/node-server";
import type { Hono } from "hono";
import { CharlaError } from "../core/errors.ts";

/** In milliseconds where it is a time. */
export interface Bounds {
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** To the end of its body: the largest import, 100 MB, over a line of 3 Mbit/s. */
  readonly requestMs: number;
  /** Until a connection that says nothing after an answer is closed. */
  readonly idleMs: number;
  /** How often the clock is looked at. */
  readonly checkMs: number;
  readonly headerBytes: number;
  /** Open at once, from everybody: six streams each for hundreds of people. */
  readonly connections: number;
}

export const BOUNDS: Bounds = {
  headersMs: 15_000,
  requestMs: 300_000,
  idleMs: 10_000,
  checkMs: 5000,
  headerBytes: 16_384,
  connections: 4096,
};

/**
 * Starts to listen and gives the server with its port.
 *
 * @param port 0 for any free one
 * @param attempts how many ports to try, counting up, when one is taken
 * @throws CharlaError `port_in_use`, `port_not_allowed`
 */
export async function listen(
  app: Pick<Hono, "fetch">,
  host: string,
  port: number,
  attempts = 1,
  bounds = BOUNDS,
): Promise<{ server: Server; port: number }> {
  const server = httpServer(app, bounds);
  server.maxConnections = bounds.connections;
  const free = await bind(server, host, port, attempts > 1);
  if (free === undefined) return listen(app, host, port + 1, attempts - 1, bounds);
  return { server, port: free };
}

/** For connections of HTTP/1.1; it listens nowhere yet. */
export function httpServer(app: Pick<Hono, "fetch">, bounds = BOUNDS): Server {
  const options = {
    headersTimeout: bounds.headersMs,
    requestTimeout: bounds.requestMs,
    keepAliveTimeout: bounds.idleMs,
    connectionsCheckingInterval: bounds.checkMs,
    maxHeaderSize: bounds.headerBytes,
  };
  const server = createServer(options, getRequestListener(app.fetch, { errorHandler: refuse }));
  // Beyond its number Node drops headers in silence, such as an Origin; their size bounds them.
  server.maxHeadersCount = 0;
  return server;
}

/**
 * @returns the port; undefined where it is taken and another one may be tried
 * @throws CharlaError `port_in_use`, `port_not_allowed`
 */
export async function bind(
  server: NetServer,
  host: string,
  port: number,
  another = false,
): Promise<number | undefined> {
  try {
    server.listen(port, host);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  } catch (cause) {
    const { code: reason } = cause as NodeJS.ErrnoException;
    if (reason === "EACCES" || reason === "EADDRNOTAVAIL") {
      throw new CharlaError("port_not_allowed", {
        message: "The system does not let Charla listen to port {port} on {host} ({reason}).",
        hint: "Choose a port from 1024 on with --port, and leave --host out.",
        params: { port, host, reason },
        cause,
      });
    }
    if (reason !== "EADDRINUSE") throw cause;
    if (another) return undefined;
    throw new CharlaError("port_in_use", {
      message: "Port {port} on {host} is taken by another program.",
      hint: "Choose another one with --port, or stop the other program.",
      params: { port, host },
      cause,
    });
  }
}

/** What is HTTP and yet no address, such as a host with a blank in it, reaches no route. */
export function refuse(thrown: unknown): Response {
  const unreadable = thrown instanceof RequestError;
  // Without the message, which may quote what somebody has sent.
  if (!unreadable) console.error("listen", String((thrown as Error)?.stack).replace(/^.*?\n/s, ""));
  const error = unreadable ? addressUnreadable(thrown) : CharlaError.from(thrown);
  const headers = { "x-content-type-options": "nosniff" };
  return Response.json({ error }, { status: error.status, headers });
}

function addressUnreadable(cause: RequestError): CharlaError {
  return new CharlaError("address_unreadable", {
    status: 400,
    message: "The request's address or its Host header cannot be read.",
    hint: "Ask for an address such as http://localhost:8080/api/chat, with anything else percent-encoded.",
    cause,
  });
}
