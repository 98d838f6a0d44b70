/**
 * Several engines in memory: which stay, which make room, what is never done to one that a turn
 * uses, and what is loaded again because something came after it was loaded.
 */
import { setImmediate as turnOfLoop } from "node:timers/promises";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Engine, Request } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import type { Extras } from "../../../src/core/types.ts";
import { Loader, type LoaderOptions } from "../../../src/engines/library/loader.ts";
import { scripted } from "../../../src/engines/scripted.ts";

const never = new AbortController().signal;
let story: string[];
beforeEach(() => {
  story = [];
});

const SIZES: Record<string, number> = { small: 1, other: 1, third: 1, large: 2, huge: 9 };

function open(options: Partial<LoaderOptions> = {}): Loader {
  return new Loader({
    budget: 2,
    size: async (id) => SIZES[id] ?? 1,
    load: async (id) => {
      story.push(`load ${id}`);
      const close = async () => void story.push(`close ${id}`);
      return { engine: { ...scripted({ id }), close } };
    },
    onChange: () => {},
    ...options,
  });
}

const request = (signal = never, extras?: Extras): Request => ({
  messages: [{ role: "user", content: "one two three" }],
  sampling: { temperature: 0, topP: 1, maxTokens: 100, seed: 1 },
  reproducible: false,
  extras,
  signal,
});

async function answer(engine: Engine, extras?: Extras): Promise<string> {
  const pieces = await Array.fromAsync(engine.generate(request(never, extras)));
  return pieces.filter((piece) => typeof piece === "string").join("");
}

/** A whole turn with nothing but its answer. */
const ask = async (loader: Loader, id: string) => answer(await loader.get(id, never));

describe("within the budget", () => {
  test("models that fit together answer at the same time", async () => {
    const loader = open();
    const answers = await Promise.all(
      ["small", "other"].map(async (id) => {
        const engine = await loader.get(id, never);
        return engine.generate(request())[Symbol.asyncIterator]();
      }),
    );
    // Word by word, by turns.
    for (let word = 0; word < 3; word++) for (const one of answers) await one.next();
    expect(loader.engines.map(({ card }) => card.id).toSorted()).toEqual(["other", "small"]);
    expect(story).toEqual(["load small", "load other"]);
  });

  test("the one used least lately makes room", async () => {
    const loader = open();
    for (const id of ["small", "other", "small", "third", "small"]) await ask(loader, id);
    expect(story).toEqual(["load small", "load other", "close other", "load third"]);
  });

  test("as many go as have to, and no more", async () => {
    const loader = open({ budget: 4 });
    for (const id of ["small", "other", "third", "large"]) await ask(loader, id);
    expect(story.slice(-2)).toEqual(["close small", "load large"]);
  });

  test("one that is in use stays, and an idle one goes in its place", async () => {
    const loader = open();
    const held = await loader.get("small", never);
    await ask(loader, "other");
    await ask(loader, "third");
    expect(story.slice(2)).toEqual(["close other", "load third"]);
    expect(await answer(held)).not.toBe("");
  });

  test("what an engine says that it takes counts for more than what was expected", async () => {
    const loader = open({
      load: async (id) => {
        story.push(`load ${id}`);
        const engine = scripted({ id });
        return { engine: { ...engine, load: () => ({ ...engine.load(), memoryBytes: 2 }) } };
      },
    });
    await ask(loader, "small");
    await ask(loader, "other");
    expect(loader.engines.map(({ card }) => card.id)).toEqual(["other"]);
  });

  test("a model that is too large is loaded when it is alone", async () => {
    const loader = open();
    await ask(loader, "small");
    const other = await loader.get("other", never);
    const huge = ask(loader, "huge");
    await turnOfLoop();
    expect(story).not.toContain("load huge");
    await answer(other);
    expect(await huge).not.toBe("");
    expect(loader.engines.map(({ card }) => card.id)).toEqual(["huge"]);
  });

  test("one is taken out by hand unless it is used or waited for", async () => {
    const loader = open();
    const held = await loader.get("small", never);
    expect(await loader.unload("small")).toBe(false);
    await answer(held);
    expect(await loader.unload("small")).toBe(true);
    expect(story.at(-1)).toBe("close small");
    expect(await loader.unload("small")).toBe(true);
  });
});

