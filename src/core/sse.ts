/**
 * Server-sent events, written and read.
 * Source: WHATWG HTML, section 9.2 "Server-sent events".
 */

export interface ServerEvent {
  readonly id?: string | number;
  readonly event?: string;
  /** Sent as JSON, or as it is when it is a string. */
  readonly data: unknown;
}

/** Proxies and clients give up on silent connections; a comment line keeps them open. */
const HEARTBEAT_MS = 15_000;

/** Streams events at the reader's pace; `return()` of the iterable is called when it goes away. */
export function eventStream(events: AsyncIterable<ServerEvent>): Response {
  const iterator = events[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      heartbeat = setInterval(() => controller.enqueue(encoder.encode(":\n\n")), HEARTBEAT_MS);
    },
    async pull(controller) {
      const { done, value } = await iterator.next().catch((thrown) => {
        clearInterval(heartbeat);
        throw thrown;
      });
      if (!done) return controller.enqueue(encoder.encode(format(value)));
      clearInterval(heartbeat);
      controller.close();
    },
    async cancel() {
      clearInterval(heartbeat);
      await iterator.return?.();
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // nginx would otherwise collect the stream before passing it on.
      "x-accel-buffering": "no",
    },
  });
}

function format({ id, event, data }: ServerEvent): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  if (event !== undefined) lines.unshift(`event: ${event}\n`);
  if (id !== undefined) lines.unshift(`id: ${id}\n`);
  return `${lines.join("")}\n`;
}
