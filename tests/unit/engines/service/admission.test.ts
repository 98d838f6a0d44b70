/**
 * Who is computed next: held against what must be true of every run, whatever comes in whatever
 * order. The model of the machine is simple: each step writes a token of every answer that runs.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Admission,
  type Limits,
  type Ticket,
} from "../../../../src/engines/llama/service/admission.ts";

const LIMITS: Limits = { slots: 2, userSlots: 2, queue: 8, userQueue: 4, waitSeconds: 60 };
const SPEEDS = { prefill: 100, decode: 25 };

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

type Event =
  | { type: "enter"; user: string; promptTokens: number; maxTokens: number }
  | { type: "leave"; at: number }
  | { type: "step" }
  | { type: "time"; seconds: number };

const events = fc.array(
  fc.oneof<fc.Arbitrary<Event>[]>(
    fc.record({
      type: fc.constant("enter" as const),
      user: fc.constantFrom("ana", "bea", "carlos"),
      promptTokens: fc.integer({ min: 1, max: 500 }),
      maxTokens: fc.integer({ min: 1, max: 50 }),
    }),
    fc.record({ type: fc.constant("leave" as const), at: fc.nat(20) }),
    fc.constant({ type: "step" as const }),
    fc.record({ type: fc.constant("time" as const), seconds: fc.nat(30) }),
  ),
  { maxLength: 200 },
);

/** Lets answers run to their ends until nobody waits. @returns who started, in order */
function drain(admission: Admission, running: Ticket[]): Ticket[] {
  const started: Ticket[] = [];
  for (let step = 0; step < 100_000 && (admission.waiting > 0 || running.length > 0); step++) {
    for (let next = admission.next(); next; next = admission.next()) {
      started.push(next);
      running.push(next);
    }
    for (const ticket of [...running]) {
      admission.began(ticket, 0);
      admission.wrote(ticket, 1);
      if (ticket.written < ticket.maxTokens) continue;
      admission.leave(ticket);
      running.splice(running.indexOf(ticket), 1);
    }
  }
  return started;
}

