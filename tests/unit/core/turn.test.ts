import { expect, test } from "vitest";
import { type Engine, type Engines, only } from "../../../src/core/engine.ts";
import { granting } from "../../../src/core/extras.ts";
import { askEngine, compose, type RunTurn, type Step } from "../../../src/core/turn.ts";
import { DEFAULT_SAMPLING, type Delta, type Turn } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";

const turn = (changes: Partial<Turn> = {}): Turn => ({
  messages: [{ role: "user", content: "hello" }],
  sampling: DEFAULT_SAMPLING,
  origin: "test",
  signal: new AbortController().signal,
  ...changes,
});

const text = async (deltas: AsyncIterable<Delta>) =>
  (await Array.fromAsync(deltas)).map((one) => (one.type === "text" ? one.text : "")).join("");

test("the first step is the outermost: it sees the turn first and the answer last", async () => {
  const seen: string[] = [];
  const step = (name: string): Step =>
    async function* (turn, next) {
      seen.push(`${name} in`);
      yield* next(turn);
      seen.push(`${name} out`);
    };
  const inner: RunTurn = async function* () {
    seen.push("engine");
    yield { type: "text", text: "x" };
  };
  await text(compose([step("a"), step("b")], inner)(turn()));
  expect(seen).toEqual(["a in", "b in", "engine", "b out", "a out"]);
});

test("a step may change the question, the answer, or answer by itself", async () => {
  const shout: Step = async function* (turn, next) {
    for await (const delta of next(turn)) {
      yield delta.type === "text" ? { ...delta, text: delta.text.toUpperCase() } : delta;
    }
  };
  const politely: Step = (turn, next) =>
    next({ ...turn, messages: [{ role: "user", content: "please" }] });
  const refuse: Step = async function* () {
    yield { type: "text", text: "no" };
  };
  const run = (...steps: Step[]) => text(compose(steps, askEngine(only(scripted())))(turn()));
  expect(await run(shout, politely)).toBe("YOU SAID: PLEASE");
  expect(await run(shout, refuse, politely)).toBe("NO");
});

test("an answer: one start, texts, one finish, with counts that agree", async () => {
  const deltas = await Array.fromAsync(askEngine(only(scripted()))(turn()));
  expect(deltas.map(({ type }) => type)).toEqual(["start", "text", "text", "text", "finish"]);
  expect(deltas[0]).toMatchObject({
    start: { promptTokens: 5, estimated: false, droppedMessages: 0 },
  });
  expect(deltas.at(-1)).toMatchObject({
    finish: { reason: "stop", promptTokens: 5, completionTokens: 3 },
  });
});

test("an engine is not asked for what it does not grant", async () => {
  let asked = false;
  const engine: Engine = {
    ...scripted({ reply: () => "yes" }),
    async *generate() {
      asked = true;
      yield { reason: "stop", promptTokens: 1, cachedTokens: 0, completionTokens: 0 };
    },
  };
  const wish = turn({ extras: { logprobs: 2 } });
  await expect(Array.fromAsync(askEngine(granting(only(engine)))(wish))).rejects.toMatchObject({
    code: "not_granted",
    status: 400,
    param: "logprobs",
  });
  expect(asked).toBe(false);
  await Array.fromAsync(askEngine(only({ ...engine, grants: ["logprobs"] }))(wish));
  expect(asked).toBe(true);
});

test("an engine that cannot draw by a key answers without, unless it has to", async () => {
  const engines = granting(only(scripted({ reply: () => "yes" })));
  const ask = (required: boolean) => {
    const extras = { draw: { key: "07".repeat(32), id: "k1", required } };
    return Array.fromAsync(askEngine(engines)(turn({ extras })));
  };
  const finish = (await ask(false)).at(-1);
  expect(finish).toMatchObject({ finish: { reason: "stop" } });
  expect(finish).not.toHaveProperty("finish.made.draw");
  await expect(ask(true)).rejects.toMatchObject({ code: "draw_not_granted", param: "model" });
});

test("a wait is passed on, and is not the first token", async () => {
  const engine: Engine = {
    ...scripted(),
    async *generate() {
      yield { type: "waiting", place: 1 };
      yield { reason: "stop", promptTokens: 1, cachedTokens: 0, completionTokens: 0 };
    },
  };
  const deltas = await Array.fromAsync(askEngine(only(engine))(turn()));
  expect(deltas.map(({ type }) => type)).toEqual(["start", "waiting", "finish"]);
  const finish = deltas.find((one) => one.type === "finish")?.finish;
  expect(finish?.firstTokenMs).toBe(finish?.totalMs);
});

