/** A log that is put back to an older state goes on under another name: nobody is shown two of one name. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import type { ReceiptFile } from "../../../src/core/receipts.ts";
import { parseCheckpoint } from "../../../src/core/tlog/checkpoint.ts";
import { parseVerifier } from "../../../src/core/tlog/note.ts";
import { verify } from "../../../src/features/provenance/verify/verify.ts";
import { charla, temporary } from "../../fixtures/charla.ts";

async function begin(home: string) {
  const app = await startApp(readConfig({ engine: "scripted", port: 0, home }, {}), () => {});
  let running = true;
  const stop = async () => {
    if (running) await app.stop();
    running = false;
  };
  onTestFinished(stop);
  const headers = { "content-type": "application/json" };
  // biome-ignore lint/suspicious/noExplicitAny: a reply of any route
  const json = async (method: string, path: string, body?: unknown): Promise<any> => {
    const sent = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    return (await fetch(app.url + path, sent)).json();
  };
  /** @returns where the receipt of the answer is */
  const ask = async (content: string): Promise<string> => {
    const { id } = await json("POST", "/api/conversations", {});
    const turn = await json("POST", `/api/conversations/${id}/turns`, { content, parentId: null });
    const at = `/api/conversations/${id}/messages/${turn.answer.id}`;
    await (await fetch(`${app.url}${at}/stream`)).text();
    return `${at}/receipt`;
  };
  const keys = async () => {
    const { keys: all } = await json("GET", "/log/keys");
    return all.map(({ verifier }: { verifier: string }) => parseVerifier(verifier));
  };
  return { json, ask, keys, stop };
}

test("after a restore what was proved stays proved, and what comes is no fork", async () => {
  const home = temporary();
  const backup = join(temporary(), "charla.backup");
  const env = { CHARLA_HOME: home };
  const first = await begin(home);
  const kept = await first.ask("Before the backup.");
  const old: ReceiptFile = await first.json("GET", kept);
  await first.stop();
  expect((await charla(["backup", backup], { env })).code).toBe(0);
  const second = await begin(home);
  const gone: ReceiptFile = await second.json("GET", await second.ask("After the backup."));
  await second.stop();
  expect((await charla(["restore", backup, "--replace"], { env })).code).toBe(0);

  const third = await begin(home);
  const again: ReceiptFile = await third.json("GET", kept);
  const fresh: ReceiptFile = await third.json("GET", await third.ask("After the restore."));
  const origins = [old, gone, again, fresh].map((one) => parseCheckpoint(one.checkpoint).origin);
  expect(new Set(origins.slice(0, 2)).size).toBe(1);
  expect(new Set(origins.slice(2)).size).toBe(1);
  expect(origins[2]).not.toBe(origins[0]);
  // The server's keys are those of both names.
  const keys = await third.keys();
  for (const one of [old, gone, again, fresh]) {
    expect(await verify(JSON.stringify(one), { keys })).toMatchObject({ verdict: "holds" });
  }
  expect((await third.json("GET", "/api/audit/verify")).broken).toBeNull();

  // Whose entries are whose stays the same under both names: an erasure is of all of them.
  expect(again.entry.userTag).toBe(old.entry.userTag);
  expect(fresh.entry.userTag).toBe(old.entry.userTag);
  await third.json("POST", "/api/rights/erase", { confirm: "ERASE" });
  for (const { index } of [again, fresh]) {
    const after = await third.json("GET", `/log/entries/${index}`);
    expect(await verify(JSON.stringify(after), { keys })).toMatchObject({ verdict: "erased" });
  }
});