describe("admission", () => {
  it("keeps its bounds, its sums and its forecast, and lets everybody in in the end", () => {
    const limits = fc.record({
      slots: fc.integer({ min: 1, max: 4 }),
      userSlots: fc.integer({ min: 1, max: 4 }),
      queue: fc.integer({ min: 1, max: 8 }),
      userQueue: fc.integer({ min: 1, max: 8 }),
      waitSeconds: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(limits, fc.option(fc.constant(SPEEDS)), events, (limits, speeds, list) => {
        const admission = new Admission(limits);
        if (speeds) admission.speeds = speeds;
        const tickets = new Set<Ticket>();
        let now = 0;
        const of = (state: Ticket["state"]) => [...tickets].filter((one) => one.state === state);
        for (const event of list) {
          if (event.type === "enter") {
            const before = [admission.running, admission.waiting];
            try {
              tickets.add(admission.enter(event, now));
            } catch (refusal) {
              expect(refusal).toMatchObject({ retryable: true, retryAfter: expect.any(Number) });
              expect([admission.running, admission.waiting]).toEqual(before);
            }
          }
          if (event.type === "leave") {
            const one = [...tickets][event.at];
            if (one) admission.leave(one);
          }
          if (event.type === "step") for (const one of of("running")) admission.wrote(one, 1);
          if (event.type === "time") {
            now += event.seconds;
            for (const late of admission.expired(now)) {
              expect(now - late.since).toBeGreaterThan(limits.waitSeconds);
            }
          }
          // A refused request may take a place of none; those that wait are in the forecast.
          const line = admission.forecast();
          for (let next = admission.next(); next; next = admission.next()) {
            expect(next.state).toBe("running");
          }
          expect(new Set(line.map(({ ticket }) => ticket)).size).toBe(line.length);
          expect(line.map(({ seconds }) => seconds)).toEqual(
            line.map(({ seconds }) => seconds).toSorted((a, b) => a - b),
          );
          expect(admission.running).toBe(of("running").length);
          expect(admission.waiting).toBe(of("waiting").length);
          expect(admission.running).toBeLessThanOrEqual(limits.slots);
          expect(admission.waiting).toBeLessThanOrEqual(limits.queue);
          for (const user of ["ana", "bea", "carlos"]) {
            const mine = (state: Ticket["state"]) => of(state).filter((one) => one.user === user);
            expect(mine("running").length).toBeLessThanOrEqual(limits.userSlots);
            expect(mine("waiting").length).toBeLessThanOrEqual(limits.userQueue);
          }
        }
        const waiting = of("waiting");
        expect(drain(admission, of("running")).toSorted(byTime)).toEqual(waiting.toSorted(byTime));
        expect([admission.running, admission.waiting]).toEqual([0, 0]);
      }),
    );
  });

  const byTime = (a: Ticket, b: Ticket) => a.since - b.since || a.user.localeCompare(b.user);

  it("takes the user who has had least, and each user's requests in their order", () => {
    fc.assert(
      fc.property(events, (list) => {
        const admission = new Admission({ ...LIMITS, queue: 100, userQueue: 100, slots: 1 });
        const order = new Map<Ticket, number>();
        for (const event of list) {
          if (event.type !== "enter") continue;
          const ticket = admission.enter(event, 0);
          order.set(ticket, order.size);
        }
        const line = admission.forecast().map(({ ticket }) => ticket);
        const first = admission.next();
        expect(first).toBe(line[0]);
        for (const user of ["ana", "bea", "carlos"]) {
          const places = line.filter((one) => one.user === user).map((one) => order.get(one));
          expect(places).toEqual(places.toSorted((a, b) => Number(a) - Number(b)));
        }
      }),
    );
  });

  it("shares the machine evenly between one who asks much and one who asks little", () => {
    const admission = new Admission({ ...LIMITS, slots: 1, queue: 100, userQueue: 100 });
    const had = { greedy: 0, modest: 0 };
    const waiting = { greedy: 0, modest: 0 };
    const enter = (user: "greedy" | "modest") => {
      admission.enter({ user, promptTokens: 10, maxTokens: 20 }, 0);
      waiting[user] += 1;
    };
    for (let round = 0; round < 200; round++) {
      while (waiting.greedy < 40) enter("greedy");
      while (waiting.modest < 2) enter("modest");
      const ticket = admission.next() as Ticket;
      const user = ticket.user as keyof typeof had;
      admission.began(ticket, 0);
      admission.wrote(ticket, 20);
      admission.leave(ticket);
      waiting[user] -= 1;
      had[user] += 20;
    }
    expect(Math.abs(had.greedy - had.modest)).toBeLessThanOrEqual(20);
  });

  it("lets nobody save up: who comes back is level with those who wait", () => {
    const admission = new Admission({ ...LIMITS, slots: 1, queue: 100, userQueue: 100 });
    const run = (ticket: Ticket) => {
      admission.wrote(ticket, 100);
      admission.leave(ticket);
    };
    const enter = (user: string) => admission.enter({ user, promptTokens: 1, maxTokens: 100 }, 0);
    for (let round = 0; round < 20; round++) enter("ana");
    for (let round = 0; round < 10; round++) run(admission.next() as Ticket);
    for (let round = 0; round < 10; round++) enter("bea");
    const next = Array.from({ length: 10 }, () => {
      const ticket = admission.next() as Ticket;
      run(ticket);
      return ticket.user;
    });
    expect(next.filter((user) => user === "bea").length).toBeLessThanOrEqual(6);
    expect(next.filter((user) => user === "bea").length).toBeGreaterThanOrEqual(4);
  });

  it("does not charge what a cache had", () => {
    const admission = new Admission({ ...LIMITS, slots: 1 });
    for (const user of ["computed", "cached", "computed", "cached"]) {
      admission.enter({ user, promptTokens: 1000, maxTokens: 1 }, 0);
    }
    for (let round = 0; round < 2; round++) {
      const ticket = admission.next() as Ticket;
      admission.began(ticket, ticket.user === "cached" ? 990 : 0);
      admission.leave(ticket);
    }
    // The other one came first, but has had more.
    expect(admission.next()?.user).toBe("cached");
  });

  it("computes the wait from the tokens before it, and refuses what is too long at once", () => {
    const admission = new Admission({ ...LIMITS, slots: 1, waitSeconds: 9 });
    admission.speeds = SPEEDS;
    const wish = { user: "ana", promptTokens: 100, maxTokens: 100 };
    admission.enter(wish, 0); // 1 s to read, 4 s to write
    admission.next();
    admission.enter({ ...wish, user: "bea" }, 0);
    expect(admission.forecast()[0]?.seconds).toBeCloseTo(5);
    expect(thrown(() => admission.enter({ ...wish, user: "carlos" }, 0))).toMatchObject({
      ...{ code: "queue_timeout", status: 503, retryAfter: 1, params: { seconds: 10, limit: 9 } },
    });
    expect(admission.waiting).toBe(1);
  });

  it("guesses no answer shorter for texts that were scored, which write nothing", () => {
    const admission = new Admission({ ...LIMITS, slots: 1 });
    admission.speeds = SPEEDS;
    const wish = { promptTokens: 1, maxTokens: 1000 };
    const wait = () => {
      const running = admission.enter(wish, 0);
      admission.next();
      const waiting = admission.enter(wish, 0);
      const seconds = admission.forecast()[0]?.seconds;
      admission.leave(running);
      admission.leave(waiting);
      return seconds;
    };
    const before = wait();
    for (let score = 0; score < 50; score++) {
      const ticket = admission.enter({ promptTokens: 100, maxTokens: 1 }, 0);
      admission.next();
      admission.leave(ticket);
    }
    expect(wait()).toBe(before);
  });

  it("tells a full queue from a user's own share of it", () => {
    const admission = new Admission({ ...LIMITS, slots: 1, queue: 3, userQueue: 2 });
    admission.speeds = SPEEDS;
    const wish = (user: string) => ({ user, promptTokens: 100, maxTokens: 100 });
    admission.enter(wish("ana"), 0);
    admission.next();
    for (const user of ["ana", "ana"]) admission.enter(wish(user), 0);
    expect(thrown(() => admission.enter(wish("ana"), 0))).toMatchObject({
      ...{ code: "too_many_requests", status: 429, retryAfter: 5 },
    });
    admission.enter(wish("bea"), 0);
    expect(thrown(() => admission.enter(wish("carlos"), 0))).toMatchObject({
      ...{ code: "queue_full", status: 503, retryAfter: 5 },
    });
  });

  it("remembers a bounded number of users", () => {
    const admission = new Admission({ ...LIMITS, slots: 1 });
    for (let user = 0; user < 5000; user++) {
      const ticket = admission.enter({ user: `${user}`, promptTokens: 1, maxTokens: 1 }, 0);
      admission.next();
      admission.leave(ticket);
    }
    expect(admission.users).toBeLessThanOrEqual(1001);
  });
});
