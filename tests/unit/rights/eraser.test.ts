/** The order of an erasure, what happens when a part of it fails, and what runs by itself. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inTheNameOf } from "../../../src/core/access.ts";
import type { Act } from "../../../src/core/audit.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import type { Feature } from "../../../src/core/feature.ts";
import type { Erased, Periods } from "../../../src/core/rights.ts";
import { rights, rightsPolicy } from "../../../src/features/rights/index.ts";
import { temporaryHome } from "./product.ts";

let home: string;
let happened: string[];
let acts: Act[];

beforeEach(async () => {
  home = await temporaryHome();
  happened = [];
  acts = [];
});
afterEach(() => vi.useRealTimers());

const notes = (name: string, lines: readonly Erased[] = []): Feature => ({
  name,
  rights: {
    async *collect() {},
    async erase(person) {
      happened.push(`${name} ${person}`);
      return lines;
    },
  },
});

function made(others: readonly Feature[], policy = {}, remote?: string): Feature {
  const feature: Feature = rights({
    ...{ home, remote, policy: rightsPolicy.parse(policy), language: "en" },
    features: () => [...others, feature],
    record: async (act) => void acts.push(act),
    scrub: async () => void happened.push("scrub"),
    removeStates: async () => void happened.push("states"),
    atRest: () => Promise.reject(new Error("no commands here")),
    log: (line, error) => happened.push(`${line} ${String(error)}`),
  });
  return feature;
}

/** Calls the route that erases who asks. */
function erase(feature: Feature, person: string): Promise<unknown> {
  const run = async function* () {};
  const engines = {
    get: () => Promise.reject(new Error("no model here")),
    list: async () => [],
    status: () => ({ state: "missing" as const, model: null }),
    close: async () => {},
    forget: async () => void happened.push("engines"),
  };
  const route = feature.routes?.({ run, engines }).find(({ path }) => path === "/api/rights/erase");
  const asker = { id: person, role: "member", via: "session", credential: "s" } as const;
  return inTheNameOf(asker, async () =>
    route?.handle({ body: { confirm: "ERASE" } } as never),
  ) as Promise<unknown>;
}

test("features, engines, files on disk, features once more, then the database's own files", async () => {
  const feature = made([notes("one", [{ what: "a", count: 2 }]), notes("two")]);
  const report = await erase(feature, "ana");
  const order = ["one ana", "two ana", "engines", "states", "one ana", "two ana", "scrub"];
  expect(happened).toEqual(order);
  // Both passes count.
  expect(report).toMatchObject({ person: "ana", erased: [{ what: "a", count: 4 }] });
  expect(acts).toEqual([
    { actor: "ana", act: "person.erasure.begun", subject: "ana" },
    { actor: "ana", act: "person.erased", subject: "ana", details: { a: 4 } },
  ]);
});

test("who may not be erased is not, and no other feature is asked to begin", async () => {
  const refusal = new CharlaError("last_administrator", { message: "x", hint: "y", status: 409 });
  const last: Feature = {
    ...notes("accounts"),
    rights: { ...notes("accounts").rights, mayErase: () => Promise.reject(refusal) } as never,
  };
  await expect(erase(made([notes("one"), last]), "ana")).rejects.toBe(refusal);
  expect(happened).toEqual([]);
  expect(acts).toEqual([]);
});

test("what failed half-way is told, and done at the next start", async () => {
  let broken = true;
  const fragile: Feature = {
    name: "fragile",
    rights: {
      async *collect() {},
      async erase(person) {
        if (broken) throw new Error("the disk is full");
        happened.push(`fragile ${person}`);
        return [];
      },
    },
  };
  await expect(erase(made([notes("one"), fragile]), "ana")).rejects.toThrow("the disk is full");
  happened.length = 0;
  broken = false;
  const next = made([notes("one"), fragile]);
  await next.start?.({} as never);
  await next.stop?.();
  expect(happened).toContain("fragile ana");
  expect(acts.at(-1)).toMatchObject({ actor: "system", act: "person.erased", subject: "ana" });
  happened.length = 0;
  const third = made([notes("one"), fragile]);
  await third.start?.({} as never);
  await third.stop?.();
  expect(happened).toEqual([]);
});

