/** What the log promises, over each database: whole, in order, provable, and nobody can change it. */
import { generateKeyPairSync } from "node:crypto";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../../../src/core/ledger.ts";
import { same, toHex, utf8 } from "../../../src/core/tlog/bytes.ts";
import { parseCheckpoint } from "../../../src/core/tlog/checkpoint.ts";
import {
  type Hash,
  leafHash,
  rootHash,
  treeOf,
  verifyConsistency,
  verifyInclusion,
} from "../../../src/core/tlog/merkle.ts";
import {
  cosign,
  formatNote,
  formatVerifier,
  isSignedBy,
  parseNote,
  parseVerifier,
  verifierOf,
} from "../../../src/core/tlog/note.ts";
import { widthIn } from "../../../src/core/tlog/tiles.ts";
import { MerkleLedger } from "../../../src/ledger/index.ts";
import { newestIn } from "../../../src/ledger/newest.ts";
import { ledgerTables } from "../../../src/ledger/tables.ts";
import type { Database } from "../../../src/storage/index.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase, onPostgres } from "../../fixtures/databases.ts";
import { sealing } from "../../fixtures/vault.ts";

const opened = async () => {
  const place = await freshDatabase([vaultTables, ledgerTables]);
  const { vault } = sealing(place);
  const again = () =>
    new MerkleLedger({ db: place.db, vault, publicUrl: "https://chat.example.org" });
  return { db: place.db as Database, ledger: again(), again };
};
const entry = (index: number): LedgerEntry => ({
  v: 1,
  ts: "2026-11-29T00:00:00.000Z",
  kind: "test",
  index,
});
const add = (db: Database, ledger: MerkleLedger, from: number, to: number) =>
  db.transaction().execute((trx) =>
    ledger.append(
      trx,
      Array.from({ length: to - from }, (_, index) => entry(from + index)),
    ),
  );
/** Exactly what is stored, hashed without the log. */
const leaves = async (ledger: MerkleLedger, size: number): Promise<Hash[]> =>
  (await ledger.entries(0, size)).map((text) => leafHash(utf8(text)));

test("an entry is there when its transaction is, and not otherwise", async () => {
  const { db, ledger } = await opened();
  expect(await ledger.checkpoint()).toMatchObject({ size: 0 });
  expect(await add(db, ledger, 0, 2)).toBe(0);
  const failed = db.transaction().execute(async (trx) => {
    await ledger.append(trx, [entry(9)]);
    throw new Error("on purpose");
  });
  await expect(failed).rejects.toThrow("on purpose");
  expect(await add(db, ledger, 2, 3)).toBe(2);
  expect(await ledger.entries(0, 3)).toEqual([
    '{"index":0,"kind":"test","ts":"2026-11-29T00:00:00.000Z","v":1}',
    '{"index":1,"kind":"test","ts":"2026-11-29T00:00:00.000Z","v":1}',
    '{"index":2,"kind":"test","ts":"2026-11-29T00:00:00.000Z","v":1}',
  ]);
});

test("entries of many at once stand one behind the other", async () => {
  const { db, ledger } = await opened();
  const places = await Promise.all(
    Array.from({ length: 40 }, (_, index) => add(db, ledger, index * 2, index * 2 + 2)),
  );
  expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at * 2));
  expect((await ledger.checkpoint()).size).toBe(80);
});

describe("proofs", () => {
  test.each([1, 2, 3, 255, 256, 257, 600, 65_537])("hold in a log of %i", async (size) => {
    const { db, ledger, again } = await opened();
    const early = Math.ceil(size / 3);
    await add(db, ledger, 0, early);
    const before = await ledger.checkpoint();
    await add(db, ledger, early, size);
    const { root, note } = await ledger.checkpoint();
    const hashes = await leaves(ledger, size);
    expect(toHex(root)).toBe(toHex(rootHash(size, treeOf(hashes))));
    const [key] = await ledger.keys();
    expect(await isSignedBy(parseNote(note), parseVerifier(key?.verifier ?? ""))).toBe(true);
    // A server that starts again says the same.
    const restarted = again();
    expect((await restarted.checkpoint()).note).toBe(note);
    for (const one of [ledger, restarted]) {
      for (const index of new Set([0, 1, size >> 1, size - 1].filter((at) => at < size))) {
        const proof = await one.inclusion(index, size);
        expect(verifyInclusion(hashes[index] as Hash, index, size, proof, root)).toBe(true);
      }
      const steps = await one.consistency(early, size);
      expect(verifyConsistency(early, size, steps, before.root, root)).toBe(true);
    }
  });

  test("are refused for what is not there", async () => {
    const { db, ledger } = await opened();
    await add(db, ledger, 0, 3);
    const refused = expect.objectContaining({ code: "log_out_of_range", status: 404 });
    for (const work of [
      () => ledger.inclusion(3, 3),
      () => ledger.inclusion(-1, 3),
      () => ledger.inclusion(0, 4),
      () => ledger.inclusion(0.5, 3),
      () => ledger.consistency(4, 3),
      () => ledger.entries(0, 4),
      () => ledger.tile(0, 0, 4),
      () => ledger.tile(3, 0, 1),
    ]) {
      await expect(work()).rejects.toEqual(refused);
    }
  });
});

