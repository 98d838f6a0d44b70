/** The order of an erasure, what happens when a part of it fails, and what runs by itself. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inTheNameOf } from "../../../src/core/access.ts";
import type { Act } from "../../../src/core/audit.ts";
import { only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import type { Opened } from "../../../src/core/feature.ts";
import type { Erased, Periods } from "../../../src/core/rights.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { rights } from "../../../src/features/rights/open.ts";
import { testHouse } from "../../fixtures/house.ts";
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

const notes = (name: string, lines: readonly Erased[] = []): Opened => ({
  rights: {
    async *collect() {},
    async erase(person) {
      happened.push(`${name} ${person}`);
      return lines;
    },
  },
});

function made(others: readonly Opened[], policy = {}, remote?: string): Opened {
  const house = testHouse({
    settings: { home, remote: remote === undefined ? undefined : { url: remote } },
    policy: { retention: policy },
    engines: { ...only(scripted()), forget: async () => void happened.push("engines") },
    vault: {
      of: () => Promise.reject(new Error("no texts here")),
      destroy: async (person) => void happened.push(`key of ${person}`),
    },
    scrub: async () => void happened.push("scrub"),
    log: (line, error) => happened.push(`${line} ${String(error)}`),
  });
  house.put({ record: async (act) => void acts.push(act) });
  for (const one of others) house.put(one);
  return house.open(rights);
}

/** What a server does with it at its start. */
async function started({ every = [] }: Opened): Promise<void> {
  for (const { run } of every) await run();
}

/** Calls the route that erases who asks. */
async function erase(feature: Opened, person: string): Promise<unknown> {
  const route = feature.routes?.find(({ path }) => path === "/api/rights/erase");
  const asker = { id: person, role: "member", via: "session", credential: "s" } as const;
  const reply = await inTheNameOf(asker, async () =>
    route?.handle({ body: { confirm: "ERASE" } } as never),
  );
  return (reply as Response).json();
}

test("features, engines, features once more, then the key and the database's own files", async () => {
  const feature = made([
    notes("one", [{ what: "a", words: { en: "As", es: "Aes" }, count: 2 }]),
    notes("two"),
  ]);
  const report = await erase(feature, "ana");
  const passes = ["one ana", "two ana", "engines", "one ana", "two ana"];
  // Whoever stores nothing that is sealed destroys no key: the erasure itself does.
  expect(happened).toEqual([...passes, "key of ana", "scrub"]);
  // Both passes count.
  expect(report).toMatchObject({ person: "ana", erased: [{ what: "a", count: 4 }] });
  expect(acts).toEqual([
    { actor: "ana", act: "person.erasure.begun", subject: "ana" },
    { actor: "ana", act: "person.erased", subject: "ana", details: { a: 4 } },
  ]);
});

test("who may not be erased is not, and no other feature is asked to begin", async () => {
  const refusal = new CharlaError("last_administrator", { message: "x", hint: "y", status: 409 });
  const last: Opened = {
    ...notes("accounts"),
    rights: { ...notes("accounts").rights, mayErase: () => Promise.reject(refusal) } as never,
  };
  await expect(erase(made([notes("one"), last]), "ana")).rejects.toBe(refusal);
  expect(happened).toEqual([]);
  expect(acts).toEqual([]);
});

test("what failed half-way is told, and done at the next start", async () => {
  let broken = true;
  const fragile: Opened = {
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
  await started(next);
  expect(happened).toContain("fragile ana");
  expect(acts.at(-1)).toMatchObject({ actor: "system", act: "person.erased", subject: "ana" });
  happened.length = 0;
  const third = made([notes("one"), fragile]);
  await started(third);
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
  const slow: Opened = {
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
  // Nor by who has passed the layer before: an archive that is being erased would be half of one.
  const archive = feature.routes?.find(({ path }) => path === "/api/rights/export");
  const asker = { id: "ana", role: "member", via: "session", credential: "s" } as const;
  const exported = inTheNameOf(asker, async () =>
    archive?.handle({ body: { language: "en" } } as never),
  );
  await expect(exported).rejects.toMatchObject({ code: "being_erased" });
  expect(acts).toHaveLength(1);
  resolve();
  await erasing;
  await pass("ana");
});

test("the report says what is elsewhere: backups by the policy's days, and another server", async () => {
  const remote = "https://models.example/v1";
  const words = { en: "Cs", es: "Ces" };
  const why = { en: "it must", es: "debe" };
  const kept = { what: "c", words, count: 3, kept: { why, until: "2027-01-01" } };
  const feature = made([notes("one", [kept])], { backup_days: 3 }, remote);
  const before = Date.now();
  const report = (await erase(feature, "ana")) as { kept: { until: string }[] };
  expect(report).toMatchObject({
    erased: [],
    kept: [
      // Counted once, though both passes see it.
      { what: "c", words, count: 3, why, until: "2027-01-01" },
      { what: "backups", count: null },
      { what: "sent", why: { es: expect.stringContaining(remote) } },
    ],
  });
  const days = (Date.parse(report.kept[1]?.until ?? "") - before) / 86_400_000;
  expect(days).toBeCloseTo(3, 2);
});

test("what is too old goes at the start, by the policy's periods, and is written down", async () => {
  const told: Periods[] = [];
  const old: Opened = {
    async expire(periods) {
      told.push(periods);
      return [{ what: "conversations", count: 5 }];
    },
  };
  const policy = { audit_months: 12, unused_chat_days: 90, deleted_chat_minutes: 0 };
  const feature = made([old, {}], policy);
  await started(feature);
  expect(told).toEqual([{ auditMonths: 12, unusedChatDays: 90, deletedChatMinutes: 0 }]);
  const details = { conversations: 5 };
  expect(acts).toEqual([{ actor: "system", act: "retention.ran", details }]);
});

test("every day again", () => {
  expect(made([]).every?.map(({ ms }) => ms)).toEqual([86_400_000, 86_400_000]);
});