test("what falls out of the window is told before the first token", async () => {
  const messages = Array.from({ length: 41 }, (_, index) => ({
    role: index % 2 ? ("assistant" as const) : ("user" as const),
    content: "some words in a row",
  }));
  const engine = scripted({ contextWindow: 100 });
  const [start] = await Array.fromAsync(askEngine(only(engine))(turn({ messages })));
  expect(start).toMatchObject({ start: { promptTokens: 27, droppedMessages: 38 } });
});

test("the answer never gets more room than the window has", async () => {
  const engine = scripted({ contextWindow: 20, reply: () => "word ".repeat(100) });
  const messages = [{ role: "user" as const, content: "one two three four" }];
  const deltas = await Array.fromAsync(askEngine(only(engine))(turn({ messages })));
  expect(deltas.at(-1)).toMatchObject({
    finish: { reason: "length", promptTokens: 8, completionTokens: 12 },
  });
});

test("a seed is chosen when none is given, and told", async () => {
  const seeds = new Set<number>();
  for (let i = 0; i < 5; i++) {
    for await (const delta of askEngine(only(scripted()))(turn())) {
      if (delta.type === "start") seeds.add(delta.start.seed);
    }
  }
  expect(seeds.size).toBeGreaterThan(1);
  const fixed = turn({ sampling: { ...DEFAULT_SAMPLING, seed: 9 } });
  const [start] = await Array.fromAsync(askEngine(only(scripted()))(fixed));
  expect(start).toMatchObject({ start: { seed: 9 } });
});

test("an engine is told whether the seed was given, and let go at the turn's end", async () => {
  const asked: boolean[] = [];
  const leases: AbortSignal[] = [];
  const engine = scripted();
  const engines: Engines = {
    ...only(engine),
    async get(_, signal) {
      leases.push(signal);
      return {
        ...engine,
        generate(request) {
          asked.push(request.reproducible);
          return engine.generate(request);
        },
      };
    },
  };
  for (const seed of [undefined, 7]) {
    const sampling = { ...DEFAULT_SAMPLING, seed };
    const [start] = await Array.fromAsync(askEngine(engines)(turn({ sampling })));
    expect(start).toMatchObject({ start: { reproducible: seed !== undefined } });
  }
  expect(asked).toEqual([false, true]);
  expect(leases.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test("of an answer of one token there is no speed", async () => {
  const engine = scripted({ reply: () => "Yes", tokenMs: 2 });
  const deltas = await Array.fromAsync(askEngine(only(engine))(turn()));
  expect(deltas.at(-1)).toMatchObject({ finish: { completionTokens: 1, tokensPerSecond: 0 } });
});

test("a turn that is aborted finishes as cancelled, with what was written", async () => {
  const abort = new AbortController();
  const engine = scripted({ tokenMs: 1, reply: () => "la ".repeat(1000) });
  const deltas: Delta[] = [];
  for await (const delta of askEngine(only(engine))(turn({ signal: abort.signal }))) {
    deltas.push(delta);
    if (deltas.length === 4) abort.abort();
  }
  expect(deltas.at(-1)).toMatchObject({ finish: { reason: "cancelled", completionTokens: 3 } });
});

test("one who stops reading stops the engine", async () => {
  let stopped = false;
  const engine: Engine = {
    ...scripted(),
    async *generate() {
      try {
        for (;;) yield "la ";
      } finally {
        stopped = true;
      }
    },
  };
  for await (const delta of askEngine(only(engine))(turn())) if (delta.type === "text") break;
  expect(stopped).toBe(true);
});

test("what the engine throws reaches the one who asks", async () => {
  const engines: Engines = {
    ...only(scripted()),
    get: async () => {
      throw new RangeError("not today");
    },
  };
  await expect(Array.fromAsync(askEngine(engines)(turn()))).rejects.toThrow("not today");
  const silent: Engine = { ...scripted(), async *generate() {} };
  await expect(Array.fromAsync(askEngine(only(silent))(turn()))).rejects.toThrow(TypeError);
});
