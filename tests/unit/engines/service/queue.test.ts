/**
 * The queue in front of a process: who waits is told, who leaves makes room, who is refused learns
 * when to come again, and a reader who does not read holds up nobody.
 */
import { describe, expect, it } from "vitest";
import type { Piece } from "../../../../src/core/engine.ts";
import { textOf as expected } from "../../../fixtures/fake-process.ts";
import { fake, PLAN, read, request } from "./engine.ts";

const one = { plan: { ...PLAN, slots: 1 } };
const places = (pieces: readonly Piece[]) =>
  pieces.flatMap((piece) =>
    typeof piece === "object" && "type" in piece && piece.type === "waiting" ? [piece.place] : [],
  );

describe("the queue", () => {
  it("tells each who waits the place, whenever it changes", async () => {
    const { engine } = await fake({ tokenMs: 30 }, one);
    const answers = await Promise.all(
      [0, 1, 2, 3].map((seed) => read(engine.generate(request("say 20", {}, seed)))),
    );
    expect(places(answers[0]?.pieces ?? [])).toEqual([]);
    expect([...new Set(places(answers[3]?.pieces ?? []))]).toEqual([3, 2, 1]);
    for (const [seed, { text, ending }] of answers.entries()) {
      expect(text).toBe(expected(seed, 20));
      expect(ending?.timings).toMatchObject({ queueMs: expect.any(Number) });
    }
    const waits = answers.map(({ ending }) => ending?.timings?.queueMs);
    expect(waits).toEqual(waits.toSorted((a, b) => Number(a) - Number(b)));
  });

  it("takes turns between users", async () => {
    const { engine } = await fake({ tokenMs: 2 }, one);
    const order: string[] = [];
    const asks = ["ana", "ana", "ana", "ana", "bea", "bea"].map(async (user) => {
      await read(engine.generate(request("say 20", { user })));
      order.push(user);
    });
    await Promise.all(asks);
    expect(order.slice(0, 5).filter((user) => user === "bea")).toHaveLength(2);
  });

  it("lets go of one who leaves, wherever it stands", async () => {
    const { engine, log } = await fake({ tokenMs: 20 }, one);
    const controllers = [0, 1, 2].map(() => new AbortController());
    const [running, waiting, last] = controllers.map(({ signal }, seed) =>
      read(engine.generate(request("say 50", { signal }, seed))),
    );
    await expect.poll(() => engine.load?.()).toMatchObject({ busy: 1, queued: 2 });
    controllers[1]?.abort();
    expect(await waiting).toMatchObject({
      ...{ text: "", error: undefined },
      ending: { completionTokens: 0, promptTokens: 0 },
    });
    controllers[0]?.abort();
    expect((await running)?.ending?.completionTokens).toBeLessThan(50);
    expect((await last)?.text).toBe(expected(2, 50));
    expect(log().filter((line) => line.startsWith("generate"))).toHaveLength(2);
    expect(engine.load?.().counters).toMatchObject({ cancelled: 2, requests: 3 });
  });

  it("refuses who comes when it is full, with a time", async () => {
    const { engine } = await fake({ tokenMs: 20 }, { ...one, limits: { queue: 2, userQueue: 1 } });
    const stop = new AbortController();
    const ask = (user: string) =>
      read(engine.generate(request("say 50", { user, signal: stop.signal })));
    const taken = ["ana", "ana", "bea"].map(ask);
    expect((await ask("ana")).error).toMatchObject({ code: "too_many_requests", status: 429 });
    const { error } = await ask("carlos");
    expect(error).toMatchObject({
      code: "queue_full",
      status: 503,
      retryAfter: expect.any(Number),
    });
    expect(engine.load?.().counters.refused).toBe(2);
    stop.abort();
    await Promise.all(taken);
  });

  it("refuses at the end of the longest wait", async () => {
    const { engine } = await fake({ tokenMs: 20 }, { ...one, limits: { waitSeconds: 1 } });
    const stop = new AbortController();
    const running = read(engine.generate(request("say 500", { signal: stop.signal })));
    const { error } = await read(engine.generate(request("say 1")));
    expect(error).toMatchObject({ code: "queue_timeout", status: 503, retryable: true });
    stop.abort();
    await running;
  });

  it("frees the slot of an answer that nobody reads", async () => {
    const { engine } = await fake({}, one);
    const unread = engine.generate(request("say 200"))[Symbol.asyncIterator]();
    expect((await read(engine.generate(request("say 3")))).text).toBe(expected(7, 3));
    const rest = await read({ [Symbol.asyncIterator]: () => unread });
    expect(rest.text).toBe(expected(7, 200));
  });

  it("cancels an answer whose reader has gone", async () => {
    const { engine } = await fake({ tokenMs: 5 }, one);
    for await (const _ of engine.generate(request("say 1000"))) break;
    expect((await read(engine.generate(request("say 3")))).text).toBe(expected(7, 3));
    expect(engine.load?.().counters.cancelled).toBe(1);
  });
});
