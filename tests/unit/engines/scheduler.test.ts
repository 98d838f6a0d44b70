/**
 * The scheduler over a library that only keeps books: who computes what, in which order, beside
 * whom, and that nobody's tokens are ever mixed up, whatever comes and goes.
 */
import fc from "fast-check";

import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ADAPTER, type Job, job, PLAN, range, start, sum } from "./scheduler-books.ts";

describe("the scheduler", () => {
  test("any mix of works: each gets the answer that it would get by itself", async () => {
    const one = fc.record({
      prompt: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 200 }),
      length: fc.integer({ min: 1, max: 20 }),
      alone: fc.boolean(),
      adapted: fc.boolean(),
      draft: fc.array(fc.integer({ min: 0, max: 999 }), { maxLength: 3 }),
      systemTokens: fc.nat(150),
      cancelAfter: fc.option(fc.nat(10)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 12 }), async (list) => {
        const { run, books } = start({ draftTokens: 3 });
        const jobs = list.map(({ prompt, length, alone, adapted, draft, systemTokens }) =>
          job(prompt, length, {
            alone,
            adapter: adapted ? ADAPTER : undefined,
            draft: () => draft,
            systemTokens: Math.min(systemTokens, prompt.length),
          }),
        );
        books.onDecode = (batch) => {
          for (const [at, { cancelAfter }] of list.entries()) {
            if (cancelAfter === batch) jobs[at]?.abort.abort();
          }
        };
        await run(...jobs);
        for (const [at, { length, cancelAfter }] of list.entries()) {
          if (cancelAfter === null) expect(jobs[at]?.answer).toHaveLength(length);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("who writes gets a token with every batch, however long a prompt is read beside it", async () => {
    const { run, books, scheduler } = start();
    const writer = job([1, 2, 3], 40);
    scheduler.add(writer);
    const reader = job(range(10, 600), 1);
    await run(reader);
    await writer.done;
    const shared = books.batches.filter((cells) => new Set(cells.map((c) => c.sequence)).size > 1);
    expect(shared.length).toBeGreaterThan(15);
    const writing = writer.answer.length - 1;
    const apart = books.batches.filter((cells) => cells.some(({ sequence }) => sequence === 0));
    expect(apart.length).toBeGreaterThanOrEqual(writing);
    for (const cells of shared.slice(1)) {
      expect(cells.filter(({ output }) => output).length).toBeGreaterThanOrEqual(1);
    }
  });

  test("prompts that are read together share the batch evenly", async () => {
    const { run, books } = start();
    await run(job(range(0, 160), 1), job(range(1000, 160), 1));
    const [first] = books.batches;
    const share = (sequence: number) => first?.filter((c) => c.sequence === sequence).length;
    expect(first).toHaveLength(PLAN.batchTokens);
    expect(share(0)).toBe(share(1));
  });

  test("what is to be repeatable is computed alone, in the same chunks, and from nothing", async () => {
    const prompt = range(0, 150);
    const chunksOf = async (others: number) => {
      const { run, books } = start({ slots: 3 });
      await run(job(prompt, 2));
      const from = books.batches.length;
      const alone = job(prompt, 5, { alone: true });
      await run(alone, ...range(0, others).map((n) => job(range(n * 500, 90), 9)));
      expect(alone.cached).toBe(0);
      const own = books.batches.slice(from).filter((cells) => cells[0]?.token === prompt[0]);
      expect(own.length).toBeGreaterThan(0);
      const sequence = own[0]?.[0]?.sequence as number;
      const sizes: number[] = [];
      for (const cells of books.batches.slice(from)) {
        if (!cells.some((cell) => cell.sequence === sequence)) continue;
        expect(new Set(cells.map((cell) => cell.sequence)).size).toBe(1);
        sizes.push(cells.length);
      }
      return { sizes: sizes.slice(0, 9), answer: alone.answer };
    };
    const quiet = await chunksOf(0);
    const busy = await chunksOf(2);
    expect(busy.answer).toEqual(quiet.answer);
    expect(busy.sizes.slice(0, quiet.sizes.length)).toEqual(quiet.sizes);
  });

  test("a cancel ends the work before the next batch, also while its prompt is read", async () => {
    const { run, books } = start({ slots: 1 });
    const long = job(range(0, 2000), 5);
    books.onDecode = (batch) => batch === 3 && long.abort.abort();
    await run(long);
    expect(long.answer).toEqual([]);
    expect(books.batches).toHaveLength(3);
    const next = job(range(0, 3), 1);
    await run(next);
    expect(next.answer).toHaveLength(1);
  });

  test("who waits for a slot and is cancelled never gets one", async () => {
    const { run, scheduler } = start({ slots: 1 });
    const first = job([1], 20);
    const second = job([2], 20);
    scheduler.add(first);
    scheduler.add(second);
    second.abort.abort();
    await run(first);
    await second.done;
    expect(second.cached).toBe(-1);
  });

  test("a conversation that goes on is not read again", async () => {
    const { run, books } = start();
    const first = job(range(0, 100), 10);
    await run(first);
    const history = [...first.tokens, ...first.answer];
    const from = books.batches.flat().length;
    const second = job([...history, ...range(2000, 8)], 1);
    await run(second);
    // The last token of the answer was chosen and never computed.
    expect(second.cached).toBe(history.length - 1);
    expect(books.batches.flat().length - from).toBe(9);
  });

  test("more conversations than slots: they come back from the cache", async () => {
    const { run } = start({ slots: 2 });
    const histories = range(0, 6).map((n) => range(n * 1000, 120));
    const restored: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      for (const history of histories) {
        const one = job([...history], 5);
        await run(one);
        if (turn > 0) expect(one.cached).toBeGreaterThanOrEqual(history.length - 10);
        restored.push(one.restored);
        history.push(...one.answer, ...range(9000 + turn * 10, 9));
      }
    }
    expect(restored.slice(6).every((tokens) => tokens > 0)).toBe(true);
  });

  test("what is to be forgotten is neither kept nor gone on with, also while it is used", async () => {
    const { run, books, scheduler, cache } = start({ slots: 2 });
    await run(job(range(0, 100), 3));
    const busy = job(range(500, 100), 40, { systemTokens: 80 });
    const middle = books.batches.length + 6;
    books.onDecode = (batch) => {
      if (batch === middle) void scheduler.between(() => scheduler.forget());
    };
    await run(busy);
    expect([...books.sequences.values()].flat()).toEqual([]);
    expect(scheduler.kvUsedTokens).toBe(0);
    cache.states.length = 0;
    await scheduler.between(() => scheduler.keepAll());
    expect(cache.states).toEqual([]);
    const again = job(range(0, 100), 3);
    await run(again);
    expect(again.cached).toBe(0);
    // And from then on all is as it was.
    const third = job(range(0, 100), 3);
    await run(third);
    expect(third.cached).toBe(99);
  });

  test("the system prompt is kept by itself when it is first read, and once", async () => {
    const { run, cache } = start();
    const system = range(0, 100);
    const chat = (n: number) => job([...system, ...range(n * 100, 40)], 2, { systemTokens: 100 });
    await run(chat(5));
    await run(chat(6), chat(7), chat(8), chat(9));
    const pinned = cache.states.filter((state) => state.pinned);
    expect(pinned.map(({ tokens }) => Array.from(tokens))).toEqual([system]);
    const late = chat(10);
    await run(late);
    expect(late.cached).toBeGreaterThanOrEqual(100);
  });

  test("nobody is told how much of a prompt was computed for somebody else", async () => {
    const secret = range(0, 300);
    for (const adapter of [undefined, ADAPTER]) {
      const { run, cache } = start({ slots: 1 });
      const ask = async (owner: string | undefined, length: number) => {
        const asked = job([...secret.slice(0, length), 7], 2, {
          owner,
          systemTokens: 100,
          adapter,
        });
        await run(asked);
        return asked.cached;
      };
      await ask("ana", 300);
      // First from her slot, then from the cache; what each has had before is each one's own.
      for (const owner of ["bea", "ana2", "", undefined]) expect(await ask(owner, 200)).toBe(0);
      expect(new Set(cache.states.map((state) => state.adapter)).size).toBe(5);
      expect(await ask("ana", 300)).toBe(300);
    }
  });

  test("what was prepared for everybody is found by all, what others have asked by nobody", async () => {
    const { run, scheduler, books, cache } = start();
    const opening = range(0, 90);
    scheduler.prepare(opening);
    await run(job([1, 2], 10)); // long enough for both
    const computed = books.batches.flat().length;
    scheduler.prepare(opening);
    scheduler.prepare(range(0, 20));
    await run(job([1, 2], 1));
    expect(books.batches.flat().length - computed).toBeLessThanOrEqual(2);
    expect(cache.states.filter(({ pinned }) => pinned)).toHaveLength(1);
    const ask = async (owner: string | undefined, words: readonly number[]) => {
      const one = job([...opening, ...words], 2, { owner, systemTokens: opening.length });
      await run(one);
      return one.cached;
    };
    expect(await ask("ana", range(500, 100))).toBe(90);
    expect(await ask("bea", range(500, 100))).toBe(90);
    expect(await ask(undefined, range(500, 100))).toBe(90);
    expect(await ask("ana", range(500, 120))).toBeGreaterThan(150);
    // Nobody has to keep it once more.
    expect(cache.states.filter(({ pinned }) => pinned)).toHaveLength(1);
  });

  test("what fills the context window is not prepared, and does no harm", async () => {
    const { run, scheduler, books, cache } = start({ contextTokens: 80 });
    for (const length of [80, 81, 500]) scheduler.prepare(range(0, length));
    await run(job([1, 2], 3));
    expect(books.batches.flat().length).toBe(4);
    expect(cache.states).toEqual([]);
  });

  test("works of several owners are computed in the same batches", async () => {
    const { run, books } = start();
    const of = (owner: string) => job(range(0, 64), 10, { owner });
    await run(of("ana"), of("bea"), of("carlos"));
    expect(books.batches.every((cells) => new Set(cells.map((c) => c.sequence)).size === 3)).toBe(
      true,
    );
  });

  test("a state that has gone or does not fit costs time, and nothing else", async () => {
    const { run, cache, books } = start({ slots: 1 });
    const history = range(0, 200);
    await run(job(history, 2));
    await run(job(range(5000, 200), 2));
    cache.read = async () => undefined;
    const back = job([...history, 1], 2);
    await run(back);
    expect(back.cached).toBe(0);
    cache.read = async () => ({ tokens: history, bytes: Buffer.alloc(4) });
    books.restore = () => false;
    await run(job(range(6000, 200), 2));
    const again = job([...history, 2], 2);
    await run(again);
    expect(again.cached).toBe(0);
  });

  test("a cancel while a state is fetched ends that work, and nothing else", async () => {
    const { run, cache, scheduler } = start({ slots: 2 });
    const history = range(0, 200);
    await run(job(history, 2), job(range(5000, 200), 2));
    await run(job(range(6000, 200), 2), job(range(7000, 200), 2));
    const read = cache.read;
    const { promise, resolve } = Promise.withResolvers<void>();
    cache.read = async (hit) => {
      await promise;
      return read(hit);
    };
    const back = job([...history, 1], 2);
    const other = job(range(8000, 50), 30);
    scheduler.add(back);
    scheduler.add(other);
    await scheduler.between(() => {});
    back.abort.abort();
    await scheduler.between(() => {});
    resolve();
    await back.done;
    await run();
    await other.done;
    expect(back.answer).toEqual([]);
    expect(other.answer).toHaveLength(30);
    cache.read = async () => {
      throw new Error("the disk is gone");
    };
    const failing = job([...history, 2], 2);
    scheduler.add(failing);
    expect(await failing.done).toMatchObject({ message: "the disk is gone" });
    await run(job([1, 2, 3], 4));
  });

  test("adapters never share a batch, nor what is remembered", async () => {
    const { run, books } = start();
    const prompt = range(0, 100);
    const seen: Array<bigint | undefined> = [];
    books.onDecode = () => seen.push(books.adapter);
    const plain = job(prompt, 4);
    const adapted = job(prompt, 4, { adapter: ADAPTER });
    await run(plain, adapted);
    expect(new Set(seen)).toEqual(new Set([undefined, 5n]));
    for (const cells of books.batches) expect(new Set(cells.map((c) => c.sequence)).size).toBe(1);
    const again = job([...prompt, 1], 1, { adapter: ADAPTER });
    await run(again);
    expect(again.cached).toBeGreaterThanOrEqual(100);
  });

  test("with a good draft it takes fewer batches, with a bad one the same answer", async () => {
    const plain = start();
    const expected = job([1, 2, 3], 30);
    await plain.run(expected);
    const good = start({ draftTokens: 3 });
    const guided: Job = job([1, 2, 3], 30, {
      draft: (count) => expected.answer.slice(guided.answer.length, guided.answer.length + count),
    });
    await good.run(guided);
    expect(guided.answer).toEqual(expected.answer);
    expect(good.books.batches.length).toBeLessThan(plain.books.batches.length / 2);
    const bad = start({ draftTokens: 3 });
    const misled = job([1, 2, 3], 30, { draft: () => [0, 0, 0] });
    await bad.run(misled);
    expect(misled.answer).toEqual(expected.answer);
  });

  test("a score is computed from nothing, whatever is remembered of its text", async () => {
    const { run, cache } = start({ slots: 1 });
    const prompt = range(0, 100);
    await run(job(prompt, 3));
    await run(job(range(500, 100), 3));
    // One beginning is in the slot, the other in the cache.
    expect(cache.states).toHaveLength(1);
    for (const text of [prompt, range(500, 100)]) {
      const seen: number[] = [];
      const work = job(text, 0, {
        outputs: { from: 0 },
        onLogits(logits, position) {
          seen.push(position);
          expect(logits[0]).toBe(sum(text.slice(0, position + 1)));
          return undefined;
        },
      });
      await run(work);
      expect({ cached: work.cached, seen }).toEqual({ cached: 0, seen: range(0, 100) });
    }
  });

  test("a long prompt is cut so small that those who write are not held up", async () => {
    const { run, books, scheduler } = start();
    // Of a machine that reads 200 tokens a second, 20 in the tenth of one that a pause may take.
    Object.defineProperty(scheduler.prefillSpeed, "perSecond", { get: () => 200, set() {} });
    expect(scheduler.briefTokens).toBe(20);
    await run(job([1, 2, 3], 60), job(range(10, 300), 1), job(range(400, 100), 1));
    const beside = books.batches.filter(
      (cells) => cells.some((one) => one.sequence === 0 && one.position > 2) && cells.length > 1,
    );
    expect(beside.length).toBeGreaterThan(10);
    // One token of the writer, two chunks that are rounded up, and a token of who has read all.
    for (const cells of beside) expect(cells.length).toBeLessThanOrEqual(1 + 20 + 1 + 1);
  });

  test("what is to be repeatable is cut alike on every machine, and computed by as many threads", async () => {
    const { run, books } = start({ batchTokens: 512 });
    const draft = () => [0, 0];
    await run(job(range(0, 300), 30, { alone: true, draft }));
    const sizes = books.batches.map(({ length }) => length);
    expect(sizes).toEqual([64, 64, 64, 64, 44, ...Array(29).fill(1)]);
    expect(books.threads).toEqual(sizes.map((size) => (size === 1 ? [1, 1] : [2, 2])));
  });

  test("what a short prompt leaves of its share is the long one's", async () => {
    const { run, books } = start();
    await run(job(range(0, 100), 1), job(range(500, 4), 1));
    expect(books.batches[0]).toHaveLength(32);
    expect(books.batches[0]?.filter(({ sequence }) => sequence === 1)).toHaveLength(4);
  });

  test("a state is fetched where it saves enough, and only then", async () => {
    for (const [length, restored] of [
      [15, 0],
      [16, 16],
    ] as const) {
      const { run, cache } = start();
      const bytes = Buffer.from(Int32Array.from(range(0, length)).buffer);
      const tokens = Int32Array.from(range(0, length));
      cache.states.push({ tokens, bytes, adapter: "", pinned: false });
      const work = job(range(0, 60), 1);
      await run(work);
      expect([work.restored, work.cached]).toEqual([restored, restored]);
    }
  });

  test("what was prepared for everybody is not for who asks with an adapter", async () => {
    const { run, scheduler, cache } = start();
    scheduler.prepare(range(0, 100));
    await expect.poll(() => cache.states.length).toBe(1);
    await run(job(range(700, 200), 1), job(range(1000, 200), 1), job(range(2000, 200), 1));
    const adapted = job(range(0, 120), 1, { adapter: ADAPTER });
    await run(adapted);
    expect(adapted.cached).toBe(0);
    const plain = job(range(0, 120), 1);
    await run(plain);
    expect(plain.cached).toBe(100);
  });

  test("the system prompt of what is to be forgotten is not kept either", async () => {
    const { run, books, scheduler, cache } = start();
    books.onDecode = (batch) => batch === 1 && scheduler.forget();
    await run(job(range(0, 200), 2, { systemTokens: 100 }));
    expect(cache.states).toEqual([]);
  });

  test("nobody guesses ahead where several write", async () => {
    const { run, books } = start({ draftTokens: 3 });
    const draft = () => [0, 0, 0];
    await run(job([1], 20, { draft }), job([2], 20, { draft }));
    const both = books.batches.filter((cells) => new Set(cells.map((c) => c.sequence)).size === 2);
    expect(both.length).toBeGreaterThan(15);
    for (const cells of both) expect(cells).toHaveLength(2);
  });

  test("outputs of every token, for scores", async () => {
    const { run } = start();
    const seen: number[] = [];
    const prompt = range(0, 100);
    const work = job(prompt, 0, {
      outputs: { from: 0 },
      onLogits(_logits, position) {
        seen.push(position);
        return undefined;
      },
    });
    await run(work);
    expect(seen).toEqual(range(0, 100));
  });

  test.each([
    ["quick", 0.01, 32],
    ["slow", 10, 16],
  ])("a %s machine scores in batches that hold nobody up", async (_, tokenMs, size) => {
    const { run, books } = start();
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    books.onDecode = () => {
      now += (books.batches.at(-1)?.length ?? 0) * tokenMs;
    };
    await run(job(range(0, 200), 0, { outputs: { from: 0 }, onLogits: () => undefined }));
    const sizes = books.batches.map(({ length }) => length);
    expect(sizes[0]).toBe(16);
    expect(new Set(sizes.slice(1, -1))).toEqual(new Set([size]));
  });

  test("reads a text in whole batches where there is one slot, so that nobody waits for less", async () => {
    const { run, books } = start({ slots: 1 });
    await run(job(range(0, 200), 0, { outputs: { from: 0 }, onLogits: () => undefined }));
    expect(books.batches.map(({ length }) => length)).toEqual([32, 32, 32, 32, 32, 32, 8]);
  });

  test("outputs from a position on, for the part of a text that counts", async () => {
    const { run } = start();
    const seen: number[] = [];
    const work = job(range(0, 100), 0, {
      outputs: { from: 60 },
      onLogits(_logits, position) {
        seen.push(position);
        return undefined;
      },
    });
    await run(work);
    expect(seen).toEqual(range(60, 40));
  });

  test("what nobody waits for is in no batch with an answer, and goes on behind it", async () => {
    const { run, books, scheduler } = start();
    const patient = job(range(0, 600), 1, { yields: true });
    scheduler.add(patient);
    let writer: ReturnType<typeof job> | undefined;
    books.onDecode = () => {
      if (writer) return;
      writer = job(range(1000, 20), 30);
      scheduler.add(writer);
    };
    await run(patient);
    await writer?.done;
    expect(writer?.answer).toHaveLength(30);
    const shared = books.batches.filter((cells) => new Set(cells.map((c) => c.sequence)).size > 1);
    expect(shared).toEqual([]);
    const order = books.batches.map((cells) => cells[0]?.sequence);
    // It has one batch, then none until the answer is whole.
    expect(order.findLastIndex((sequence) => sequence !== order[0])).toBeGreaterThanOrEqual(30);
    expect(order.slice(1, 31).includes(order[0])).toBe(false);
  });

  test("outputs of an answer that is read, computed in batches as small as those of writing", async () => {
    const { run, books } = start();
    const seen: number[] = [];
    const work = job(range(0, 100), 0, {
      outputs: { before: 40 },
      onLogits(_logits, position) {
        seen.push(position);
        return undefined;
      },
    });
    await run(work);
    expect(seen).toEqual(range(39, 61));
    const sizes = books.batches.map(({ length }) => length);
    expect(sizes.reduce((sum, one) => sum + one, 0)).toBe(100);
    const answering = books.batches.filter(([first]) => (first?.position ?? 0) >= 40);
    expect(answering.length).toBeGreaterThan(1);
    for (const { length } of answering) expect(length).toBeLessThan(32);
  });

  test("and its prompt in small batches as well, where that is wished", async () => {
    const sizesOf = async (slowly: boolean) => {
      const { run, books } = start();
      const seen: number[] = [];
      const outputs = { before: 90, slowly };
      await run(job(range(0, 100), 0, { outputs, onLogits: (_, at) => void seen.push(at) }));
      expect(seen).toEqual(range(89, 11));
      return books.batches.map(({ length }) => length);
    };
    const slow = await sizesOf(true);
    expect(slow.reduce((sum, one) => sum + one, 0)).toBe(100);
    expect(Math.max(...slow)).toBeLessThan(32);
    expect(Math.max(...(await sizesOf(false)))).toBe(32);
  });

  test("what must happen between two batches waits for the one under way", async () => {
    const { books, scheduler } = start();
    const work = job(range(0, 500), 3);
    scheduler.add(work);
    let inside = false;
    const decode = books.decode.bind(books);
    books.decode = async () => {
      inside = true;
      await decode();
      inside = false;
    };
    for (let n = 0; n < 5; n++) expect(await scheduler.between(() => inside)).toBe(false);
    await expect(
      scheduler.between(() => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    await work.done;
  });
});
