/**
 * Server-sent events: one JSON value each, or a text as it is.
 * Source: WHATWG HTML, section 9.2 "Server-sent events".
 */

/** Proxies and clients give up on silent connections; a comment line keeps them open. */
const HEARTBEAT_MS = 15_000;

/**
 * Streams events at the reader's pace; `return()` of the iterable is called when it goes away.
 *
 * @param events anything that JSON can hold, or texts of one line
 */
export function eventStream(events: AsyncIterable<unknown>): Response {
  const iterator = events[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      heartbeat = setInterval(() => controller.enqueue(encoder.encode(":\n\n")), HEARTBEAT_MS);
    },
    async pull(controller) {
      const next = await iterator.next().catch((thrown: unknown) => ({ thrown }));
      if (!("thrown" in next) && !next.done)
        return controller.enqueue(encoder.encode(format(next.value)));
      clearInterval(heartbeat);
      if ("thrown" in next) throw next.thrown;
      controller.close();
    },
    async cancel() {
      clearInterval(heartbeat);
      await iterator.return?.();
    },
  });
  // nginx would otherwise collect the stream before passing it on.
  const headers = { "cache-control": "no-store", "x-accel-buffering": "no" };
  return new Response(body, {
    headers: { ...headers, "content-type": "text/event-stream; charset=utf-8" },
  });
}

function format(event: unknown): string {
  return `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`;
}
