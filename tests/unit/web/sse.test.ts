/** Reading server-sent events, however the network cuts them. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { eventStream } from "../../../src/core/sse.ts";
import { readEvents } from "../../../web/src/chat/sse.ts";

async function read(response: Response): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of readEvents(response)) events.push(event);
  return events;
}

test("reads what the server writes", async () => {
  const written = [{ type: "text", text: "á\n\n€ data: 😀" }, { n: 1 }, "text"];
  async function* events() {
    yield* written.map((event) => (typeof event === "string" ? JSON.stringify(event) : event));
  }
  expect(await read(eventStream(events(), () => {}))).toEqual(written);
});

test("gives the same events whatever the chunks, and skips comments", async () => {
  const event = fc.record({ text: fc.string({ unit: "grapheme" }) });
  const cuts = fc.array(fc.nat(200), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.array(event), cuts, async (events, sizes) => {
      const lines = events.map((one) => `:\n\ndata: ${JSON.stringify(one)}\n\n`).join("");
      const bytes = new TextEncoder().encode(lines);
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          let at = 0;
          for (const size of sizes) {
            controller.enqueue(bytes.slice(at, at + size));
            at += size;
          }
          controller.enqueue(bytes.slice(at));
          controller.close();
        },
      });
      expect(await read(new Response(body))).toEqual(events);
    }),
  );
});

test("lets go of the connection when the reader has had enough", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('data: {"n":1}\n\n')),
    cancel() {
      cancelled = true;
    },
  });
  for await (const _event of readEvents(new Response(body))) break;
  expect(cancelled).toBe(true);
});
