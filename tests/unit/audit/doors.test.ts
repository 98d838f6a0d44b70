/** The doors to the log: what administrators read over HTTP, and `charla audit`. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { AuditLog } from "../../../src/features/audit/log.ts";
import { audit } from "../../../src/features/audit/open.ts";
import { MerkleLedger } from "../../../src/ledger/index.ts";
import { ledgerTables } from "../../../src/ledger/tables.ts";
import { migrate, openDatabase } from "../../../src/storage/index.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { charla, temporary } from "../../fixtures/charla.ts";
import { sealing } from "../../fixtures/vault.ts";
import type { Json } from "../core/serve.ts";

/** A data folder in whose log three acts stand. */
async function homeWithActs(): Promise<string> {
  const home = temporary();
  const { db, kind, close } = await openDatabase(home);
  await migrate(db, [vaultTables, ledgerTables, audit]);
  const { vault } = sealing({ db, kind }, { home });
  const log = new AuditLog(db, new MerkleLedger({ db, vault, publicUrl: undefined }));
  for (const subject of ["leo", "mia", "eva"]) {
    await log.record({ actor: "ana", act: "member.invited", subject, details: { role: "member" } });
  }
  await close();
  return home;
}

test("administrators read the log page by page, and see that it holds", async () => {
  const home = await homeWithActs();
  const app = await startApp(readConfig({ engine: "scripted", port: 0, home }, {}), () => {});
  onTestFinished(() => app.stop());
  const get = async (path: string): Promise<Json> => (await fetch(app.url + path)).json();
  const first = await get("/api/audit?limit=2");
  expect(first.items.map(({ subject }: { subject: string }) => subject)).toContain("eva");
  expect((await get(`/api/audit?limit=2&before=${first.nextBefore}`)).items.length).toBeGreaterThan(
    0,
  );
  expect((await get("/api/audit?subject=mia")).items).toMatchObject([{ seq: 2, actor: "ana" }]);
  expect(await get("/api/audit/verify")).toMatchObject({ broken: null });
  expect((await get("/api/audit?limit=0")).error.code).toBe("invalid_value");
  expect((await get("/api/audit?who=ana")).error.code).toBe("unsupported_parameter");
});

test("charla audit verify tells the end of the log, and finds it again", async () => {
  const home = await homeWithActs();
  const env = { CHARLA_HOME: home };
  const { code, stdout } = await charla(["audit", "verify"], { env });
  expect(code).toBe(0);
  const [head = ""] = /log:3:[0-9a-f]{64}/.exec(stdout) ?? [];
  expect(stdout).toContain("3 entries");
  expect((await charla(["audit", "verify", "--head", head], { env })).code).toBe(0);
  for (const [before, seq] of [
    ["log:3:", 0],
    ["3:", 3],
  ] as const) {
    const other = `${before}${"0".repeat(64)}`;
    const wrong = await charla(["audit", "verify", "--head", other, "--json"], { env });
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ broken: { seq, fault: "head" } });
  }
  expect((await charla(["audit", "verify", "--head", "x"], { env })).code).toBe(2);
});

test("charla audit verify fails where a row was changed, and names it", async () => {
  const home = await homeWithActs();
  const file = new DatabaseSync(join(home, "charla.db"));
  file.exec("drop trigger audit_act_update; update audit_act set actor = 'eve' where seq = 2");
  file.close();
  const { code, stderr } = await charla(["audit", "verify"], { env: { CHARLA_HOME: home } });
  expect(code).toBe(1);
  expect(stderr).toContain("entry 2");
});

test("charla audit export prints a line of JSON for each act, oldest first", async () => {
  const env = { CHARLA_HOME: await homeWithActs() };
  const { stdout } = await charla(["audit", "export"], { env });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ seq, subject }) => [seq, subject])).toEqual([
    [1, "leo"],
    [2, "mia"],
    [3, "eva"],
  ]);
  expect(lines[0]).toMatchObject({ actor: "ana", details: { role: "member" } });
});
