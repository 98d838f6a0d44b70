/**
 * The request that a piece of work belongs to, from its first header to the last byte of its
 * answer: its id, which also the log and the response carry, and whether it comes from this
 * machine. What runs on after the response (an answer in a conversation) still belongs to it.
 */
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { Timings } from "../core/extras.ts";
import type { Asking } from "../core/feature.ts";
import { AI_HEADER, disclosure } from "../core/label.ts";
import { listOf, networkOf, reachOf, within } from "../net/addresses.ts";
import { clientAddress } from "../net/client.ts";
import { ofRequest } from "./current.ts";
import { POUR_BOUNDS, pour } from "./pour.ts";

const HEADER = "x-request-id";
/** What `core/http.ts` takes over as well; anything else could forge a line of a log. */
const SANE = /^[\w\-=]{1,255}$/;
/** What proxies add; the socket is then the proxy's. */
const FORWARDED = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/** How a request has come. */
interface Came extends HttpBindings {
  /** The other end of the connection where another server of this Charla has taken it, and forwarded it. */
  readonly peer?: string;
}

const NO_PROXIES = listOf([]);

/**
 * Puts the request around everything that is done for it.
 *
 * @param record gets one entry when the answer has ended, or its client has left
 * @param proxies whose word on the client is taken
 * @param bounds how long a stream may stay unread
 */
export function withRequests(
  app: Pick<Hono, "fetch">,
  record?: (entry: object) => void,
  proxies = NO_PROXIES,
  bounds = POUR_BOUNDS,
): Pick<Hono, "fetch"> {
  return {
    async fetch(request, env) {
      const given = request.headers.get(HEADER) ?? "";
      const id = SANE.test(given) ? given : randomUUID();
      const { incoming, outgoing, peer } = env as Came;
      const socket = peer ?? incoming.socket.remoteAddress;
      const current: Asking = {
        id,
        // Looked up only where it matters.
        get local() {
          const proxy = within(proxies, socket ?? "");
          const told = FORWARDED.some((name) => request.headers.has(name));
          return reachOf(socket ?? "") === "loopback" && !proxy && !told;
        },
        get address() {
          return clientAddress(socket, request.headers.get("x-forwarded-for"), proxies);
        },
        get network() {
          return networkOf(this.address);
        },
      };
      if (record) {
        const began = performance.now();
        outgoing.once("close", () =>
          record({
            event: "request",
            level: outgoing.statusCode < 500 ? "info" : "error",
            request: id,
            method: request.method,
            // Without the query, which may hold what somebody searches for.
            path: new URL(request.url).pathname,
            status: outgoing.statusCode,
            left: !outgoing.writableFinished,
            ms: round(performance.now() - began),
          }),
        );
      }
      const response = await ofRequest(current, () => app.fetch(request, env));
      response.headers.set(HEADER, id);
      const { timings, model } = current;
      if (model !== undefined && response.ok) response.headers.set(AI_HEADER, disclosure(model));
      if (timings) response.headers.set("server-timing", serverTiming(timings));
      return pour(response, outgoing as ServerResponse, bounds);
    },
  };
}

/** Source: W3C, "Server Timing". Milliseconds. */
function serverTiming({ queueMs, prefillMs, decodeMs }: Timings): string {
  const parts = Object.entries({ queue: queueMs, prefill: prefillMs, decode: decodeMs });
  return parts.map(([name, ms]) => `${name};dur=${round(ms)}`).join(", ");
}

const round = (ms: number) => Math.round(ms * 10) / 10;
