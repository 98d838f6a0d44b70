/**
 * Server-sent events: one JSON value each, or a text as it is.
 * Source: WHATWG HTML, section 9.2 "Server-sent events".
 */
import { CharlaError } from "./errors.ts";
import type { Input } from "./route.ts";

/** Proxies and clients give up on silent connections; a comment line keeps them open. */
const HEARTBEAT_MS = 15_000;
/** Most characters of one write; the rest waits until the reader wants more. */
const WRITE = 16_384;

/**
 * Streams events at the reader's pace: those that are there at once, in one write. What the source
 * throws becomes an event `{error}`, since its status can no longer be sent; `return()` of the
 * source is called when the reader goes away.
 *
 * @param events anything that JSON can hold, or texts of one line
 * @param last ends the stream, also after an error
 */
export function eventStream(
  events: AsyncIterable<unknown>,
  log: Input["log"],
  last?: string,
): Response {
  const iterator = events[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout;
  // What has come and was not sent yet; whether the source has ended, or the reader left.
  let [batch, ended, left] = ["", false, false];
  let [tell, goOn] = [() => {}, () => {}];
  async function read() {
    try {
      for (let next = await iterator.next(); !next.done && !left; next = await iterator.next()) {
        batch += format(next.value);
        tell();
        if (batch.length >= WRITE) await new Promise<void>((resolve) => (goOn = resolve));
      }
    } catch (thrown) {
      const error = CharlaError.from(thrown);
      if (error.status >= 500 && !left) log(error.code, thrown);
      batch += format({ error });
    }
    if (last !== undefined) batch += format(last);
    ended = true;
    tell();
  }
  void read();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      heartbeat = setInterval(() => controller.enqueue(encoder.encode(":\n\n")), HEARTBEAT_MS);
    },
    async pull(controller) {
      if (batch === "" && !ended) await new Promise<void>((resolve) => (tell = resolve));
      // Runs when all that has nothing to wait for has run, before any timer or socket.
      if (batch.length < WRITE) await new Promise(process.nextTick);
      if (left) return;
      if (batch !== "") controller.enqueue(encoder.encode(batch));
      batch = "";
      goOn();
      if (!ended) return;
      clearInterval(heartbeat);
      controller.close();
    },
    async cancel() {
      left = true;
      clearInterval(heartbeat);
      await iterator.return?.();
    },
  });
  // nginx would otherwise collect the stream before passing it on.
  const headers = { "cache-control": "no-store", "x-accel-buffering": "no" };
  return new Response(body, { headers: { ...headers, "content-type": "text/event-stream" } });
}

const format = (event: unknown) =>
  `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`;
