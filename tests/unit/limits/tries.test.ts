/** Tries at secrets: how long who is wrong has to wait, on each database. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Attempts } from "../../../src/features/limits/attempts.ts";
import { limits } from "../../../src/features/limits/open.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { serve } from "./server.ts";

beforeEach(
  () => void vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-10T12:00:00Z") }),
);
afterEach(() => void vi.useRealTimers());
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

const database = async () => (await freshDatabase([limits])).db;

/** Seconds to wait after so many wrong tries, or 0. */
async function waitAt(attempts: Attempts, network: string, account?: string): Promise<number> {
  try {
    await attempts.begin(network, account);
    return 0;
  } catch (thrown) {
    return (thrown as { retryAfter: number }).retryAfter;
  }
}

describe("wrong tries", () => {
  test("make the next ones wait, twice as long each time, up to an hour", async () => {
    const attempts = new Attempts(await database(), 3);
    for (let n = 0; n < 3; n++) expect(await waitAt(attempts, "a", "ana")).toBe(0);
    for (const seconds of [1, 2, 4, 8, 16, 32]) {
      // One goes through, and begins the wait for those after it.
      expect(await waitAt(attempts, "a", "ana")).toBe(0);
      expect(await waitAt(attempts, "a", "ana")).toBe(seconds);
      // Who asks meanwhile makes nothing longer.
      expect(await waitAt(attempts, "a", "ana")).toBe(seconds);
      later(seconds);
    }
  });

  test("at one account leave others and other networks alone", async () => {
    const attempts = new Attempts(await database(), 2);
    for (let n = 0; n < 3; n++) await waitAt(attempts, "a", "ana");
    expect(await waitAt(attempts, "a", "ana")).toBeGreaterThan(0);
    expect(await waitAt(attempts, "a", "leo")).toBe(0);
    expect(await waitAt(attempts, "b", "ana")).toBe(0);
  });

  test("at many accounts from one network come to an end", async () => {
    const attempts = new Attempts(await database(), 2);
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) waits.push(await waitAt(attempts, "a", `account ${n}`));
    expect(waits.slice(0, 9)).toEqual(Array(9).fill(0));
    expect(Math.min(...waits.slice(9))).toBeGreaterThan(0);
  });

  test("from many networks at one account slow down, but lock its owner out for a minute at most", async () => {
    const attempts = new Attempts(await database(), 2);
    let longest = 0;
    for (let n = 0; n < 200; n++) {
      const wait = await waitAt(attempts, `network ${n}`, "ana");
      longest = Math.max(longest, wait);
      later(wait);
    }
    expect(longest).toBe(60);
  });

  test("in a burst are let through as many as one after the other", async () => {
    const attempts = new Attempts(await database(), 5);
    const burst = Array.from({ length: 50 }, () => waitAt(attempts, "a", "ana"));
    const through = (await Promise.all(burst)).filter((wait) => wait === 0);
    expect(through.length).toBe(6);
  });

  test("are forgotten when the secret was right, and after a day", async () => {
    const attempts = new Attempts(await database(), 2);
    for (let n = 0; n < 2; n++) await waitAt(attempts, "a", "ana");
    const attempt = await attempts.begin("a", "ana");
    await attempt.right();
    for (let n = 0; n < 2; n++) expect(await waitAt(attempts, "a", "ana")).toBe(0);
    await waitAt(attempts, "a", "ana");
    expect(await waitAt(attempts, "a", "ana")).toBeGreaterThan(0);
    later(86_400);
    expect(await waitAt(attempts, "a", "ana")).toBe(0);
  });

  test("of a network are not forgotten because one account of its own is right", async () => {
    const attempts = new Attempts(await database(), 2);
    let through = 0;
    for (let n = 0; n < 40; n++) {
      if ((await waitAt(attempts, "a", `victim ${n}`)) === 0) through += 1;
      const own = await attempts.begin("a", "mallory").catch(() => undefined);
      await own?.right();
    }
    expect(through).toBeLessThan(12);
  });

  test("are forgiven by no restart", async () => {
    const db = await database();
    for (let n = 0; n < 3; n++) await waitAt(new Attempts(db, 2), "a", "ana");
    expect(await waitAt(new Attempts(db, 2), "a", "ana")).toBeGreaterThan(0);
  });

  test("are counted for an account however its name is written, and its name is not stored", async () => {
    const db = await database();
    const attempts = new Attempts(db, 2);
    for (const name of ["ana@example.org", " ANA@example.org", "ａna@example.org "]) {
      await waitAt(attempts, "a", name);
    }
    expect(await waitAt(attempts, "a", "Ana@Example.org")).toBeGreaterThan(0);
    const rows = await db.selectFrom("limits_try").selectAll().execute();
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain("example");
  });

  test("never let more through than the free ones and one a wait", async () => {
    const db = await database();
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 5, maxLength: 30 }),
        async (pauses) => {
          const attempts = new Attempts(db, 2);
          const network = `round ${round++}`;
          let [through, passed] = [0, 0];
          for (const pause of pauses) {
            if ((await waitAt(attempts, network, network)) === 0) through += 1;
            later(pause);
            passed += pause;
          }
          // After two free ones the n-th needs that 2^(n-1) - 1 seconds have passed.
          expect(through).toBeLessThanOrEqual(2 + Math.floor(Math.log2(passed + 1)) + 1);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("over a server", () => {
  const right = { email: "ana@example.org", password: "right" };
  const wrong = { ...right, password: "wrong" };
  const start = async (tries: number) =>
    serve({ db: (await freshDatabase()).db, policy: { sign_in_tries: tries } });

  test("a right password after too many wrong ones has to wait as well", async () => {
    const { ask } = await start(2);
    const statuses: number[] = [];
    for (const body of [wrong, wrong, wrong, wrong, right]) {
      statuses.push((await ask("anyone", "/api/secret", body)).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    later(1);
    expect((await ask("anyone", "/api/secret", right)).status).toBe(200);
    expect((await ask("anyone", "/api/secret", wrong)).status).toBe(401);
  });

  test("a bug of ours is nobody's wrong try", async () => {
    const { ask } = await start(2);
    for (let n = 0; n < 8; n++) {
      const reply = await ask("anyone", "/api/secret", { ...right, password: "broken" });
      expect(reply.status).toBe(500);
    }
    expect((await ask("anyone", "/api/secret", right)).status).toBe(200);
  });

  test("to be slowed down is no wrong try either", async () => {
    const { ask } = await start(2);
    const slowly = { ...right, password: "slowly" };
    for (let n = 0; n < 8; n++) {
      const reply = await ask("anyone", "/api/secret", slowly);
      expect(((await reply.json()) as { error: { code: string } }).error.code).toBe("slow");
    }
    expect((await ask("anyone", "/api/secret", right)).status).toBe(200);
  });

  test("a burst of guesses gets no further than its free tries", async () => {
    const { ask } = await start(3);
    const burst = Array.from({ length: 40 }, () => ask("anyone", "/api/secret", wrong));
    const statuses = (await Promise.all(burst)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(4);
  });
});
