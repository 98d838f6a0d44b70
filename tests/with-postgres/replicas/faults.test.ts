/** What is lost when one of several Charlas ends, by itself or by force, while many ask. */
import { expect, it } from "vitest";
import { fromBase64 } from "../../../src/core/tlog/bytes.ts";
import { parseCheckpoint } from "../../../src/core/tlog/checkpoint.ts";
import { verifyConsistency } from "../../../src/core/tlog/merkle.ts";
import type { Browser } from "../../fixtures/browser.ts";
import { onServer } from "../../fixtures/databases.ts";
import { type Acknowledged, Load } from "./load.ts";
import { administrator, at, Charlas, ended, metric, upstream } from "./replicas.ts";

const checkpoint = async (browser: Browser) =>
  parseCheckpoint((await browser.call("GET", "/log/checkpoint")).body);

/** What the log was before is how it begins now. */
async function expectGrown(browser: Browser, before: Awaited<ReturnType<typeof checkpoint>>) {
  const now = await checkpoint(browser);
  const path = `/log/consistency?first=${before.size}&second=${now.size}`;
  const { proof } = await browser.must("GET", path);
  const hashes = proof.map((one: string) => fromBase64(one));
  expect(now.size).toBeGreaterThan(before.size);
  expect(verifyConsistency(before.size, now.size, hashes, before.root, now.root)).toBe(true);
}

/** Every question that was acknowledged is there with its answer, and every whole answer has its receipt. */
async function expectKept(browser: Browser, { acknowledged }: Load): Promise<void> {
  const one = async ({ conversation, question, answer }: Acknowledged) => {
    const { messages } = await browser.must("GET", `/api/conversations/${conversation}`);
    const [asked, answered] = messages;
    expect(asked).toMatchObject({ content: question });
    expect(answered).toMatchObject({ id: answer });
    if (answered.status !== "done") return;
    const path = `/api/conversations/${conversation}/messages/${answer}/receipt`;
    const { status, body } = await browser.call("GET", path);
    expect({ status, body }).toMatchObject({ status: 200, body: { format: "charla.receipt" } });
  };
  const left = acknowledged.values();
  const some = async () => {
    for (const each of left) await one(each);
  };
  await Promise.all(Array.from({ length: 8 }, some));
}

it("nothing that was acknowledged is lost with the one that leads, or one that follows", async () => {
  const all = await Charlas.on(await upstream());
  const one = await all.add();
  const ana = await administrator(one);
  const two = await all.add();
  const three = await all.add();
  const load = new Load(ana, [two, three], 4);
  await load.more(6);
  const before = await checkpoint(at(two, ana));

  one.child.kill("SIGKILL");
  await ended(one.child);
  // Both who waited at the one that leads now, and who waited at the other, are answered.
  await load.everybody();
  // Only what may have been begun there is told as failed.
  expect(load.failed.filter((code) => code !== "replica_cut")).toEqual([]);
  expect(load.failed.length).toBeLessThanOrEqual(4);
  const cut = load.failed.length;
  const after = await checkpoint(at(three, ana));
  await expectGrown(at(two, ana), before);

  // The next one is told to end, and nobody notices.
  const four = await all.add();
  const leads = (await metric(two, "leads")) === 1 ? two : three;
  const follows = leads === two ? three : two;
  leads.child.kill("SIGTERM");
  const people = new Load(ana, [follows, four], 4);
  await ended(leads.child);
  expect(leads.child.exitCode).toBe(0);
  await people.more(6);
  expect(people.failed).toEqual([]);
  await people.stop();
  await load.stop();
  expect(load.failed.length).toBeGreaterThanOrEqual(cut);
  await expectGrown(at(four, ana), after);

  // One that follows is missed by nobody but those who were there.
  const next = (await metric(four, "leads")) === 1 ? four : follows;
  const other = next === four ? follows : four;
  const rest = new Load(ana, [next], 2);
  other.child.kill("SIGKILL");
  await rest.more(6);
  await rest.stop();
  expect(rest.failed).toEqual([]);
  for (const each of [load, people, rest]) await expectKept(at(next, ana), each);
});

it("one that was stopped for a while has lost its place, and writes nothing", async () => {
  const all = await Charlas.on(await upstream(50));
  const one = await all.add();
  const ana = await administrator(one);
  const two = await all.add();
  // An answer is being written there, and stored as it grows.
  const { id } = await ana.must("POST", "/api/conversations", {});
  const asked = { content: "count to 400", parentId: null };
  await ana.must("POST", `/api/conversations/${id}/turns`, asked);
  one.child.kill("SIGSTOP");
  await onServer(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
     and classid = ${0x43_48_41_52} and database = (select oid from pg_database where datname = current_database())`,
    all.database,
  );
  const there = at(two, ana);
  const read = async () => (await there.must("GET", `/api/conversations/${id}`)).messages[1];
  await expect.poll(() => metric(two, "leads")).toBe(1);
  const before = await read();
  one.child.kill("SIGCONT");
  // It follows from now on: what it is asked, the other answers.
  await expect.poll(() => metric(one, "leads")).toBe(0);
  expect(await ana.person()).toBe("ana@example.org");
  const { rows } = await onServer("select * from replica_leader", all.database);
  expect(rows).toMatchObject([{ address: `http://127.0.0.1:${new URL(two.url).port}` }]);
  expect(await read()).toEqual(before);
});
