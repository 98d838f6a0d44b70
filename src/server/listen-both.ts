/**
 * The same server on a port that speaks HTTP/2 as well, without TLS, as gRPC needs it: what a connection
 * speaks shows in its first bytes. TLS is a proxy's work here as for the other port.
 */
import { once } from "node:events";
import type { Server } from "node:http";
import { createServer as createHttp2, type ServerHttp2Session } from "node:http2";
import { createServer, type Socket } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import { BOUNDS, bind, httpServer, refuse } from "./listen.ts";

/** How every connection of HTTP/2 begins. Source: RFC 9113, section 3.4. */
const PREFACE = "PRI";
/** Requests that a connection may have open. */
const STREAMS = 256;
/** Until a connection on which nothing happens is closed, in milliseconds; clients come back. */
const SILENT_MS = 600_000;

export interface Further {
  readonly port: number;
  /** Has the connections that speak HTTP/1.1. */
  readonly server: Server;
  /** Lets what runs come to its end, and cuts what has not ended after so many milliseconds. */
  close(graceMs: number): Promise<void>;
}

/** @throws CharlaError `port_in_use`, `port_not_allowed` */
export async function listenToBoth(
  app: Pick<Hono, "fetch">,
  host: string,
  wanted: number,
  bounds = BOUNDS,
): Promise<Further> {
  const one = httpServer(app, bounds);
  // It listens by another's port, and watches over its connections' times all the same.
  one.emit("listening");
  const two = createHttp2(
    { settings: { maxConcurrentStreams: STREAMS, maxHeaderListSize: bounds.headerBytes } },
    getRequestListener(withHost(app).fetch, { errorHandler: refuse }),
  );
  const sessions = new Set<ServerHttp2Session>();
  two.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    session.setTimeout(SILENT_MS, () => session.close());
    // A client that breaks the protocol, or its connection: the session ends, and nothing else.
    session.on("error", () => {});
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(bounds.headersMs, () => socket.destroy());
    let head = Buffer.alloc(0);
    const look = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const begins = head.toString("latin1", 0, PREFACE.length);
      if (begins.length < PREFACE.length && PREFACE.startsWith(begins)) return;
      socket.pause();
      socket.off("data", look);
      socket.unshift(head);
      socket.setTimeout(0);
      if (begins === PREFACE) two.emit("connection", socket);
      else if (one.emit("connection", socket)) socket.resume();
    };
    socket.on("data", look);
  });
  server.maxConnections = bounds.connections;
  const port = (await bind(server, host, wanted)) as number;
  return {
    ...{ port, server: one },
    async close(graceMs) {
      const closed = once(server, "close");
      server.close();
      for (const session of sessions) session.close();
      // Connections that fall idle later are looked for again.
      const idle = setInterval(() => one.closeIdleConnections(), 50);
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(cut);
      two.close();
      one.close();
    },
  };
}

/** HTTP/2 names the host in a field of its own; the door looks for it where HTTP/1.1 has it. */
const withHost = (app: Pick<Hono, "fetch">): Pick<Hono, "fetch"> => ({
  fetch(request, env) {
    const { authority } = (env as { incoming: { authority?: string } }).incoming;
    request.headers.set("host", authority ?? "");
    return app.fetch(request, env as HttpBindings);
  },
});
