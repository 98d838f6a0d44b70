/** Runs at rest: sealed, given out, erased with what has learned from them, and what holds a folder. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { prepare } from "../../../src/features/training/data/prepare.ts";
import type { Plan, Result } from "../../../src/features/training/plan.ts";
import { rightsOf } from "../../../src/features/training/rights.ts";
import { settings } from "../../../src/features/training/settings.ts";
import { RunStore } from "../../../src/features/training/store.ts";
import { migrations } from "../../../src/features/training/tables.ts";
import { WrittenStore } from "../../../src/features/training/teacher/store.ts";
import { testSetOf } from "../../../src/features/training/test-set.ts";
import { folderOf } from "../../../src/features/training/work.ts";
import { hold } from "../../../src/features/training/worker/hold.ts";
import { placeOf, remove } from "../../../src/features/training/worker/setup.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { sealing } from "../../fixtures/vault.ts";

const SECRET = "the colour of the lighthouse";
const RESULT: Result = {
  ...{ adapter: "own-words", adapterDigest: "a", adapterBytes: 1, baseDigest: "b", device: "cpu" },
  ...{
    parameters: 1,
    tokens: 1,
    answerTokens: 1,
    cut: 0,
    preferred: null,
    bestStep: 1,
    steps: 1,
    early: false,
  },
  ...{ tokensPerSecond: 1, parity: null, faithful: null, test: null, general: null },
  ...{ verdict: "same", forgot: false, extraction: null, folds: [], robust: null, soft: null },
};

async function place() {
  const opened = await freshDatabase([vaultTables, { name: "training", migrations }]);
  const { db, vault } = sealing(opened);
  const store = new RunStore(db, vault);
  const rows = Array.from({ length: 20 }, (_, n) =>
    JSON.stringify({ question: `What is ${SECRET} ${n}?`, answer: `It is ${n}.` }),
  );
  const { look, ...data } = await prepare([{ name: "a.jsonl", text: rows.join("\n") }]);
  const plan: Plan = {
    name: "Own words",
    model: "m",
    look,
    settings: settings.parse({}),
    version: "1",
  };
  return { ...opened, db, vault, store, data, plan };
}

test("a run with its chats and curves comes back as it was, and nobody else can read it", async () => {
  const { db, store, data, plan } = await place();
  const run = await store.add("ana", plan, data);
  await store.keep(run, { kind: "step", step: 1, loss: 3, rate: 1, tokens: 5, seconds: 1 });
  await store.keep(run, { kind: "validation", step: 1, loss: 2 });
  await store.keep(run, { kind: "step", step: 1, loss: 2.5, rate: 1, tokens: 5, seconds: 1 });
  await store.keepLikely(run, 0, { id: data.train[0]?.id ?? "", likely: [[[7, -0.5]]] });
  await store.mark(run, "done", { result: RESULT });
  expect(await store.data(run)).toEqual(data);
  expect((await store.points(run)).map(({ kind, loss }) => [kind, loss])).toEqual([
    ["step", 2.5],
    ["validation", 2],
  ]);
  const again = await store.one("ana", run.id.slice(0, 8));
  expect(again).toMatchObject({ state: "done", done: 1, plan, result: RESULT });
  await expect(store.one("bea", run.id)).rejects.toMatchObject({ code: "training_not_found" });
  const rows = await db.selectFrom("training_text").selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain("lighthouse");
  await store.give("ana", "bea");
  expect(await store.data({ id: run.id, owner: "bea" })).toEqual(data);
  expect([...(await store.likely({ id: run.id, owner: "bea" })).values()]).toEqual([
    { id: data.train[0]?.id, likely: [[[7, -0.5]]] },
  ]);
  expect(await store.list("ana")).toEqual([]);
  expect(testSetOf(data)).toContain('"references":["It is');
});

test("who is erased takes along what was learned from their chats", async () => {
  const { home, db, vault, store, data, plan } = await place();
  const run = await store.add("ana", plan, data);
  await store.mark(run, "done", { result: RESULT });
  const adapter = join(home, "models/adapters/own-words.gguf");
  for (const folder of [join(home, "models/adapters"), folderOf(home, run)])
    mkdirSync(folder, { recursive: true });
  writeFileSync(adapter, "x");
  writeFileSync(join(folderOf(home, run), "adapter.gguf"), "x");
  const nothing = () => Promise.reject(new Error("not to be used"));
  const inspect = async () => ({ name: "m", quantisation: "F16", merged: { run: run.id } });
  const merged = join(home, "models/renamed.gguf");
  writeFileSync(merged, "x");
  const tools = {
    ...{ find: nothing, freeBytes: nothing, quantise: nothing, addLora: nothing },
    vocabulary: nothing,
    ...{ openAlone: nothing, inspect },
  };
  const rights = rightsOf(store, new WrittenStore(db, vault), { home, tools });
  const files = await Array.fromAsync(rights.collect("ana", "en"));
  expect(files.map(({ path }) => path)).toEqual([`training/${run.id}.json`]);
  expect(String(files[0]?.content)).toContain(SECRET);
  expect(await rights.erase("ana")).toMatchObject([
    { what: "training", count: 1 },
    { what: "written", count: 0 },
    { what: "adapters", count: 0 },
  ]);
  expect([adapter, merged].filter(existsSync)).toEqual([]);
  expect(existsSync(folderOf(home, run))).toBe(false);
  expect(await rights.erase("ana")).toMatchObject([{ count: 0 }, { count: 0 }, { count: 0 }]);
});

test("a run that was under way when the server ended is stopped, not lost", async () => {
  const { store, data, plan } = await place();
  const run = await store.add("ana", plan, data);
  await store.mark(run, "running");
  await store.settle();
  expect((await store.one("ana", run.id)).state).toBe("cut");
});

test("one at a time sets the worker up, and what a dead process held is free", async () => {
  const { home } = await place();
  const folder = join(home, "training");
  mkdirSync(folder);
  expect((await placeOf(home)).state).toBe("absent");
  {
    await using _held = await hold(folder);
    await expect(hold(folder)).rejects.toMatchObject({ code: "training_setup_runs" });
    await expect(remove(home)).rejects.toMatchObject({ code: "training_setup_runs" });
  }
  // No process has so high an id.
  writeFileSync(join(folder, "held"), String(2 ** 30));
  await using _again = await hold(folder);
  expect(existsSync(join(folder, "held"))).toBe(true);
});
