/**
 * Whatever happens to the model process, nobody who waits is lost, and an answer that had begun
 * goes on exactly where it was. The processes are real, and so are the signals; only the model in
 * them is not.
 */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { textOf as expected } from "../../../fixtures/fake-process.ts";
import { fake, PLAN, read, request } from "./engine.ts";

const isText = (piece: unknown) => typeof piece === "string";

describe("a process that dies in mid-answer", () => {
  const REASONS: Readonly<Record<string, RegExp>> = {
    "die 3": /^SIGKILL$/,
    "exit 3": /^exit code 7$/,
    "nonsense 3": /no reply/,
    "stop 3": /^silent for/,
    "deaf 3": /^silent for/,
    "hang 3": /^a batch took/,
  };
  // All at once: what takes time is to notice the silent ones.
  it("whatever it dies of, the answer goes on", () =>
    Promise.all(Object.keys(REASONS).map(goesOn)));

  async function goesOn(fault: string): Promise<void> {
    const { engine, pids, log } = await fake();
    const { text, ending, error } = await read(engine.generate(request(`say 8 ${fault}`)));
    expect(error, fault).toBeUndefined();
    expect(text, fault).toBe(expected(7, 8));
    expect(ending, fault).toMatchObject({ reason: "stop", completionTokens: 8 });
    expect(pids(), fault).toHaveLength(2);
    expect(log().at(-1)).toMatch(/after 3$/);
    expect(engine.load?.().counters).toMatchObject({ restarts: 1, completionTokens: 8 });
    expect(engine.load?.().lastFailure).toMatchObject({ code: "engine_stopped" });
    const cause = engine.load?.().lastFailure?.cause;
    expect(cause).toMatchObject({ message: expect.stringMatching(REASONS[fault] as RegExp) });
  }

  it("is killed from outside with all slots busy and others waiting: all end right", async () => {
    const { engine, pids } = await fake({ tokenMs: 5 });
    const seeds = Array.from({ length: 12 }, (_, seed) => seed);
    let pieces = 0;
    const kill = (piece: unknown) => {
      if (!isText(piece) || ++pieces !== 20) return;
      process.kill(pids().at(-1) as number, "SIGKILL");
    };
    const answers = await Promise.all(
      seeds.map((seed) => read(engine.generate(request("say 20", {}, seed)), kill)),
    );
    for (const [seed, { text, error }] of answers.entries()) {
      expect(error).toBeUndefined();
      expect(text).toBe(expected(seed, 20));
    }
    expect(engine.load?.()).toMatchObject({
      ...{ busy: 0, queued: 0 },
      counters: { restarts: 1, requests: 12, completionTokens: 240, cancelled: 0, refused: 0 },
    });
  });

  it("tells each process whose the answer is, unless all users are one person's", async () => {
    for (const [sharesCaches, user, whose] of [
      [undefined, "ana", " of ana"],
      [false, undefined, " of "],
      [true, "ana", ""],
    ] as const) {
      const { engine, log } = await fake({}, { sharesCaches });
      const asked = request("say 8 die 3", { user });
      expect((await read(engine.generate(asked))).error).toBeUndefined();
      const told = log().filter((line) => line.startsWith("generate"));
      const line = `generate${whose} say 8 die 3 after`;
      expect(told).toEqual([`${line} 0`, `${line} 3`]);
    }
  });

  it("answers a seed from the start again, and gives only what is new", async () => {
    const { engine, log } = await fake();
    const asked = request("say 8 die 3", { reproducible: true });
    const { text, ending, error } = await read(engine.generate(asked));
    expect(error).toBeUndefined();
    expect(text).toBe(expected(7, 8));
    expect(ending?.completionTokens).toBe(8);
    expect(log().at(-1)).toMatch(/after 0 afresh$/);
  });

  it("ends an answer to a seed that comes out differently with an error, and keeps its text", async () => {
    const { engine } = await fake({ unstable: true });
    const asked = request("say 8 die 3", { reproducible: true });
    const { text, error } = await read(engine.generate(asked));
    expect(error).toMatchObject({ code: "engine_stopped", retryable: true });
    expect(text).toBe(expected(8, 3)); // the first process adds one to the seed
  });

  it("asks no process for an answer that had all of its tokens", async () => {
    const { engine } = await fake();
    const sampling = { temperature: 1, topP: 1, maxTokens: 4, seed: 7 };
    const { text, ending } = await read(engine.generate(request("say 9 die 3", { sampling })));
    expect(text).toBe(expected(7, 4));
    expect(ending).toMatchObject({ reason: "length", completionTokens: 4 });
  });

  it("does not run a request again that it has died of twice", async () => {
    const { engine, pids } = await fake();
    const { text, error } = await read(engine.generate(request("say 8 die 3 always")));
    expect(error).toMatchObject({ code: "request_stops_engine", retryable: false });
    expect(text).toBe(expected(7, 3));
    expect(pids()).toHaveLength(2);
    const after = await read(engine.generate(request("say 3")));
    expect(after.text).toBe(expected(7, 3));
  });

  it("finds the guilty one among many, and answers the others", async () => {
    const { engine } = await fake({ tokenMs: 3 });
    const others = [1, 2, 3].map((seed) => read(engine.generate(request("say 30", {}, seed))));
    const bad = await read(engine.generate(request("say 30 die 9 always", {}, 9)));
    expect(bad.error).toMatchObject({ code: "request_stops_engine" });
    for (const [index, { text, error }] of (await Promise.all(others)).entries()) {
      expect(error).toBeUndefined();
      expect(text).toBe(expected(index + 1, 30));
    }
  });

  it("of a text that it tokenises is not asked again and again, and who was beside is answered", async () => {
    const { engine, pids } = await fake({ tokenMs: 20 });
    const beside = read(engine.generate(request("say 20")));
    await expect.poll(() => engine.load?.().counters.completionTokens).toBeGreaterThan(0);
    await expect(engine.tokenize?.("die")).rejects.toMatchObject({ code: "request_stops_engine" });
    expect(await beside).toMatchObject({ error: undefined, text: expected(7, 20) });
    expect(pids().length).toBeLessThan(5);
    expect(await engine.tokenize?.("a")).toEqual([97]);
  });

  it("counts a prompt once, and what a cache had of it, however often it is read", async () => {
    const { engine } = await fake({ cachedTokens: 9 });
    await read(engine.generate(request("say 8 die 3")));
    const counted = () => engine.load?.().counters;
    expect(counted()).toMatchObject({ promptTokens: 10, cachedTokens: 9 });
    const asked = request("say 8 die 3 always");
    expect((await read(engine.generate(asked))).error).toBeDefined();
    const { promptTokens = 0, cachedTokens = 0 } = counted() ?? {};
    expect(promptTokens).toBeGreaterThan(10);
    expect(cachedTokens).toBeLessThanOrEqual(promptTokens);
  });

  it("is spared texts that are much too long", async () => {
    const { engine } = await fake();
    const text = "a".repeat(2_000_001);
    const { signal } = new AbortController();
    const refusal = { code: "text_not_tokenised", status: 400 };
    await expect(engine.tokenize?.(text)).rejects.toMatchObject(refusal);
    await expect(engine.score?.(text, { signal })).rejects.toMatchObject(refusal);
  });

  it("ends at once for one who has left", async () => {
    const { engine, pids } = await fake({ tokenMs: 20 });
    const controller = new AbortController();
    const asked = request("say 100", { signal: controller.signal });
    const { text, ending, error } = await read(engine.generate(asked), () => {
      if (controller.signal.aborted) return;
      process.kill(pids()[0] as number, "SIGSTOP");
      controller.abort();
    });
    expect(error).toBeUndefined();
    expect(text).toBe(expected(7, 1));
    expect(ending).toMatchObject({ reason: "stop", completionTokens: 1 });
  });
});

