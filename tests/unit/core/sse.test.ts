/** Events on their way to a reader: in what words, in which writes, and how they end. */
import { createParser, type EventSourceMessage } from "eventsource-parser";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import * as sse from "../../../src/core/sse.ts";

afterEach(() => vi.useRealTimers());

const noLog = () => {};
const eventStream = (events: AsyncIterable<unknown>, log = vi.fn(noLog), last?: string) =>
  sse.eventStream(events, log, last);

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
  expect(headers.get("content-type")).toBe("text/event-stream");
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

const failures: ReadonlyArray<readonly [string, unknown, string, number]> = [
  ["a bug is told without its words, which only the log gets", new Error("secret"), "internal", 1],
  [
    "an error that is meant to be read is told as it is",
    new CharlaError("busy", { status: 429, message: "Busy.", hint: "Wait." }),
    "busy",
    0,
  ],
];

test.each(failures)(
  "%s, and the stream ends in good order",
  async (_what, thrown, code, logged) => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    async function* broken(): AsyncGenerator<unknown> {
      yield 1;
      throw thrown;
    }
    const log = vi.fn(noLog);
    const events = parse(await eventStream(broken(), log, "[DONE]").text()).map(({ data }) => data);
    expect(events).toEqual(["1", expect.stringContaining(`"code":"${code}`), "[DONE]"]);
    expect(events[1]).not.toContain("secret");
    expect(log).toHaveBeenCalledTimes(logged);
    expect(vi.getTimerCount()).toBe(0);
  },
);

test("nobody is told, nor the log, when the reader's leaving is what failed", async () => {
  const leaving = Promise.withResolvers<void>();
  async function* source(): AsyncGenerator<unknown> {
    yield 1;
    await leaving.promise;
    throw new Error("aborted");
  }
  const log = vi.fn(noLog);
  const reader = eventStream(source(), log).body?.getReader();
  await reader?.read();
  const left = reader?.cancel();
  leaving.resolve();
  await left;
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).not.toHaveBeenCalled();
});

test("what is there at once is one write, and what comes later does not wait for more", async () => {
  const later = Promise.withResolvers<void>();
  const never = Promise.withResolvers<void>();
  async function* source(): AsyncGenerator<unknown> {
    yield* [1, 2, 3];
    await later.promise;
    yield 4;
    await never.promise;
  }
  const reader = eventStream(source()).body?.getReader();
  const read = async () => new TextDecoder().decode((await reader?.read())?.value);
  expect(await read()).toBe("data: 1\n\ndata: 2\n\ndata: 3\n\n");
  setImmediate(later.resolve);
  expect(await read()).toBe("data: 4\n\n");
  never.resolve();
  await reader?.cancel();
});

test("a slow reader is run ahead of by some kilobytes, and misses nothing", async () => {
  let produced = 0;
  async function* eager(): AsyncGenerator<unknown> {
    while (produced < 20_000) yield ++produced;
  }
  const reader = eventStream(eager()).body?.getReader();
  const pause = () => new Promise((resolve) => setImmediate(resolve));
  let text = "";
  const decoder = new TextDecoder();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    text += decoder.decode(next.value);
    for (let turn = 0; turn < 3; turn++) await pause();
    // One batch lies in the stream, and one is on its way.
    const ahead = (produced - parse(text).length) * "data: 12345\n\n".length;
    expect(ahead).toBeLessThan(3 * 16_384);
  }
  expect(parse(text).map(({ data }) => Number(data))).toEqual(
    Array.from({ length: 20_000 }, (_, index) => index + 1),
  );
});