test("a monitor that reads the tiles alone finds the root", async () => {
  const { db, ledger } = await opened();
  const size = 1000;
  await add(db, ledger, 0, size);
  const { root } = await ledger.checkpoint();
  const all: Hash[] = [];
  for (let index = 0; widthIn(size, { level: 0, index }) > 0; index++) {
    all.push(...(await ledger.tile(0, index, widthIn(size, { level: 0, index }))));
  }
  expect(all).toHaveLength(size);
  expect(toHex(rootHash(size, treeOf(all)))).toBe(toHex(root));
  const above = await ledger.tile(1, 0, widthIn(size, { level: 1, index: 0 }));
  expect(above.map(toHex)).toEqual([0, 1, 2].map((at) => toHex(treeOf(all)(8, at))));
});

test("the database refuses changes, gaps and removals", async () => {
  const { db, ledger } = await opened();
  await add(db, ledger, 0, 3);
  for (const statement of [
    "update ledger_entry set entry = '{}' where seq = 1",
    "delete from ledger_entry where seq = 2",
    "delete from ledger_entry",
    "insert into ledger_entry (seq, entry) values (4, '{}')",
    "insert into ledger_entry (seq, entry) values (2, '{}')",
  ]) {
    await expect(sql.raw(statement).execute(db), statement).rejects.toThrow();
  }
  expect((await ledger.checkpoint()).size).toBe(3);
});

test("another key signs from now on, and what the old one has signed stays true", async () => {
  const { db, ledger, again } = await opened();
  await add(db, ledger, 0, 2);
  const before = await ledger.checkpoint();
  const [old] = await ledger.keys();
  const made = await ledger.rotate();
  expect(made).toMatchObject({ until: null });
  const after = await ledger.checkpoint();
  expect(after.size).toBe(3);
  const [text = ""] = await ledger.entries(2, 3);
  expect(JSON.parse(text)).toMatchObject({ kind: "key", key: made.verifier, after: 2 });
  const [, ...earlier] = await ledger.keys();
  expect(earlier).toMatchObject([{ verifier: old?.verifier, until: expect.any(String) }]);
  const byOld = parseVerifier(old?.verifier ?? "");
  const byNew = parseVerifier(made.verifier);
  expect(await isSignedBy(parseNote(before.note), byOld)).toBe(true);
  expect(await isSignedBy(parseNote(after.note), byOld)).toBe(false);
  expect(await isSignedBy(parseNote(after.note), byNew)).toBe(true);
  expect((await again().checkpoint()).note).toBe(after.note);
  const stored = await db.selectFrom("ledger_key").selectAll().execute();
  expect(JSON.stringify(stored)).not.toContain("PRIVATE");
});