describe("in line", () => {
  test("who comes for a model that has to go waits behind the load that needs its place", async () => {
    const loader = open({ budget: 1 });
    const held = await loader.get("small", never);
    const other = ask(loader, "other");
    await turnOfLoop();
    const late = ask(loader, "small");
    await answer(held);
    await Promise.all([other, late]);
    const all = ["load small", "close small", "load other", "close other", "load small"];
    expect(story).toEqual(all);
  });

  test("it gets the model at once when nobody wants its place any more", async () => {
    const loader = open({ budget: 1 });
    const held = await loader.get("small", never);
    const stop = new AbortController();
    const other = loader.get("other", stop.signal);
    await turnOfLoop();
    const late = ask(loader, "small");
    stop.abort();
    await expect(other).rejects.toMatchObject({ code: "turn_cancelled" });
    expect(await late).not.toBe("");
    await answer(held);
    expect(story).toEqual(["load small"]);
  });

  test("who leaves at any moment around the end of a load does not keep the model", async () => {
    for (let moment = 0; moment < 40; moment++) {
      const loader = open({ budget: 1 });
      const stop = new AbortController();
      const asked = loader.get("small", stop.signal).catch(() => {});
      for (let step = 0; step < moment; step++) await Promise.resolve();
      stop.abort();
      await asked;
      await ask(loader, "other");
      expect(loader.engines.map(({ card }) => card.id)).toEqual(["other"]);
    }
  });

  test("progress is told for what is loaded and for what waits, and ends with it", async () => {
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const loader = open({
      load: async (id, onProgress) => {
        onProgress(0.4);
        begun.resolve();
        await go.promise;
        return { engine: scripted({ id }) };
      },
    });
    const asked = [ask(loader, "small"), ask(loader, "other")];
    await begun.promise;
    expect(["small", "other", "third"].map((id) => loader.progress(id))).toEqual([
      0.4,
      0,
      undefined,
    ]);
    go.resolve();
    await Promise.all(asked);
    expect(["small", "other"].map((id) => loader.progress(id))).toEqual([undefined, undefined]);
  });
});

describe("what came later", () => {
  let there: string[];
  let loader: Loader;
  const wish = (adapter: string): Extras => ({ adapter });
  beforeEach(() => {
    there = [];
    loader = open({
      budget: 1,
      load: async (id) => {
        const given = [...there];
        story.push(`load ${id} with ${given}`);
        const close = async () => void story.push(`close ${id}`);
        const engine = scripted({ id, reply: () => `knows ${given}` });
        const outdated = async ({ adapter }: Extras) => {
          if (adapter === undefined || given.includes(adapter)) return false;
          if (there.includes(adapter)) return true;
          throw new CharlaError("adapter_not_found", { status: 404, message: "", hint: "" });
        };
        return { engine: { ...engine, close }, outdated };
      },
    });
  });

  test("is there when it is asked for, and answers that run go on as they began", async () => {
    const before = await loader.get("small", never);
    const running = before.generate(request())[Symbol.asyncIterator]();
    await running.next();
    there.push("pirate");
    const turns = [1, 2].map(async () => answer(await loader.get("small", never), wish("pirate")));
    await turnOfLoop();
    expect(story).toEqual(["load small with "]);
    while (!(await running.next()).done);
    expect(await Promise.all(turns)).toEqual(["knows pirate", "knows pirate"]);
    expect(story).toEqual(["load small with ", "close small", "load small with pirate"]);
    expect(await answer(await loader.get("small", never))).toBe("knows pirate");
  });

  test("is counted with, too", async () => {
    const engine = await loader.get("small", never);
    there.push("pirate");
    await engine.countTokens(request().messages, wish("pirate"));
    expect(await answer(engine, wish("pirate"))).toBe("knows pirate");
    expect(story).toEqual(["load small with ", "close small", "load small with pirate"]);
    await ask(loader, "other");
    expect(story.slice(3)).toEqual(["close small", "load other with pirate"]);
  });

  test("what never came is an error, and the model stays for others", async () => {
    const engine = await loader.get("small", never);
    await expect(answer(engine, wish("pirate"))).rejects.toMatchObject({
      code: "adapter_not_found",
    });
    await ask(loader, "small");
    await ask(loader, "other");
    expect(story).toEqual(["load small with ", "close small", "load other with "]);
  });
});

test("everything that an engine can do is passed on, with what it is given", async () => {
  const seen: unknown[] = [];
  const note =
    <Result>(result: Result) =>
    async (...given: unknown[]) => {
      seen.push(given);
      return result;
    };
  const able = {
    ...scripted(),
    countTokens: note(7),
    tokenize: note([1, 2]),
    detokenize: note("text"),
    score: note([]),
    embed: note({ vectors: [[1]], promptTokens: 1 }),
  } satisfies Engine;
  const loader = open({ load: async () => ({ engine: able }) });
  const engine = await loader.get("small", never);
  expect(await engine.countTokens([], { logprobs: 1 })).toBe(7);
  expect(await engine.tokenize?.("text")).toEqual([1, 2]);
  expect(await engine.detokenize?.([1, 2])).toBe("text");
  expect(await engine.score?.("text", { signal: never, top: 3 })).toEqual([]);
  expect(await engine.embed?.(["text"], never)).toEqual({ vectors: [[1]], promptTokens: 1 });
  const cheap = [
    [[], { logprobs: 1 }],
    ["text", never],
    [[1, 2], never],
  ];
  expect(seen).toEqual([...cheap, ["text", { signal: never, top: 3 }], [["text"], never]]);
  expect(engine.load?.()).toEqual(able.load());
  expect(engine.grants).toEqual(able.grants);
  const plain = open({ load: async () => ({ engine: bare }) });
  const { tokenize, score, embed } = await plain.get("small", never);
  expect([tokenize, score, embed]).toEqual([undefined, undefined, undefined]);
});

