/**
 * Writes a stream of events to its socket: the headers go out with the first events, in one packet,
 * which saves a system call for every answer.
 */
import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

/** Anything else is returned as it is, for the adapter to write. */
export function pour(response: Response, outgoing: ServerResponse): Response {
  const { body, headers, status } = response;
  if (!body || outgoing.headersSent || headers.get("content-type") !== "text/event-stream") {
    return response;
  }
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
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    clearImmediate(soon);
    outgoing.end();
  };
  copy().catch((error: Error) => outgoing.destroy(error));
  return RESPONSE_ALREADY_SENT;
}
