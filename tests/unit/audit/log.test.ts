/** What the audit log promises, over each database. */
import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, it, vi } from "vitest";
import { GENESIS, linkOf } from "../../../src/features/audit/chain.ts";
import { AuditLog } from "../../../src/features/audit/log.ts";
import { audit } from "../../../src/features/audit/open.ts";
import { MerkleLedger } from "../../../src/ledger/index.ts";
import { ledgerTables } from "../../../src/ledger/tables.ts";
import { type Database, migrate } from "../../../src/storage/index.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase, onPostgres } from "../../fixtures/databases.ts";
import { sealing } from "../../fixtures/vault.ts";

const opened = async (tables = audit) => {
  const place = await freshDatabase([vaultTables, ledgerTables, tables]);
  const ledger = new MerkleLedger({ ...sealing(place), publicUrl: undefined });
  return { db: place.db as Database, ledger, log: new AuditLog(place.db, ledger) };
};
/** As acts were written before they stood in the log. */
const chained = async (db: Database, acts: readonly { act: string; trimmed?: number }[]) => {
  let previous = { seq: 0, hash: GENESIS };
  for (const { act, trimmed } of acts) {
    const row = {
      ...{ seq: previous.seq + 1, at: "2026-05-06T07:08:09.000Z", actor: "ana", act },
      ...{ subject: null, trimmed_through: trimmed ?? null, previous: previous.hash },
      details: trimmed === undefined ? "{}" : JSON.stringify({ hash: GENESIS }),
    };
    const whole = { ...row, hash: linkOf(row) };
    await db.insertInto("audit_act").values(whole).execute();
    previous = { seq: whole.seq, hash: whole.hash };
  }
  return previous;
};
/** A database of the release before, with a chain of acts, brought up to date. */
const upgraded = async (acts: number) => {
  const { "0001-acts": first } = audit.migrations ?? {};
  if (!first) throw new Error("the first migration is gone");
  const all = await opened({ name: "audit", migrations: { "0001-acts": first } });
  const head = await chained(
    all.db,
    Array.from({ length: acts }, (_, index) => ({ act: `act.${index}` })),
  );
  await migrate(all.db, [vaultTables, ledgerTables, audit]);
  return { ...all, head };
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
  for (const table of ["audit_act", "ledger_entry"]) {
    const statements = onPostgres()
      ? [`alter table ${table} disable trigger all`]
      : ["insert", "update", "delete"].map((kind) => `drop trigger ${table}_${kind}`);
    for (const statement of statements) await sql.raw(statement).execute(db);
  }
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
      `insert into audit_act (seq, at, actor, act, details, previous, hash, place)
         values (9, '2026', 'eve', 'x', '{}', 'x', 'x', 9)`,
    ],
    [
      "a row that is not in the log",
      `insert into audit_act (seq, at, actor, act, details, previous, hash)
         values (4, '2026', 'eve', 'x', '{}', 'x', 'x')`,
    ],
    [
      "a door that is none",
      `insert into audit_act (seq, at, actor, act, details, trimmed_through, previous, hash, place)
         select 4, '2026', 'eve', 'x', '{}', 3, hash, 'x', 4 from audit_act where seq = 3`,
    ],
    [
      "a door to what comes after it",
      `insert into audit_act (seq, at, actor, act, details, trimmed_through, previous, hash, place)
         select 4, '2026', 'eve', 'audit.trimmed', '{}', 9, hash, 'x', 4 from audit_act where seq = 3`,
    ],
    [
      "a row in another's place",
      onPostgres()
        ? "truncate audit_act"
        : `insert or replace into audit_act (seq, at, actor, act, details, previous, hash, place)
             values (3, '2026', 'eve', 'x', '{}', 'x', 'x', 3)`,
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
    ["missing", "delete from audit_act where seq > 3", 4],
    ["missing", "delete from audit_act", 1],
    ["changed", "update audit_act set place = 1 where seq = 3", 3],
    ["changed", "update audit_act set details = '{ }' where seq = 5", 5],
  ])("shows that a row is %s where the triggers were taken away", async (fault, change, seq) => {
    const { db, log } = await opened();
    await fill(log, 5);
    await withoutTriggers(db, () => sql.raw(change).execute(db));
    expect((await log.verify()).broken).toEqual({ seq, fault });
  });

  it("shows that the log itself was cut or changed, although all acts are as it says", async () => {
    const cut = "delete from ledger_entry where seq > 2";
    const change = "update ledger_entry set entry = '{}' where seq = 0";
    for (const statement of [cut, change]) {
      const { db, ledger, log } = await opened();
      await db.transaction().execute((trx) => ledger.append(trx, [{ v: 1, ts: "", kind: "x" }]));
      await fill(log, 5);
      expect((await log.verify()).broken).toBeNull();
      await withoutTriggers(db, async () => {
        await sql.raw("delete from audit_act where seq > 2").execute(db);
        await sql.raw(statement).execute(db);
      });
      expect((await log.verify()).broken, statement).not.toBeNull();
      if (statement === cut) {
        expect((await log.verify()).broken).toEqual({ seq: 0, fault: "signed" });
      }
    }
  });

  it("shows by a head that was noted that all was written anew", async () => {
    const { db, log } = await opened();
    await fill(log, 5);
    const { head } = await log.verify();
    await fill(log, 1);
    expect((await log.verify(head)).broken).toBeNull();
    await withoutTriggers(db, async () => {
      for (const table of ["audit_act", "ledger_entry", "ledger_checkpoint"]) {
        await sql.raw(`delete from ${table}`).execute(db);
      }
    });
    expect((await log.verify()).broken).toBeNull();
    expect((await log.verify(head)).broken).toEqual({ seq: 0, fault: "head" });
    await fill(log, 8);
    expect((await log.verify()).broken).toBeNull();
    expect((await log.verify(head)).broken).toEqual({ seq: 0, fault: "head" });
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
    expect(await log.verify(head)).toMatchObject({ rows: 3, broken: null });
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

  it("has an entry in the house's log for each act, and nothing personal in it", async () => {
    const { ledger, log } = await opened();
    const act = { actor: "ana-12345", act: "member.invited", subject: "leo-67890" };
    await log.record({ ...act, details: { role: "administrator" } });
    const [text = ""] = await ledger.entries(0, 1);
    expect(JSON.parse(text)).toEqual({
      ...{ v: 1, kind: "act", act: 1 },
      ...{ ts: expect.any(String), actC: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    // The same act again has another commitment: nobody can try what it might be.
    await log.record({ ...act, details: { role: "administrator" } });
    const [first, second] = (await ledger.entries(0, 2)).map((one) => JSON.parse(one).actC);
    expect(first).not.toBe(second);
  });

  it("leaves neither act nor entry where one of them cannot be written", async () => {
    const { db, ledger, log } = await opened();
    await fill(log, 1);
    await sql.raw("alter table audit_act rename to audit_gone").execute(db);
    await expect(log.record({ actor: "ana", act: "x" })).rejects.toThrow();
    await sql.raw("alter table audit_gone rename to audit_act").execute(db);
    expect((await ledger.checkpoint()).size).toBe(1);
    expect((await log.verify()).broken).toBeNull();
  });
});

describe("acts from before there was a log", () => {
  it("still hold, and the log says where they end", async () => {
    const { ledger, log, head } = await upgraded(4);
    expect(await log.verify(head)).toMatchObject({ rows: 4, broken: null });
    await fill(log, 2);
    expect(await log.verify(head)).toMatchObject({ rows: 7, broken: null });
    const { items } = await log.list({ limit: 50 });
    expect(items[2]).toMatchObject({ seq: 5, act: "audit.moved", details: head, place: 0 });
    expect(items[3]).toMatchObject({ seq: 4, place: null, hash: head.hash });
    expect((await ledger.checkpoint()).size).toBe(3);
    const other = { seq: 4, hash: "0".repeat(64) };
    expect((await log.verify(other)).broken).toEqual({ seq: 4, fault: "head" });
  });

  it.each([
    ["changed", "update audit_act set actor = 'eve' where seq = 2", 2],
    ["missing", "delete from audit_act where seq = 2", 3],
    ["missing", "delete from audit_act where seq = 4", 5],
    ["beginning", "delete from audit_act where seq = 1", 2],
  ])("show that one is %s", async (fault, change, seq) => {
    const { db, log } = await upgraded(4);
    await fill(log, 1);
    await withoutTriggers(db, () => sql.raw(change).execute(db));
    expect((await log.verify()).broken).toEqual({ seq, fault });
  });

  it("show that all were written anew, since the log names their end", async () => {
    const { db, log } = await upgraded(4);
    await fill(log, 1);
    await withoutTriggers(db, async () => {
      await sql.raw("delete from audit_act where seq <= 4").execute(db);
      const rows = await db.selectFrom("audit_act").selectAll().execute();
      await sql.raw("delete from audit_act").execute(db);
      await chained(
        db,
        ["a", "b", "c", "d"].map((act) => ({ act })),
      );
      for (const row of rows) await db.insertInto("audit_act").values(row).execute();
    });
    expect((await log.verify()).broken).toEqual({ seq: 5, fault: "missing" });
  });

  it("go when their time is over, like all others", async () => {
    const { log } = await upgraded(4);
    await at(log, ["2026-09-09"]);
    expect(await log.trim(6, new Date("2026-12-15T00:00:00Z"))).toBe(4);
    expect(await log.verify()).toMatchObject({ rows: 3, broken: null });
  });
});
