/** `charla log`: what it shows, and that it finds every change of a log by reading it again. */
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openHouse } from "../../../src/app/house.ts";
import { readConfig } from "../../../src/config.ts";
import type { LedgerEntry } from "../../../src/core/ledger.ts";
import { utf8 } from "../../../src/core/tlog/bytes.ts";
import { canonical } from "../../../src/core/tlog/canonical.ts";
import { formatCheckpoint, parseCheckpoint } from "../../../src/core/tlog/checkpoint.ts";
import { leafHash, nodeHash, rootHash, treeOf } from "../../../src/core/tlog/merkle.ts";
import {
  cosign,
  formatNote,
  formatVerifier,
  parseNote,
  parseVerifier,
  verifierOf,
} from "../../../src/core/tlog/note.ts";
import { bundleOf } from "../../../src/core/tlog/tiles.ts";
import { checkForeign } from "../../../src/features/provenance/log/foreign.ts";
import { checkWhole } from "../../../src/features/provenance/log/whole.ts";
import { NOBODY, rootOf, withLeaf } from "../../../src/features/provenance/membership/group.ts";
import { fieldText } from "../../../src/features/provenance/membership/identity.ts";
import { provenance } from "../../../src/features/provenance/open.ts";
import { charla, ended, serve, temporary } from "../../fixtures/charla.ts";

const entryOf = (index: number): LedgerEntry => ({
  ...{ v: 1, ts: "2026-11-29T00:00:00.000Z", kind: "answer", index },
  zkLeaf: index % 2 === 0 ? fieldText(BigInt(index + 7)) : null,
});

describe("a whole log is read again", () => {
  const group = (before: number): LedgerEntry => {
    const leaves = Array.from({ length: before }, (_, index) => entryOf(index).zkLeaf);
    const own = leaves.flatMap((leaf) => (typeof leaf === "string" ? BigInt(`0x${leaf}`) : []));
    const root = fieldText(rootOf(own.reduce(withLeaf, NOBODY)));
    return { v: 1, ts: "", kind: "group", leaves: own.length, before, root };
  };
  // A group may be named some entries after the last one that it has.
  const entries = [
    ...Array.from({ length: 9 }, (_, index) => entryOf(index)),
    group(8),
    entryOf(10),
    group(9),
  ].map(canonical);
  const stateAt = (what: "checkpoint" | "anchor", size: number) => {
    const leaves = entries.slice(0, size).map((text) => leafHash(utf8(text)));
    return { what, size, root: rootHash(size, treeOf(leaves)) };
  };
  const stated = [0, 1, 7, 8, 9, 12].map((size) =>
    stateAt(size === 12 ? "checkpoint" : "anchor", size),
  );

  test("and holds", async () => expect(await checkWhole(entries, stated)).toEqual([]));

  test.each(entries.keys().toArray())(
    "and entry %i cannot be changed or left out",
    async (index) => {
      const changed = entries.with(index, canonical({ v: 1, ts: "", kind: "act" }));
      expect(await checkWhole(changed, stated)).toContainEqual({ what: "checkpoint", at: 12 });
      const without = entries.toSpliced(index, 1);
      expect(await checkWhole(without, stated)).toContainEqual({ what: "missing", at: 12 });
    },
  );

  test("and a group that is another, or not of its place, is named", async () => {
    for (const wrong of [
      { ...group(9), leaves: 4 },
      { ...group(9), root: group(8).root ?? null },
      { ...group(9), before: 99 },
      { ...group(9), before: null },
    ]) {
      const faults = await checkWhole(entries.with(11, canonical(wrong)), []);
      expect(faults, JSON.stringify(wrong)).toEqual([{ what: "group", at: 11 }]);
    }
  });

  test("and what is not canonical JSON is named", async () => {
    for (const wrong of ['{"b":1,"a":2}', "[]", "{", '{"a":1,"a":1}']) {
      expect(await checkWhole([wrong], [])).toEqual([{ what: "entry", at: 0 }]);
    }
  });
});

/** A data folder whose log has five entries. */
async function home(policy = ""): Promise<NodeJS.ProcessEnv> {
  const folder = temporary();
  writeFileSync(join(folder, "policy.toml"), policy);
  const config = readConfig({ engine: "scripted", port: 0, home: folder }, {});
  await using house = await openHouse(config, () => {});
  const { db, ledger } = house.of(provenance);
  await db.transaction().execute((trx) => ledger.append(trx, [0, 1, 2, 3, 4].map(entryOf)));
  return { CHARLA_HOME: folder, CHARLA_ENGINE: "scripted" };
}

test("it is shown, checked, and signed by another key", async () => {
  const env = await home();
  const run = (...args: string[]) => charla(["log", ...args], { env });
  const status = await run("status");
  expect(status.stdout).toMatch(
    /^Log: charla\.invalid\/log\/\w+\nEntries: \d+\nSigned by: .+\nAnchored: nowhere/,
  );
  const { stdout: key } = await run("key");
  expect(parseVerifier(key.trim()).name).toContain("charla.invalid/log/");
  const checked = await run("check");
  expect(checked.stdout).toContain("Everything holds");
  expect(checked.code).toBe(0);
  const other = await run("rotate");
  expect(other.stdout).not.toBe(key);
  expect((await run("key")).stdout).toBe(other.stdout + key);
  expect(JSON.parse((await run("check", "--json")).stdout)).toMatchObject({
    holds: true,
    faults: [],
  });
});

