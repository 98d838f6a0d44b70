/** Which engines are in memory, who waits for whom, and what is given up, as a story of events. */
import { setImmediate as turnOfLoop } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { askEngine } from "../../../src/core/turn.ts";
import type { Delta } from "../../../src/core/types.ts";
import { Loader } from "../../../src/engines/library/loader.ts";
import { scripted } from "../../../src/engines/scripted.ts";

const never = new AbortController().signal;
/** What happened, in order. */
let story: string[];
let loader: Loader;

type Load = (id: string, signal: AbortSignal) => Promise<Engine>;

/** Every model takes 1 of memory, unless `size` says something else. */
function open(load: Load, budget = 1, size = (_id: string) => 1): Loader {
  return new Loader({
    budget,
    size: async (id) => size(id),
    load: async (id, _onProgress, signal) => ({ engine: await load(id, signal) }),
    onChange: () => {},
  });
}

async function load(id: string): Promise<Engine> {
  story.push(`load ${id}`);
  const engine = scripted({ id });
  return {
    ...engine,
    async *generate(request) {
      yield* engine.generate(request);
      story.push(`answer of ${id}`);
    },
    close: async () => void story.push(`close ${id}`),
  };
}

beforeEach(() => {
  story = [];
  loader = open(load);
});

const loads = () => story.flatMap((line) => /^load (.*)/.exec(line)?.slice(1) ?? []);

function generate(engine: Engine, signal = never): AsyncIterator<unknown> {
  const request = {
    messages: [{ role: "user" as const, content: "one two three" }],
    sampling: { temperature: 0, topP: 1, maxTokens: 100, seed: 1 },
    reproducible: false,
    signal,
  };
  return engine.generate(request)[Symbol.asyncIterator]();
}

async function finish(answer: AsyncIterator<unknown>) {
  while (!(await answer.next()).done);
}

test("a change waits for the running answer, and later turns wait for the change", async () => {
  const one = await loader.get("one", never);
  const answer = generate(one);
  await answer.next();
  const two = loader.get("two", never);
  await turnOfLoop();
  const late = loader.get("one", never).then((engine) => finish(generate(engine)));
  await finish(answer);
  expect((await two).card.id).toBe("two");
  await finish(generate(await two));
  await late;
  expect(story).toEqual([
    "load one",
    "answer of one",
    "close one",
    "load two",
    "answer of two",
    "close two",
    "load one",
    "answer of one",
  ]);
});

test("turns of the model that is there do not wait for each other", async () => {
  const one = await loader.get("one", never);
  const [first, second] = [generate(one), generate(one)];
  await first.next();
  await second.next();
  await finish(second);
  await finish(first);
  expect(story).toEqual(["load one", "answer of one", "answer of one"]);
});

test("after its answer an engine is loaded again when another one took its place", async () => {
  const one = await loader.get("one", never);
  await finish(generate(one));
  await loader.load("two", never);
  expect(await one.countTokens([{ role: "user", content: "one two" }])).toBe(6);
  expect(loads()).toEqual(["one", "two", "one"]);
});

/** A whole turn, as the core runs it. */
function turn(model: string, content = "one two three"): AsyncIterator<Delta> {
  const engines = {
    get: (id = "one", signal = never) => loader.get(id, signal),
    list: async () => [],
    status: () => ({ state: "ready" as const, model: null }),
    close: () => loader.close(),
  };
  const messages = [{ role: "user" as const, content }];
  const sampling = { temperature: 0, topP: 1, maxTokens: 100 };
  const deltas = askEngine(engines)({ messages, sampling, model, origin: "test", signal: never });
  return deltas[Symbol.asyncIterator]();
}

test("two turns at once on two models load each model once", async () => {
  await Promise.all([finish(turn("one")), finish(turn("two"))]);
  expect(loads()).toEqual(["one", "two"]);
});

test("a turn that ends without an answer lets go of its model", async () => {
  const tooLong = turn("one", "word ".repeat(9000));
  await expect(tooLong.next()).rejects.toMatchObject({ code: "context_length_exceeded" });
  const left = turn("two");
  expect((await left.next()).value?.type).toBe("start");
  await left.return?.();
  await finish(turn("three"));
  expect(loads()).toEqual(["one", "two", "three"]);
});

