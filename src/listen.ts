/**
 * A server on a port, or on the next free one.
 */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { CharlaError } from "./core/errors.ts";

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
): Promise<{ server: Server; port: number }> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  try {
    server.listen(port, host);
    await once(server, "listening");
    return { server, port: (server.address() as AddressInfo).port };
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
    if (attempts > 1) return listen(app, host, port + 1, attempts - 1);
    throw new CharlaError("port_in_use", {
      message: "Port {port} on {host} is taken by another program.",
      hint: "Choose another one with --port, or stop the other program.",
      params: { port, host },
      cause,
    });
  }
}
