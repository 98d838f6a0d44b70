import { beforeEach, expect, test } from "vitest";
import type { Engine } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { Loader } from "../../../src/engines/library/loader.ts";
import { scripted } from "../../../src/engines/scripted.ts";

const never = new AbortController().signal;
/** What happened, in order. */
let story: string[];
let loader: Loader;

beforeEach(() => {
  story = [];
  loader = new Loader({
    load: async (id) => {
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
    },
    onChange: () => {},
  });
});

function generate(engine: Engine): AsyncIterator<unknown> {
  const request = {
    messages: [{ role: "user" as const, content: "one two three" }],
    sampling: { temperature: 0, topP: 1, maxTokens: 100, seed: 1 },
    reproducible: false,
    signal: never,
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
  const late = finish(generate(one));
  await finish(answer);
  expect((await two).card.id).toBe("two");
  await late;
  expect(story).toEqual([
    "load one",
    "answer of one",
    "close one",
    "load two",
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

test("counting loads the model again when another one took its place", async () => {
  const one = await loader.get("one", never);
  await loader.get("two", never);
  expect(await one.countTokens([{ role: "user", content: "one two" }])).toBe(6);
  expect(story).toEqual(["load one", "close one", "load two", "close two", "load one"]);
});

test("a load that fails leaves the loader fit for the next", async () => {
  let tries = 0;
  loader = new Loader({
    load: async (id) => {
      tries += 1;
      if (tries === 1) throw new Error("no memory");
      return scripted({ id });
    },
    onChange: () => {},
  });
  await expect(loader.get("one", never)).rejects.toThrow("no memory");
  expect(loader.loading).toBeUndefined();
  expect((await loader.get("two", never)).card.id).toBe("two");
});

test("an engine that dies on every question is given up on after the second", async () => {
  const stopped = new CharlaError("engine_stopped", { status: 503, message: "", hint: "" });
  loader = new Loader({
    load: async (id) => {
      story.push(`load ${id}`);
      const countTokens = () => Promise.reject(stopped);
      return { ...scripted({ id }), countTokens };
    },
    onChange: () => {},
  });
  const one = await loader.get("one", never);
  await expect(one.countTokens([])).rejects.toBe(stopped);
  expect(story).toEqual(["load one", "load one"]);
  await finish(generate(one));
  expect(story.at(-1)).toBe("load one");
});

test("after closing nothing is loaded any more", async () => {
  await loader.get("one", never);
  await loader.close();
  await expect(loader.get("two", never)).rejects.toThrow();
  expect(story).toEqual(["load one", "close one"]);
});
