/**
 * Writes a stream of events to its socket: the headers go out with the first events, in one packet,
 * which saves a system call for every answer.
 */
import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

/**
 * How long a reader may take nothing while there is something for it, in milliseconds. Until it is
 * cut, its turn keeps the model in memory, so that another one may have no room. As long as proxies
 * wait for a reader that has stalled: nginx by its `send_timeout`.
 */
export const POUR_BOUNDS = { unreadMs: 60_000 };

/**
 * It is made of what `Response` is where it is loaded: once a server has begun, the adapter's own, which
 * would be written out as empty, unless something of it was read.
 */
void RESPONSE_ALREADY_SENT.body;

/** Anything else is returned as it is, for the adapter to write. */
export function pour(
  response: Response,
  outgoing: ServerResponse,
  { unreadMs } = POUR_BOUNDS,
): Response {
  const { headers, status } = response;
  // The body of any other response is not even looked at, which would make a stream of it.
  if (outgoing.headersSent || headers.get("content-type") !== "text/event-stream") return response;
  const { body } = response;
  if (!body) return response;
  const reader = body.getReader();
  // Streams that have nothing to say yet are open all the same.
  const soon = setImmediate(() => outgoing.flushHeaders());
  let wake = () => {};
  const leave = () => {
    wake();
    reader.cancel().catch(() => {}); // it may have ended already
  };
  outgoing.on("close", leave);
  outgoing.on("error", leave);
  outgoing.on("drain", () => wake());
  outgoing.setHeaders(headers);
  outgoing.statusCode = status;
  const copy = async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      clearImmediate(soon);
      if (outgoing.write(next.value) || outgoing.destroyed) continue;
      const unread = setTimeout(() => outgoing.destroy(), unreadMs).unref();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      clearTimeout(unread);
    }
    clearImmediate(soon);
    outgoing.end();
  };
  copy().catch((error: Error) => outgoing.destroy(error));
  return RESPONSE_ALREADY_SENT;
}