test("witnesses of the policy cosign the newest checkpoint, and nobody else", async () => {
  const { db, ledger, again } = await opened();
  await add(db, ledger, 0, 2);
  const witness = async (name: string) => {
    const pair = generateKeyPairSync("ed25519");
    const raw = Buffer.from(pair.publicKey.export({ format: "jwk" }).x ?? "", "base64url");
    const pkcs8 = pair.privateKey.export({ type: "pkcs8", format: "der" });
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
    const verifier = verifierOf(name, new Uint8Array(raw), { witness: true });
    const signed = async (note: string) => {
      const { text } = parseNote(note);
      const signature = await cosign(text, verifier, key, 1_796_000_000);
      return formatNote({ text, signatures: [signature] });
    };
    return { verifier, known: formatVerifier(verifier), signed };
  };
  const [ours, foreign] = [
    await witness("witness.example.org"),
    await witness("other.example.org"),
  ];
  const { note, root } = await ledger.checkpoint();
  const whole = await ledger.cosign(await ours.signed(note), [ours.known]);
  expect(await isSignedBy(parseNote(whole.note), ours.verifier)).toBe(true);
  expect(same(whole.root, root)).toBe(true);
  // A second time it is no second line, and a restart keeps it.
  await ledger.cosign(await ours.signed(note), [ours.known]);
  expect(parseNote((await again().checkpoint()).note).signatures).toHaveLength(2);
  const refused = expect.objectContaining({ code: "cosignature_refused" });
  await expect(ledger.cosign(await foreign.signed(note), [ours.known])).rejects.toEqual(refused);
  await expect(ledger.cosign(note, [ours.known])).rejects.toEqual(refused);
  await add(db, ledger, 2, 3);
  const old = await ours.signed(note);
  await ledger.checkpoint();
  await expect(ledger.cosign(old, [ours.known])).rejects.toEqual(refused);
  await expect(ledger.cosign("text", [])).rejects.toMatchObject({ code: "note_invalid" });
});

test("it keeps its name, and each log has another", async () => {
  const [one, other] = [await opened(), await opened()];
  const origin = await one.ledger.origin();
  expect(origin).toMatch(/^chat\.example\.org\/log\/[0-9a-f]{16}$/);
  expect(await one.again().origin()).toBe(origin);
  expect(await other.ledger.origin()).not.toBe(origin);
  expect(parseCheckpoint((await one.ledger.checkpoint()).note).origin).toBe(origin);
});

describe("after an older state of the database was put back", () => {
  /** A log with a file beside the database, whose entries from some place on are taken away. */
  const putBack = async (entries: number, left: number) => {
    const place = await freshDatabase([vaultTables, ledgerTables]);
    const db = place.db as Database;
    const { vault } = sealing(place);
    const lines: string[] = [];
    const again = () =>
      new MerkleLedger({
        ...{ db, vault, publicUrl: "https://chat.example.org" },
        ...{ newest: newestIn(place.home), log: (line: string) => void lines.push(line) },
      });
    const first = again();
    await add(db, first, 0, entries);
    const before = await first.checkpoint();
    const statements = onPostgres()
      ? ["alter table ledger_entry disable trigger all"]
      : ["drop trigger ledger_entry_delete"];
    for (const statement of [
      ...statements,
      `delete from ledger_entry where seq >= ${left}`,
      "delete from ledger_checkpoint",
      "delete from ledger_tile",
    ]) {
      await sql.raw(statement).execute(db);
    }
    return { db, first, before, again, lines };
  };

  test("the log goes on under another name and key, and says so", async () => {
    const { db, first, before, again, lines } = await putBack(600, 300);
    const ledger = again();
    await add(db, ledger, 900, 901);
    const after = await ledger.checkpoint();
    expect(after.size).toBe(302);
    expect(after.origin).not.toBe(before.origin);
    expect(await ledger.name()).toBe(before.origin);
    expect(lines.join()).toContain(after.origin);
    const [key, old] = await ledger.keys();
    expect(await isSignedBy(parseNote(after.note), parseVerifier(key?.verifier ?? ""))).toBe(true);
    expect(parseVerifier(key?.verifier ?? "").name).toBe(after.origin);
    expect(parseVerifier(old?.verifier ?? "").name).toBe(before.origin);
    const [entry = ""] = await ledger.entries(301, 302);
    expect(JSON.parse(entry)).toMatchObject({
      ...{ kind: "restored", before: before.origin, origin: after.origin, key: key?.verifier },
    });
    expect(await ledger.contradicts()).toBe(false);
    // What goes on from here is one log again.
    const next = again();
    expect((await next.checkpoint()).note).toBe(after.note);
    expect(await next.name()).toBe(await first.name());
    expect(lines).toHaveLength(1);
  });

  test("it does also where entries in the place of the old ones are as many", async () => {
    const { db, before, again } = await putBack(10, 4);
    const ledger = again();
    await add(db, ledger, 50, 60);
    expect((await ledger.checkpoint()).origin).not.toBe(before.origin);
  });

  test("it keeps its name where nothing that was signed is gone", async () => {
    const { before, again, db } = await putBack(10, 10);
    const ledger = again();
    await add(db, ledger, 10, 12);
    expect(await ledger.checkpoint()).toMatchObject({ origin: before.origin, size: 12 });
  });
});
