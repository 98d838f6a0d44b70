/** What the audit log promises, over each database. */
import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, it, vi } from "vitest";
import { audit } from "../../../src/features/audit/index.ts";
import { AuditLog } from "../../../src/features/audit/log.ts";
import type { Database } from "../../../src/storage/index.ts";
import { freshDatabase, onPostgres } from "../../fixtures/databases.ts";

const withDatabase = () => Promise.reject(new Error("no commands here"));

const opened = async () => {
  const { db } = await freshDatabase([audit({ withDatabase, language: "en" })]);
  return { db, log: new AuditLog(db) };
};
const fill = async (log: AuditLog, acts: number) => {
  for (let index = 1; index <= acts; index++) {
    await log.record({ actor: "ana", act: "member.invited", subject: `p${index}` });
  }
};
/** Acts that happened at different times, without waiting for them. */
const at = async (log: AuditLog, times: readonly string[]) => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    for (const time of times) {
      vi.setSystemTime(new Date(time));
      await log.record({ actor: "ana", act: "policy.changed" });
    }
  } finally {
    vi.useRealTimers();
  }
};
const withoutTriggers = async (db: Database, work: () => Promise<unknown>) => {
  const statements = onPostgres()
    ? ["alter table audit_act disable trigger all"]
    : ["insert", "update", "delete"].map((kind) => `drop trigger audit_act_${kind}`);
  for (const statement of statements) await sql.raw(statement).execute(db);
  await work();
};

