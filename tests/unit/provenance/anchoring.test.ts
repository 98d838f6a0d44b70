/** The whole way of an anchor: contract, policy, a server whose log grows, a real chain, and the command. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { anchoring, anchorNow, KEY, OTHER_KEY } from "../../fixtures/anvil.ts";
import { charla, temporary } from "../../fixtures/charla.ts";

test("a server's log is anchored once, shown with its chain, and anchored again as it grows", async () => {
  const { env, keyFile, node } = await anchoring();
  const config = readConfig({ port: 0 }, env);
  const app = await startApp(config, () => {});
  // biome-ignore lint/suspicious/noExplicitAny: a reply of any route
  const call = async (method: string, path: string, body?: unknown): Promise<any> => {
    const headers = { "content-type": "application/json" };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    return (await fetch(app.url + path, init)).json();
  };
  const ask = async () => {
    const { id } = await call("POST", "/api/conversations", {});
    const asked = { content: "hello", parentId: null };
    const { answer } = await call("POST", `/api/conversations/${id}/turns`, asked);
    await (await fetch(`${app.url}/api/conversations/${id}/messages/${answer.id}/stream`)).text();
  };
  await ask();
  const first = await anchorNow(app.url);
  expect(first).toMatchObject({ state: "done", error: null });
  expect(first.log.map(({ en }: { en: string }) => en)).toContain("Sent to the chain.");
  const { anchors } = await call("GET", "/api/provenance/anchors");
  expect(anchors).toMatchObject([{ chain: 31337, development: true }]);
  // Once more with nothing new: no other transaction, as the count at the end shows.
  for (let time = 0; time < 2; time++) {
    const again = await call("POST", "/api/provenance/anchors");
    expect(again.error).toMatchObject({ code: "anchor_nothing_new" });
  }
  expect((await call("GET", "/api/provenance/anchors")).anchors).toEqual(anchors);
  await ask();
  await anchorNow(app.url);
  const sizes = (await call("GET", "/api/provenance/anchors")).anchors.map(
    ({ size }: { size: number }) => size,
  );
  expect(sizes).toHaveLength(2);
  expect(sizes[0]).toBeGreaterThan(sizes[1]);
  // Another's key may not write there, and says so.
  await ask();
  writeFileSync(keyFile, OTHER_KEY);
  expect(await anchorNow(app.url)).toMatchObject({
    state: "failed",
    error: { code: "anchor_contract" },
  });
  await app.stop();

  const status = await charla(["anchor", "status"], { env });
  expect(status.stdout).toContain("a development chain: it proves nothing to others");
  expect(status.stdout).toContain("entries have come since");
  writeFileSync(keyFile, KEY);
  const now = await charla(["anchor", "now", "--json"], { env });
  expect(now.code, now.stderr).toBe(0);
  expect(JSON.parse(now.stdout).size).toBeGreaterThan(sizes[0]);
  expect(
    await node.rpc(
      "eth_getTransactionCount",
      "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
      "latest",
    ),
  ).toBe("0x4");
});

test("a receipt says where it is anchored, and the chain says whether it is", async () => {
  const { env, node } = await anchoring();
  const app = await startApp(readConfig({ port: 0 }, env), () => {});
  onTestFinished(() => app.stop());
  // biome-ignore lint/suspicious/noExplicitAny: a reply of any route
  const call = async (method: string, path: string, body?: unknown, leaf = ""): Promise<any> => {
    const headers = {
      "content-type": "application/json",
      ...(leaf !== "" && { "charla-zk-leaf": leaf }),
    };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    return (await fetch(app.url + path, init)).json();
  };
  const messages = [{ role: "user", content: "hello" }];
  const ids: string[] = [];
  for (let one = 1; one <= 20; one++) {
    const leaf = one.toString(16).padStart(64, "0");
    const reply = await call("POST", "/v1/chat/completions", { model: "x", messages }, leaf);
    ids.push(reply.charla.receipt ?? reply.charla.receipts?.[0]);
  }
  const fileOf = (id?: string) => call("GET", `/api/receipts/${id}`);
  expect((await fileOf(ids[0])).anchor).toBeUndefined();
  await anchorNow(app.url);
  const file = await fileOf(ids[0]);
  expect(file.anchor).toMatchObject({ chain: 31337 });

  // The group of all secrets is named in the log before, and its root stands in the event.
  const group = await call("POST", "/api/provenance/groups");
  expect(group.entry).toMatchObject({ kind: "group", leaves: 20 });
  expect(group.anchor.transaction).toBe(file.anchor.transaction);
  const [log] = (await node.rpc("eth_getLogs", {
    fromBlock: "0x0",
    address: file.anchor.contract,
  })) as { data: string }[];
  expect(log?.data).toContain(group.entry.root);

  const path = join(temporary(), "receipt.json");
  const verify = (changed: object, ...more: string[]) => {
    writeFileSync(path, JSON.stringify(changed));
    return charla(["verify", path, ...more], { env });
  };
  const text = "Anything; without it nothing is compared.";
  const bare = await verify(file);
  expect(bare.stdout).toContain("the file says on chain 31337, which is for development");
  const held = await verify({ ...file, text }, "--chain", node.url);
  expect(held.stdout).toContain(`transaction ${file.anchor.transaction} has the log at`);
  expect(held.stdout).toContain("it proves nothing to others");
  const anchor = file.anchor;
  const other = { ...anchor, transaction: `0x${"1".repeat(64)}` };
  const moved = await verify({ ...file, anchor: other }, "--chain", node.url);
  expect(moved.stdout).toContain("does not have what the file says");
  expect(moved.code).toBe(1);
  for (const wrong of [
    { ...anchor, proof: anchor.proof.slice(1) },
    { ...anchor, note: anchor.note.replace(/\n\d+\n/, "\n20\n") },
    { ...anchor, key: "" },
  ]) {
    const said = await verify({ ...file, anchor: wrong });
    expect(said.stdout).toContain("does not fit this entry and this log");
    expect(said.code).toBe(1);
  }
  expect((await verify({ ...file, anchor: { ...anchor, chain: "1" } })).stdout).toContain(
    "cannot be read as a receipt",
  );
});

test("says what is missing, in either language", async () => {
  const env = { CHARLA_HOME: temporary(), CHARLA_ENGINE: "scripted" };
  const deploy = await charla(["anchor", "deploy", "--chain", "1"], { env });
  expect(deploy.code).toBe(1);
  expect(deploy.stderr).toContain("Anchoring is not set up.");
  const now = await charla(["anchor", "now"], { env: { ...env, LANG: "es_ES.UTF-8" } });
  expect(now.stderr).toContain("El anclaje no está configurado.");
  const none = await charla(["anchor", "status"], { env });
  expect(none.stdout).toContain("The log is anchored nowhere.");
});
