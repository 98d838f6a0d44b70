/** The pure rules: when to start again, whom to suspect, and what a reader may leave unread. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TokenLogprob } from "../../../../src/core/extras.ts";
import { Gone } from "../../../../src/engines/llama/service/channel.ts";
import { Comparison } from "../../../../src/engines/llama/service/comparison.ts";
import { mostBatchMs } from "../../../../src/engines/llama/service/heartbeat.ts";
import { Mailbox } from "../../../../src/engines/llama/service/mailbox.ts";
import { Restarts } from "../../../../src/engines/llama/service/restarts.ts";
import { Quarantine, Suspicion } from "../../../../src/engines/llama/service/suspects.ts";

describe("restarts", () => {
  it("come at once, then later and later, and then stop for a while, longer each time", () => {
    const restarts = new Restarts();
    const verdicts = Array.from({ length: 8 }, () => restarts.died(0));
    const pauses = verdicts.map((one) => (one.giveUp ? one.until : one.pauseMs));
    expect(pauses).toEqual([0, 500, 1000, 2000, 4000, 60_000, 120_000, 240_000]);
    expect(verdicts.map(({ giveUp }) => giveUp).indexOf(true)).toBe(5);
  });

  it("begin afresh after an answer that ended well", () => {
    const restarts = new Restarts();
    for (let death = 0; death < 4; death++) restarts.died(0);
    restarts.answered();
    expect(restarts.died(0)).toEqual({ giveUp: false, pauseMs: 0 });
  });

  it("are never more than 20 in ten minutes, whatever ends well in between", () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ died: fc.constant(true), after: fc.nat(30_000) }),
        fc.record({ died: fc.constant(false), after: fc.nat(30_000) }),
      ),
      { minLength: 50, maxLength: 300 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const restarts = new Restarts();
        let now = 0;
        let starts: number[] = [];
        for (const { died, after } of list) {
          now += after;
          if (!died) restarts.answered();
          else {
            const verdict = restarts.died(now);
            if (verdict.giveUp) expect(verdict.until).toBeGreaterThan(now);
            if (verdict.giveUp) starts = [];
            else starts.push(now);
          }
          starts = starts.filter((time) => now - time < 600_000);
          expect(starts.length).toBeLessThan(20);
        }
      }),
    );
  });
});

describe("a batch", () => {
  it("may take long while nothing is known, and then no longer than its kind", () => {
    const most = (longestBatchMs: number) => mostBatchMs({ longestBatchMs }, 10_000);
    expect(most(0)).toBe(300_000);
    expect(most(50)).toBe(20_000);
    expect(most(4000)).toBe(40_000);
    expect(most(90_000)).toBe(300_000);
  });
});

describe("suspicion", () => {
  it("falls on one that was alone when the process died, twice", () => {
    const suspicion = new Suspicion();
    suspicion.saw(new Gone("SIGKILL", 1));
    expect(suspicion.guilty).toBe(false);
    suspicion.saw(new Gone("SIGKILL", 1));
    expect(suspicion.guilty).toBe(true);
  });

  it("never falls on one that always had company, but puts it apart", () => {
    const suspicion = new Suspicion();
    for (let death = 0; death < 5; death++) suspicion.saw(new Gone("SIGKILL", 2));
    expect(suspicion).toMatchObject({ guilty: false, apart: true });
  });
});

describe("quarantine", () => {
  const never = new AbortController().signal;

  it("is left by one who waits and is not wanted any more, and holds up nobody for it", async () => {
    const quarantine = new Quarantine();
    await quarantine.enter(false, never);
    const controller = new AbortController();
    const suspect = quarantine.enter(true, controller.signal);
    const behind = quarantine.enter(false, never);
    controller.abort();
    expect(await suspect).toBe(false);
    expect(await behind).toBe(true);
  });

  it("runs suspects alone, and lets everybody in in the end", async () => {
    const visits = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(visits, async (list) => {
        const quarantine = new Quarantine();
        const inside: boolean[] = [];
        const visit = async (apart: boolean) => {
          await quarantine.enter(apart, never);
          inside.push(apart);
          if (inside.includes(true)) expect(inside).toEqual([true]);
          await new Promise(setImmediate);
          inside.splice(inside.indexOf(apart), 1);
          quarantine.leave();
        };
        await Promise.all(list.map(visit));
        expect(inside).toEqual([]);
      }),
    );
  });
});

describe("an answer that is computed again", () => {
  const toolCall = { id: "call_1", name: "weather", arguments: "{}" };

  it("gives a call that ends in tokens of which only some were given", () => {
    const again = new Comparison([1, 2], "", 0);
    expect(again.add({ text: "", ids: [1, 2, 3], toolCall })).toMatchObject({ ids: [3], toolCall });
    expect(again.over).toBe(true);
  });

  it("gives no part again of a token that had several", () => {
    const parts = [
      { text: "a", ids: [1] },
      { text: "", ids: [2], toolCall },
      { text: "", ids: [], toolCall },
      { text: "b", ids: [] },
    ];
    const again = new Comparison([1, 2], "ab", 2);
    const fresh = parts.map((part) => again.add(part));
    expect(fresh.slice(0, 3)).toEqual([undefined, undefined, undefined]);
    expect(fresh[3]).toEqual({ text: "", ids: [] });
    expect(again.add({ text: "c", ids: [3] })).toEqual({ text: "c", ids: [3] });
  });
});

describe("what is not read", () => {
  const unread = () => ({ bytes: 0 });
  const logprob: TokenLogprob = { id: 1, text: "a", bytes: [97], logprob: -1, top: [] };
  const top = Array.from({ length: 20 }, () => logprob);

  it("is joined, so that an answer takes no more than its text", async () => {
    const left: string[] = [];
    const box = new Mailbox(unread(), () => left.push("left"));
    for (let token = 0; token < 100_000; token++) box.put("word ");
    box.end();
    const pieces = await Array.fromAsync(box);
    expect(pieces).toEqual(["word ".repeat(100_000)]);
    expect(left).toEqual([]);
  });

  it("ends an answer when it takes too much memory, after what is there", async () => {
    const left: string[] = [];
    const box = new Mailbox(unread(), () => left.push("left"));
    for (let token = 0; token < 10_000; token++) {
      box.put({ type: "text", text: "a", tokens: [{ ...logprob, top }] });
    }
    expect(left).toEqual(["left"]);
    let read = 0;
    const reading = async () => {
      for await (const _ of box) read += 1;
    };
    await expect(reading()).rejects.toMatchObject({ code: "reader_too_slow" });
    expect(read).toBeGreaterThan(1000);
    expect(read).toBeLessThan(3000);
  });

  it("does not count what has been read", async () => {
    const box = new Mailbox(unread(), () => {});
    for (let token = 0; token < 10_000; token++) {
      box.put({ type: "text", text: "a", tokens: [{ ...logprob, top }] });
      expect((await box.next()).value).toMatchObject({ text: "a" });
    }
    box.end();
    expect((await box.next()).done).toBe(true);
  });

  it("is bounded for all readers together, and given back by those who leave", async () => {
    const all = { bytes: 0 };
    const boxes = Array.from({ length: 100 }, () => new Mailbox(all, () => {}));
    for (let token = 0; token < 1000; token++) {
      for (const box of boxes) box.put({ type: "text", text: "a", tokens: [{ ...logprob, top }] });
    }
    expect(all.bytes).toBeGreaterThan(60e6);
    expect(all.bytes).toBeLessThan(68e6);
    for (const box of boxes.slice(0, 50)) await box.return();
    for (const box of boxes.slice(50)) await Array.fromAsync(box).catch(() => {});
    expect(all.bytes).toBe(0);
  });

  it("shows only the last place in the queue", async () => {
    const box = new Mailbox(unread(), () => {});
    for (const place of [3, 2, 1]) box.put({ type: "waiting", place });
    box.put("a");
    box.end();
    expect(await Array.fromAsync(box)).toEqual([{ type: "waiting", place: 1 }, "a"]);
  });
});