const { card, exactCount, countTokens, generate, close } = scripted();
const bare: Engine = { card, exactCount, countTokens, generate, close };

test("an engine that gets up again by itself is not taken for dead", async () => {
  const stopped = new CharlaError("engine_stopped", { status: 503, message: "", hint: "" });
  const loader = open({
    load: async (id) => {
      story.push(`load ${id}`);
      const countTokens = () => Promise.reject(stopped);
      return { engine: { ...scripted({ id }), countTokens, alive: () => true } };
    },
  });
  const engine = await loader.get("small", never);
  await expect(engine.countTokens([])).rejects.toBe(stopped);
  await answer(engine);
  expect(story).toEqual(["load small"]);
});

interface Asked {
  readonly model: string;
  /** Turns of the event loop before it asks, and before it stops. */
  readonly after: number;
  readonly stopAt: number | undefined;
  readonly words: number;
  readonly fails: boolean;
}

test("whatever turns do, the budget holds, no engine in use is closed, and all are served", async () => {
  const turn: fc.Arbitrary<Asked> = fc.record({
    model: fc.constantFrom("small", "other", "third", "large", "huge"),
    after: fc.nat(12),
    words: fc.nat(6),
    stopAt: fc.option(fc.nat(15), { nil: undefined }),
    fails: fc.boolean(),
  });
  const run = async (turns: readonly Asked[], budget: number) => {
    const inMemory: string[] = [];
    let [loading, most] = [0, 0];
    const loader = open({
      budget,
      load: async (id, _onProgress, signal) => {
        const users = new Set<object>();
        inMemory.push(id);
        most = Math.max(most, ++loading);
        const taken = inMemory.reduce((sum, one) => sum + (SIZES[one] ?? 1), 0);
        expect(taken <= budget || inMemory.length === 1).toBe(true);
        for (let tick = 0; tick < 3 && !signal.aborted; tick++) await turnOfLoop();
        loading -= 1;
        const gone = () => void inMemory.splice(inMemory.indexOf(id), 1);
        if (signal.aborted) {
          gone();
          throw signal.reason;
        }
        return {
          engine: {
            ...scripted({ id }),
            async *generate({ sampling, signal }) {
              const user = {};
              users.add(user);
              try {
                for (let word = 0; word < sampling.maxTokens && !signal.aborted; word++) {
                  await turnOfLoop();
                  yield "word";
                }
                if (sampling.seed === 2) throw new Error("no");
              } finally {
                users.delete(user);
              }
            },
            close: async () => {
              expect(users.size).toBe(0);
              await turnOfLoop();
              gone();
            },
          },
        };
      },
    });
    const ticks = async (count: number) => {
      for (let tick = 0; tick < count; tick++) await turnOfLoop();
    };
    const served = turns.map(async ({ model, after, words, stopAt, fails }) => {
      await ticks(after);
      const stop = new AbortController();
      if (stopAt !== undefined) void ticks(stopAt).then(() => stop.abort());
      using over = new DisposableStack();
      const ended = over.adopt(new AbortController(), (controller) => controller.abort());
      try {
        const engine = await loader.get(model, AbortSignal.any([stop.signal, ended.signal]));
        expect(engine.card.id).toBe(model);
        const asked = { ...request(stop.signal), sampling: { ...request().sampling } };
        Object.assign(asked.sampling, { maxTokens: words, seed: fails ? 2 : 1 });
        for await (const _ of engine.generate(asked));
      } catch (thrown) {
        const expected = fails && (thrown as Error).message === "no";
        if (!expected) expect(thrown).toMatchObject({ code: "turn_cancelled" });
        if (!expected) expect(stop.signal.aborted).toBe(true);
      }
    });
    await Promise.all(served);
    expect(most).toBeLessThanOrEqual(1);
    // Nobody uses anything any more, so everything can be taken out.
    await turnOfLoop();
    const last = await loader.get("huge", never);
    await answer(last);
    expect(inMemory).toEqual(["huge"]);
    await loader.close();
    expect(inMemory).toEqual([]);
  };
  const many = fc.array(turn, { minLength: 1, maxLength: 12 });
  await fc.assert(fc.asyncProperty(many, fc.integer({ min: 1, max: 4 }), run), { numRuns: 300 });
});