test("from a database of before, those erased since are erased again, and no others", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-01") });
  const feature = made([notes("one")]);
  await erase(feature, "early");
  vi.setSystemTime(new Date("2026-05-01"));
  await erase(feature, "late");
  happened.length = 0;
  await made([notes("one")]).afterRestore?.(new Date("2026-04-01"));
  expect(happened.filter((line) => line.startsWith("one"))).toEqual(["one late", "one late"]);
});

test("while somebody is being erased nothing of theirs is taken, and others are not held up", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow: Feature = {
    name: "slow",
    rights: {
      async *collect() {},
      erase: () => promise.then(() => []),
    },
  };
  const feature = made([slow]);
  const [layer] = feature.layers?.({} as never) ?? [];
  const pass = (person: string) => {
    const asker = { id: person, role: "member", via: "session", credential: "s" } as const;
    return inTheNameOf(asker, async () =>
      layer?.({} as never, async () => void happened.push("in")),
    );
  };
  const erasing = erase(feature, "ana");
  await expect.poll(() => acts.length).toBe(1);
  await expect(pass("ana")).rejects.toMatchObject({ code: "being_erased" });
  await pass("leo");
  expect(happened).toEqual(["in"]);
  resolve();
  await erasing;
  await pass("ana");
});

test("the report says what is elsewhere: backups by the policy's days, and another server", async () => {
  const remote = "https://models.example/v1";
  const kept = { what: "c", count: 3, kept: { why: "rights.kept.audit", until: "2027-01-01" } };
  const feature = made([notes("one", [kept])], { backup_days: 3 }, remote);
  const before = Date.now();
  const report = (await erase(feature, "ana")) as { kept: { until: string }[] };
  expect(report).toMatchObject({
    erased: [],
    kept: [
      // Counted once, though both passes see it.
      { what: "c", count: 3, why: "rights.kept.audit", until: "2027-01-01", place: null },
      { what: "rights.erased.backups", count: null },
      { what: "rights.erased.sent", place: remote },
    ],
  });
  const days = (Date.parse(report.kept[1]?.until ?? "") - before) / 86_400_000;
  expect(days).toBeCloseTo(3, 2);
});

test("what is too old goes at the start, by the policy's periods, and is written down", async () => {
  const told: Periods[] = [];
  const old: Feature = {
    name: "old",
    async expire(periods) {
      told.push(periods);
      return [{ what: "rights.erased.conversations", count: 5 }];
    },
  };
  const policy = { audit_months: 12, unused_chat_days: 90, deleted_chat_minutes: 0 };
  const feature = made([old, { name: "none" }], policy);
  await feature.start?.({} as never);
  await feature.stop?.();
  expect(told).toEqual([{ auditMonths: 12, unusedChatDays: 90, deletedChatMinutes: 0 }]);
  const details = { "rights.erased.conversations": 5 };
  expect(acts).toEqual([{ actor: "system", act: "retention.ran", details }]);
});

test("every day again, and a failure is logged and ends nothing", async () => {
  // Only the daily clock: what is left of an erasure is read from a real file each time.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  let runs = 0;
  const old: Feature = {
    name: "old",
    async expire() {
      runs += 1;
      if (runs === 2) throw new Error("busy");
      return [];
    },
  };
  const feature = made([old]);
  await feature.start?.({} as never);
  for (const run of [2, 3]) {
    vi.advanceTimersByTime(86_400_000);
    await expect.poll(() => runs).toBe(run);
  }
  expect(happened).toEqual(["what is too old stays Error: busy"]);
  await feature.stop?.();
  vi.advanceTimersByTime(2 * 86_400_000);
  expect(vi.getTimerCount()).toBe(0);
});