test("a change behind the database's back is found, in either language", async () => {
  const env = await home();
  const before = await charla(["log", "status", "--json"], { env });
  const { size } = JSON.parse(before.stdout);
  const database = new DatabaseSync(join(String(env.CHARLA_HOME), "charla.db"));
  database.exec("drop trigger ledger_entry_update");
  const changed = canonical({ ...entryOf(2), index: 99 });
  database.prepare("update ledger_entry set entry = ? where seq = ?").run(changed, size - 3);
  database.close();
  const spanish = await charla(["log", "check"], { env: { ...env, LANG: "es_ES.UTF-8" } });
  expect(spanish.stdout).toContain(`El punto de control con ${size} entradas tiene otra raíz.`);
  expect(spanish.code).toBe(1);
});

describe("the log of another server", () => {
  const own = () => ({ env: { CHARLA_HOME: temporary(), CHARLA_ENGINE: "scripted" } });

  test("is read whole by its address, with a key and a checkpoint that were kept", async () => {
    const env = await home();
    const { stdout: key } = await charla(["log", "key"], { env });
    const { stdout: kept } = await charla(["log", "checkpoint"], { env });
    const file = join(temporary(), "checkpoint");
    writeFileSync(file, kept);
    const { url, child } = await serve(["--port", "0"], { env });
    const check = (...more: string[]) => charla(["log", "check", url, ...more], own());
    const whole = await check();
    expect(whole.stdout, whole.stderr).toContain("Everything holds");
    expect(whole.stdout).toContain("Nobody else vouches for it");
    const trusted = await check("--key", key.trim(), "--kept", file, "--json");
    expect(trusted).toMatchObject({ code: 0 });
    expect(JSON.parse(trusted.stdout)).toMatchObject({ holds: true, signed: true, told: null });
    // A state that this log never was in.
    const { size, origin } = parseCheckpoint(kept);
    const never = { origin, size: size - 1, root: new Uint8Array(32), extensions: [] };
    const signatures = parseNote(kept).signatures;
    writeFileSync(file, formatNote({ text: formatCheckpoint(never), signatures }));
    const forked = await check("--kept", file);
    expect(forked).toMatchObject({ code: 1 });
    expect(forked.stdout).toContain(`The checkpoint at ${size - 1} entries has another root.`);
    // The key of somebody else.
    const { stdout: other } = await charla(["log", "key"], { env: await home() });
    expect(await check("--key", other.trim())).toMatchObject({ code: 1 });
    const nowhere = await check("--key", "no key");
    expect(nowhere.code).not.toBe(0);
    expect(nowhere.stderr).toContain("→ ");
    child.kill("SIGTERM");
    await ended(child);
    const gone = await check();
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain("cannot be read");
  }, 120_000);

  test("that gives an entry less than it says, or another, does not hold", async () => {
    const entries = [0, 1, 2].map((at) => canonical({ ...entryOf(at) }));
    const root = entries
      .map((one) => leafHash(utf8(one)))
      .reduce((left, right, at) => (at === 0 ? right : nodeHash(left, right)));
    const key = verifierOf("log.example", new Uint8Array(32));
    const text = formatCheckpoint({ origin: "log.example", size: 3, root, extensions: [] });
    const bytes = new Uint8Array(64);
    const note = formatNote({ text, signatures: [{ name: key.name, id: key.id, bytes }] });
    const reading = (given: readonly string[]) => (url: string) => {
      const { pathname } = new URL(url);
      if (pathname === "/log/checkpoint") return Promise.resolve(new Response(note));
      if (pathname === "/log/tile/entries/000.p/3")
        return Promise.resolve(new Response(bundleOf(given.map((one) => utf8(one)))));
      return Promise.resolve(new Response("", { status: 404 }));
    };
    const check = (given: readonly string[]) =>
      checkForeign(reading(given), "https://log.example/", { key: formatVerifier(key) });
    expect(await check(entries)).toMatchObject({ signed: false, faults: [] });
    const changed = entries.with(1, canonical({ ...entryOf(9) }));
    expect((await check(changed)).faults).toEqual([{ what: "checkpoint", at: 3 }]);
    await expect(check(entries.slice(0, 2))).rejects.toMatchObject({ code: "log_unreadable" });
  });
});

test("a witness of the policy cosigns the checkpoint, and anything else is refused", async () => {
  const pair = generateKeyPairSync("ed25519");
  const raw = Buffer.from(pair.publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const pkcs8 = pair.privateKey.export({ type: "pkcs8", format: "der" });
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  const witness = verifierOf("witness.example", new Uint8Array(raw), { witness: true });
  const env = await home(`[provenance]\nwitnesses = ["${formatVerifier(witness)}"]\n`);
  const { stdout: checkpoint } = await charla(["log", "checkpoint"], { env });
  const { text } = parseNote(checkpoint);
  const signed = formatNote({
    text,
    signatures: [await cosign(text, witness, key, 1_796_000_000)],
  });
  const file = join(String(env.CHARLA_HOME), "note");
  writeFileSync(file, signed);
  const taken = await charla(["log", "cosign", file], { env });
  expect(taken.stdout).toContain("— witness.example ");
  expect((await charla(["log", "status"], { env })).stdout).toContain("witness.example+");
  for (const wrong of [checkpoint, "nothing", signed.replace("log", "gol")]) {
    writeFileSync(file, wrong);
    expect((await charla(["log", "cosign", file], { env })).code).toBe(1);
  }
  expect((await charla(["log", "cosign", join(file, "none")], { env })).code).toBe(2);
});