test("an answer that waits for its model ends at once when it is told to stop", async () => {
  const held = new AbortController();
  const gone = AbortSignal.abort();
  const one = await loader.get("one", held.signal);
  const two = loader.get("two", never);
  held.abort();
  // Its turn is over, so it stands in line; the answer of "two" goes on meanwhile.
  await two;
  const stop = new AbortController();
  const waiting = generate(one, stop.signal).next();
  stop.abort();
  const nothing = { reason: "stop", promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  expect((await waiting).value).toEqual(nothing);
  expect((await generate(one, gone).next()).value).toEqual(nothing);
  expect(story).toEqual(["load one", "close one", "load two"]);
});

test("a change that nobody waits for any more is not made, and keeps nobody waiting", async () => {
  const one = await loader.get("one", never);
  const answer = generate(one);
  await answer.next();
  const stop = new AbortController();
  const two = loader.get("two", stop.signal);
  const another = loader.get("one", never);
  stop.abort();
  await expect(two).rejects.toMatchObject({ code: "turn_cancelled", status: 499 });
  await finish(generate(await another));
  await finish(answer);
  expect(story).toEqual(["load one", "answer of one", "answer of one"]);
});

describe("a load that hangs", () => {
  const hung = Promise.withResolvers<void>();
  beforeEach(() => {
    loader = open(async (id, signal) => {
      story.push(`load ${id}`);
      if (id !== "hung") return scripted({ id });
      hung.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      story.push("given up");
      throw signal.reason;
    });
  });

  test("is given up when nobody waits for it and another model is wanted", async () => {
    const stop = new AbortController();
    const first = loader.get("hung", stop.signal);
    await hung.promise;
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: "turn_cancelled" });
    // Its model may be asked for again; so far nothing else is.
    expect(loader.progress("hung")).toBe(0);
    expect((await loader.get("two", never)).card.id).toBe("two");
    expect(story).toEqual(["load hung", "given up", "load two"]);
  });

  test("is given up when the last one stops waiting and another model is wanted", async () => {
    const [stop, later] = [new AbortController(), new AbortController()];
    const waiting = [loader.get("hung", stop.signal), loader.get("hung", later.signal)];
    await hung.promise;
    const two = loader.get("two", never);
    stop.abort();
    await expect(waiting[0]).rejects.toMatchObject({ code: "turn_cancelled" });
    expect(story).toEqual(["load hung"]);
    later.abort();
    await expect(waiting[1]).rejects.toMatchObject({ code: "turn_cancelled" });
    expect((await two).card.id).toBe("two");
    expect(story).toEqual(["load hung", "given up", "load two"]);
  });
});

test("an engine that dies in its turn is loaded again behind a change that waits", async () => {
  const stopped = new CharlaError("engine_stopped", { status: 503, message: "", hint: "" });
  let deaths = 0;
  loader = open(async (id) => {
    story.push(`load ${id}`);
    const engine = scripted({ id });
    const countTokens: Engine["countTokens"] = async (messages) => {
      if (id === "one" && deaths++ === 0) throw stopped;
      return engine.countTokens(messages);
    };
    return { ...engine, countTokens };
  });
  const beside = await loader.get("one", never);
  await Promise.all([finish(turn("one")), finish(turn("two"))]);
  expect(loads()).toEqual(["one", "two", "one"]);
  await finish(generate(beside));
});

test("a load that fails leaves the loader fit for the next", async () => {
  let tries = 0;
  loader = open(async (id) => {
    tries += 1;
    if (tries === 1) throw new Error("no memory");
    return scripted({ id });
  });
  await expect(loader.get("one", never)).rejects.toThrow("no memory");
  expect(loader.progress("one")).toBeUndefined();
  expect((await loader.get("two", never)).card.id).toBe("two");
});

test("an engine that dies on every question is given up on after the second", async () => {
  const stopped = new CharlaError("engine_stopped", { status: 503, message: "", hint: "" });
  loader = open(async (id) => {
    story.push(`load ${id}`);
    const countTokens = () => Promise.reject(stopped);
    return { ...scripted({ id }), countTokens };
  });
  const one = await loader.get("one", never);
  await expect(one.countTokens([])).rejects.toBe(stopped);
  expect(story).toEqual(["load one", "load one"]);
  await finish(generate(one));
  expect(story.at(-1)).toBe("load one");
});

test("closing does not wait for turns that never end", async () => {
  await loader.get("one", never);
  const two = loader.get("two", never);
  two.catch(() => {});
  await loader.close();
  await expect(two).rejects.toThrow();
  expect(story).toContain("close one");
});

test("after closing nothing is loaded any more", async () => {
  await loader.get("one", never);
  await loader.close();
  await expect(loader.get("two", never)).rejects.toMatchObject({ code: "turn_cancelled" });
  expect(story).toEqual(["load one", "close one"]);
});
