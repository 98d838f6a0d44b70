import { createParser, type EventSourceMessage } from "eventsource-parser";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { eventStream } from "../../../src/core/sse.ts";

afterEach(() => vi.useRealTimers());

async function* list(...events: unknown[]): AsyncGenerator<unknown> {
  yield* events;
}

function parse(text: string): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  createParser({ onEvent: (event) => events.push(event) }).feed(text);
  return events;
}

test("events arrive as JSON, and texts as they are", async () => {
  const text = await eventStream(list({ a: 1 }, [], "[DONE]")).text();
  expect(parse(text)).toEqual([
    { id: undefined, event: undefined, data: '{"a":1}' },
    { id: undefined, event: undefined, data: "[]" },
    { id: undefined, event: undefined, data: "[DONE]" },
  ]);
});

test("any text survives as JSON", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "grapheme" })), async (texts) => {
      const text = await eventStream(list(...texts.map((text) => [text]))).text();
      expect(parse(text).map(({ data }) => JSON.parse(data)[0])).toEqual(texts);
    }),
  );
});

test("its headers keep proxies and caches from collecting it", () => {
  const { headers } = eventStream(list());
  expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-accel-buffering")).toBe("no");
});

test("silence is filled with comments, which no reader sees", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* quiet(): AsyncGenerator<unknown> {
    await promise;
    yield 1;
  }
  const body = eventStream(quiet()).text();
  vi.advanceTimersByTime(31_000);
  resolve();
  const text = await body;
  expect(text).toBe(":\n\n:\n\ndata: 1\n\n");
  expect(parse(text)).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("a reader that goes away ends the source and the heartbeat", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  let ended = false;
  async function* endless(): AsyncGenerator<unknown> {
    try {
      for (;;) yield 1;
    } finally {
      ended = true;
    }
  }
  const reader = eventStream(endless()).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  expect(ended).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("a source that throws ends the stream and the heartbeat", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  async function* broken(): AsyncGenerator<unknown> {
    yield 1;
    throw new Error("broken");
  }
  await expect(eventStream(broken()).text()).rejects.toThrow("broken");
  expect(vi.getTimerCount()).toBe(0);
});

test("a slow reader is not run ahead of", async () => {
  let produced = 0;
  async function* eager(): AsyncGenerator<unknown> {
    for (;;) yield ++produced;
  }
  const reader = eventStream(eager()).body?.getReader();
  await reader?.read();
  await new Promise((resolve) => setImmediate(resolve));
  expect(produced).toBeLessThan(5);
  await reader?.cancel();
});