describe("the audit log", () => {
  it("gives back what was written, newest first, page by page", async () => {
    const { log } = await opened();
    const details = { role: "administrator", days: 3, invited: true };
    await log.record({ actor: "ana", act: "member.invited", subject: "leo", details });
    await log.record({ actor: "system", act: "retention.ran" });
    const first = await log.list({ limit: 1 });
    expect(first.items).toMatchObject([{ seq: 2, actor: "system", subject: null, details: {} }]);
    const rest = await log.list({ limit: 1, before: first.nextBefore ?? 0 });
    expect(rest).toMatchObject({
      items: [{ seq: 1, subject: "leo", details }],
      nextBefore: null,
    });
    const one = await log.list({
      limit: 50,
      actor: "ana",
      act: "member.invited",
      subject: "leo",
    });
    expect(one.items.map(({ seq }) => seq)).toEqual([1]);
    expect((await log.list({ limit: 50, to: "2001-01-01T00:00:00Z" })).items).toEqual([]);
    expect((await log.list({ limit: 50, from: "2001-01-01T00:00:00Z" })).items).toHaveLength(2);
  });

  it("holds for any acts, many at once", async () => {
    const { log } = await opened();
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const text = fc.string({ unit: "grapheme" }).filter((all) => !all.includes("\0"));
    const act = fc.record({
      actor: text,
      act: text.filter((all) => all !== "audit.trimmed"),
      subject: fc.option(text, { nil: undefined }),
      details: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value),
    });
    let written = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 8 }), async (acts) => {
        await Promise.all(acts.map((one) => log.record(one)));
        written += acts.length;
        expect(await log.verify()).toMatchObject({ rows: written, broken: null });
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ["update", "update audit_act set actor = 'eve' where seq = 2"],
    ["delete", "delete from audit_act where seq = 3"],
    ["a delete of the oldest", "delete from audit_act where seq = 1"],
    ["a delete of all", "delete from audit_act"],
    [
      "a row in between",
      `insert into audit_act (seq, at, actor, act, details, previous, hash)
         values (9, '2026', 'eve', 'x', '{}', 'x', 'x')`,
    ],
    [
      "a row that does not follow",
      `insert into audit_act (seq, at, actor, act, details, previous, hash)
         values (4, '2026', 'eve', 'x', '{}', 'x', 'x')`,
    ],
    [
      "a door that is none",
      `insert into audit_act (seq, at, actor, act, details, trimmed_through, previous, hash)
         select 4, '2026', 'eve', 'x', '{}', 3, hash, 'x' from audit_act where seq = 3`,
    ],
    [
      "a door to what comes after it",
      `insert into audit_act (seq, at, actor, act, details, trimmed_through, previous, hash)
         select 4, '2026', 'eve', 'audit.trimmed', '{}', 9, hash, 'x' from audit_act where seq = 3`,
    ],
    [
      "a row in another's place",
      onPostgres()
        ? "truncate audit_act"
        : `insert or replace into audit_act (seq, at, actor, act, details, previous, hash)
             values (3, '2026', 'eve', 'x', '{}', 'x', 'x')`,
    ],
  ])("refuses %s", async (_what, statement) => {
    const { db, log } = await opened();
    await fill(log, 3);
    const before = await log.list({ limit: 50 });
    await expect(sql.raw(statement).execute(db)).rejects.toThrow();
    expect(await log.list({ limit: 50 })).toEqual(before);
    expect(await log.verify()).toMatchObject({ rows: 3, broken: null });
  });

  it.each([
    ["changed", "update audit_act set actor = 'eve' where seq = 3", 3],
    ["missing", "delete from audit_act where seq = 3", 4],
    ["beginning", "delete from audit_act where seq <= 3", 4],
  ])("shows that a row is %s where the triggers were taken away", async (fault, change, seq) => {
    const { db, log } = await opened();
    await fill(log, 5);
    await withoutTriggers(db, () => sql.raw(change).execute(db));
    expect((await log.verify()).broken).toEqual({ seq, fault });
  });

  it("shows by a head that was noted that the end is cut, or all was written anew", async () => {
    const { db, log } = await opened();
    await fill(log, 5);
    const { head } = await log.verify();
    if (!head) throw new Error("no head");
    expect((await log.verify(head)).broken).toBeNull();
    const cut = () => sql.raw("delete from audit_act where seq > 3").execute(db);
    await withoutTriggers(db, cut);
    expect((await log.verify()).broken).toBeNull();
    expect((await log.verify(head)).broken).toEqual({ seq: 5, fault: "head" });
    await fill(log, 2);
    expect((await log.verify(head)).broken).toEqual({ seq: 5, fault: "head" });
  });

  it("removes whole months from the old end, says so, and still holds", async () => {
    const { log } = await opened();
    const times = ["2026-01-05", "2026-03-31T23:59:59.999Z", "2026-04-01", "2026-09-09"];
    await at(log, times);
    const { head } = await log.verify();
    expect(await log.trim(6, new Date("2026-10-15T00:00:00Z"))).toBe(2);
    const { items } = await log.list({ limit: 50 });
    expect(items.map(({ seq, act }) => [seq, act])).toEqual([
      [5, "audit.trimmed"],
      [4, "policy.changed"],
      [3, "policy.changed"],
    ]);
    expect(items[0]).toMatchObject({
      actor: "system",
      details: { rows: 2, before: "2026-04-01T00:00:00.000Z" },
    });
    expect(await log.verify(head ?? undefined)).toMatchObject({ rows: 3, broken: null });
    expect(await log.trim(6, new Date("2026-10-31T00:00:00Z"))).toBe(0);
    // A second time, by when the first mark itself is old.
    expect(await log.trim(6, new Date("2030-01-01T00:00:00Z"))).toBe(3);
    expect(await log.verify()).toMatchObject({ rows: 1, broken: null });
  });

  it("keeps what stands after a row that is to be kept, wherever the clock has been", async () => {
    const { log } = await opened();
    await at(log, ["2026-01-05", "2026-09-09", "2026-01-06", "2026-09-10"]);
    expect(await log.trim(6, new Date("2026-10-15T00:00:00Z"))).toBe(1);
    expect(await log.verify()).toMatchObject({ rows: 4, broken: null });
  });
});