describe("a process that dies again and again", () => {
  it("while it loads for the first time is not started again", async () => {
    const starting = fake({ dieAtLoad: [1] });
    await expect(starting).rejects.toMatchObject({ code: "engine_stopped", retryable: true });
  });

  it("that refuses its file says why", async () => {
    await expect(fake({ refuse: true })).rejects.toMatchObject({
      code: "engine_failed",
      message: expect.stringContaining("unknown architecture"),
    });
  });

  it("while it loads again is tried until it works, and nobody is lost", async () => {
    const { engine, pids } = await fake({ dieAtLoad: [2, 3] });
    const { text } = await read(engine.generate(request("say 8 die 3")));
    expect(text).toBe(expected(7, 8));
    expect(pids()).toHaveLength(4);
  });

  it("is given up, with a hint and a time, after which the first who ask are answered", async () => {
    const { engine, pids } = await fake({ dieAtLoad: [2, 3, 4, 5, 6] });
    const answers = [1, 2].map((seed) => read(engine.generate(request("say 8 die 3", {}, seed))));
    for (const { error } of await Promise.all(answers)) {
      expect(error).toMatchObject({ code: "engine_given_up", status: 503, retryable: true });
      expect(error).toMatchObject({ retryAfter: 60, params: { deaths: 6 } });
    }
    expect(pids()).toHaveLength(6);
    await expect(engine.countTokens([])).rejects.toMatchObject({ code: "engine_given_up" });
    expect(pids()).toHaveLength(6);
    const now = performance.now.bind(performance);
    const later = vi.spyOn(performance, "now").mockImplementation(() => now() + 61_000);
    onTestFinished(() => later.mockRestore());
    const after = await Promise.all(
      [1, 2].map((seed) => read(engine.generate(request("say 3", {}, seed)))),
    );
    expect(after.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(after.map(({ text }) => text)).toEqual([expected(1, 3), expected(2, 3)]);
    expect(pids()).toHaveLength(7);
  });

  it("can be given up from outside while it loads", async () => {
    const signal = AbortSignal.timeout(50);
    const starting = fake({ loadMs: 10_000 }, { signal });
    await expect(starting).rejects.toMatchObject({ code: "engine_stopped" });
  });
});

describe("a process that is only idle", () => {
  it("and does not answer the heartbeat is replaced", async () => {
    const { engine, pids } = await fake();
    process.kill(pids()[0] as number, "SIGSTOP");
    await expect.poll(() => engine.load?.().counters.restarts).toBe(1);
    expect((await read(engine.generate(request("say 3")))).text).toBe(expected(7, 3));
  });

  it("counts and tokenises over a restart", async () => {
    const { engine, pids } = await fake({ loadMs: 200 });
    process.kill(pids()[0] as number, "SIGKILL");
    expect(await engine.countTokens([{ role: "user", content: "a" }])).toBe(10);
    expect(await engine.tokenize?.("a")).toEqual([97]);
    expect(await engine.detokenize?.([97])).toBe("a");
  });

  it("scores and embeds, and leaves the queue empty", async () => {
    const { engine } = await fake();
    const { signal } = new AbortController();
    expect(await engine.score?.("a", { signal })).toHaveLength(1);
    expect(await engine.embed?.(["a"], signal)).toMatchObject({ promptTokens: 1 });
    expect(engine.load?.()).toMatchObject({ busy: 0, queued: 0 });
  });

  it("saves its states when it is closed, and ends those who wait", async () => {
    const { engine, log } = await fake({ tokenMs: 50 }, { plan: { ...PLAN, slots: 1 } });
    const running = read(engine.generate(request("say 100")));
    const waiting = read(engine.generate(request("say 1")));
    await expect.poll(() => engine.load?.().busy).toBe(1);
    await engine.close();
    expect(log()).toContain("save");
    expect((await running).error).toMatchObject({ code: "engine_stopped" });
    expect((await waiting).error).toMatchObject({ code: "engine_stopped" });
  });
});

describe("a process whose event loop stands still", () => {
  it("is busy and not hung as long as it beats", async () => {
    const { engine, pids } = await fake({}, { patienceMs: 3000 });
    const { text, error } = await read(engine.generate(request("say 4 block 2")));
    expect(error).toBeUndefined();
    expect(text).toBe(expected(7, 4));
    expect(pids()).toHaveLength(1);
  });

  it("is replaced when it stands still for ever", async () => {
    const { engine, pids } = await fake({}, { patienceMs: 500 });
    const { error } = await read(engine.generate(request("say 4 block 2 always")));
    expect(error).toMatchObject({ code: "request_stops_engine" });
    // It stood still in two of them, so it is the request that is at fault.
    expect(pids().length).toBeGreaterThanOrEqual(2);
    expect(await read(engine.generate(request("say 2")))).toMatchObject({ text: expected(7, 2) });
  });
});

it("counts the time to the first token that was computed, though a call comes at its end", async () => {
  const { engine } = await fake({ tokenMs: 20 });
  const { ending, error } = await read(engine.generate(request("say 6 held")));
  expect(error).toBeUndefined();
  // As the process says; the server hears nothing of it until all is written.
  expect(ending?.timings?.prefillMs).toBeCloseTo(1);
  expect(ending?.firstTokenAt).toBeDefined();
});
