/** Tokens by month: what is left, however many ask at once, on each database. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Limits } from "../../../src/features/limits/api.ts";
import { Budget } from "../../../src/features/limits/budget.ts";
import { limits } from "../../../src/features/limits/open.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { serve } from "./server.ts";

const database = async () => (await freshDatabase([limits])).db;
const november = new Date("2026-11-30T23:59:50Z");

describe("a budget", () => {
  test("is never gone beyond, by any number of answers at once", async () => {
    const db = await database();
    let person = 0;
    const answer = fc.record({ wish: fc.integer({ min: 1, max: 60 }), part: fc.nat({ max: 100 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200 }),
        fc.array(answer, { minLength: 1, maxLength: 8 }),
        async (limit, answers) => {
          const budget = new Budget(db, limit);
          const id = `person ${person++}`;
          let written = 0;
          await Promise.all(
            answers.map(async ({ wish, part }) => {
              const share = await budget.open(id, wish).catch(() => undefined);
              if (!share) return;
              expect(share.tokens).toBeLessThanOrEqual(wish);
              const used = Math.floor((share.tokens * part) / 100);
              written += used;
              share.charge(used);
              await share.close();
            }),
          );
          expect(written).toBeLessThanOrEqual(limit);
          expect((await budget.balance(id)).used).toBe(written);
          // All that was kept and not used is there again.
          if (written === limit) return;
          const rest = await budget.open(id, limit);
          expect(rest.tokens).toBe(limit - written);
          await rest.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  test("that is kept for a running answer says so, and one that is spent until when", async () => {
    const budget = new Budget(await database(), 10, () => november);
    const share = await budget.open("ana", 100);
    expect(share.tokens).toBe(10);
    await expect(budget.open("ana", 1)).rejects.toMatchObject({ code: "budget_held" });
    share.charge(10);
    await share.close();
    await expect(budget.open("ana", 1)).rejects.toMatchObject({
      code: "budget_spent",
      retryAfter: 10,
      params: { limit: 10 },
    });
    expect((await budget.open("leo", 5)).tokens).toBe(5);
  });

  test("begins anew with the month in UTC, and is the same after a restart", async () => {
    const db = await database();
    const spend = async (budget: Budget) => {
      const share = await budget.open("ana", 100);
      share.charge(share.tokens);
      await share.close();
    };
    await spend(new Budget(db, 10, () => november));
    const again = new Budget(db, 10, () => november);
    await expect(again.open("ana", 1)).rejects.toMatchObject({ code: "budget_spent" });
    const december = new Budget(db, 10, () => new Date("2026-12-01T00:00:00Z"));
    await spend(december);
    expect(await december.months("ana")).toEqual([
      { month: "2026-11", tokens: 10 },
      { month: "2026-12", tokens: 10 },
    ]);
  });

  test("of 0 is no limit, and is counted all the same", async () => {
    const budget = new Budget(await database(), 0);
    const share = await budget.open("ana", 1e9);
    expect(share.tokens).toBe(1e9);
    share.charge(7);
    await share.close();
    expect(await budget.balance("ana")).toMatchObject({ limit: 0, used: 7 });
  });
});

describe("over a server", () => {
  const script = { reply: () => "one two three four five six", tokenMs: 0 };
  const start = async (monthly: number) => {
    const { db } = await freshDatabase();
    return serve({ db, policy: { tokens_per_month: monthly }, script, now: () => november });
  };
  const budgetOf = async (ask: Awaited<ReturnType<typeof serve>>["ask"], who: string) =>
    ((await (await ask(who, "/api/limits")).json()) as Limits).budget;

  test("an answer is as long as the budget, and what is left is told", async () => {
    const { ask } = await start(8);
    expect(await budgetOf(ask, "ana")).toEqual({
      ...{ limit: 8, used: 0, remaining: 8 },
      resets: "2026-12-01T00:00:00.000Z",
    });
    await (await ask("ana", "/api/chat", {})).text();
    const used = (await budgetOf(ask, "ana"))?.used;
    expect(used).toBeGreaterThan(0);
    await (await ask("ana", "/api/chat", {})).text();
    expect(await budgetOf(ask, "ana")).toMatchObject({ used: 8, remaining: 0 });
    expect(await (await ask("ana", "/api/chat", {})).text()).toContain("budget_spent");
    expect(await budgetOf(ask, "leo")).toMatchObject({ used: 0 });
  });

  test("who is alone here has none", async () => {
    const { ask } = await start(1);
    await (await ask("solo", "/api/chat", {})).text();
    expect(await (await ask("solo", "/api/chat", {})).text()).not.toContain("budget_spent");
    const none = { requests: null, tokens: null, budget: null };
    expect(await (await ask("solo", "/api/limits")).json()).toEqual(none);
  });

  test("an administrator gives one person another budget, which is written down", async () => {
    const { ask, acts } = await start(8);
    const path = "/api/limits/people/ana";
    const give = async (tokens: number | null) => (await ask("root", path, { tokens })).json();
    expect(await give(100)).toEqual({ tokens: 100, limit: 100, used: 0 });
    expect(await budgetOf(ask, "ana")).toMatchObject({ limit: 100 });
    expect(await give(0)).toEqual({ tokens: 0, limit: 0, used: 0 });
    expect(await budgetOf(ask, "ana")).toBeNull();
    expect(await give(null)).toEqual({ tokens: null, limit: 8, used: 0 });
    expect(await (await ask("root", path)).json()).toEqual({ tokens: null, limit: 8, used: 0 });
    expect(acts).toMatchObject([
      { actor: "root", act: "budget.changed", subject: "ana", details: { tokens: 100 } },
      { details: { tokens: 0 } },
      { details: { tokens: "policy" } },
    ]);
  });

  test("what is stored of a person is given out, and erased", async () => {
    const { ask, feature } = await start(8);
    await (await ask("ana", "/api/chat", {})).text();
    const files = await Array.fromAsync(feature.rights?.collect("ana", "en") ?? []);
    expect(files.map(({ path }) => path)).toEqual(["limits/tokens.json"]);
    expect(JSON.parse(String(files[0]?.content))).toMatchObject({ months: [{ month: "2026-11" }] });
    expect(await feature.rights?.erase("ana")).toMatchObject([{ what: "limits", count: 1 }]);
    expect(await feature.rights?.erase("ana")).toMatchObject([{ what: "limits", count: 0 }]);
    expect(await budgetOf(ask, "ana")).toMatchObject({ used: 0 });
  });
});
