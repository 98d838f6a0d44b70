/** Runs: stored, sealed, cut, gone on with, given out, given away and erased. */
import { expect, test } from "vitest";
import { perplexityOf, wishOf } from "../../../src/features/evaluation/begin.ts";
import { evaluationJob } from "../../../src/features/evaluation/job.ts";
import { evaluation } from "../../../src/features/evaluation/open.ts";
import { reportOf } from "../../../src/features/evaluation/report.ts";
import { rightsOf } from "../../../src/features/evaluation/rights.ts";
import { RunStore } from "../../../src/features/evaluation/store.ts";
import { work } from "../../../src/features/evaluation/work.ts";
import { jobTables } from "../../../src/jobs/tables.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { jobsOn } from "../../fixtures/jobs.ts";
import { sealing } from "../../fixtures/vault.ts";
import { bare, noFiles, several, toy } from "./toy.ts";

const TEXT = "The quick brown fox jumps over the lazy dog, again and again. ".repeat(4);
const planOf = (models: readonly string[], content = TEXT) =>
  perplexityOf(
    {
      ...{ models: models.map(wishOf), name: "fox.txt", content, language: "en" },
      ...{ protocol: "llama", context: 32 },
    },
    "0.0.0",
  );

async function opened() {
  const tables = [vaultTables, jobTables, evaluation(async () => noFiles)];
  const database = await freshDatabase(tables);
  const sealed = sealing(database);
  return { ...sealed, store: new RunStore(database.db, sealed.vault) };
}

const care = (signal = new AbortController().signal) => ({
  ...{ signal, progress: () => {} },
  turn: async () => signal.throwIfAborted(),
});

test("a run measures each model, and says what was measured on", async () => {
  const { store } = await opened();
  const { plan, content } = planOf(["easy", "hard"]);
  const run = await store.add("ana", plan, content);
  const engines = several([toy({ id: "easy" }), toy({ id: "hard", nats: () => 3 })]);
  await work(store, { ...bare, engines }, run, care());
  const report = await reportOf(store, await store.one("ana", run.id));
  expect(report).toMatchObject({ state: "done", done: 14, total: 14 });
  expect(report.plan.source).toMatchObject({ name: "fox.txt", bytes: TEXT.length });
  const [easy, hard] = report.models;
  expect(hard?.perplexity?.[0]?.token.value).toBeCloseTo(Math.exp(3), 9);
  expect(hard?.perplexity?.[0]?.tokens).toBe(7 * 15);
  expect(easy?.perplexity?.[0]?.token.value).toBeLessThan(Math.exp(3));
  expect(hard?.ratio?.value).toBeGreaterThan(1);
});

test("a run that was cut keeps what it has, and does each window once", async () => {
  const { store } = await opened();
  const { plan, content } = planOf(["toy"]);
  const run = await store.add("ana", plan, content);
  const stopping = new AbortController();
  let windows = 0;
  const onWindow = () => {
    windows += 1;
    if (windows === 3) stopping.abort(new Error("stop"));
  };
  const engines = several([toy({ onWindow })]);
  const where = { ...bare, engines };
  await expect(work(store, where, run, care(stopping.signal))).rejects.toThrow("stop");
  expect(await store.one("ana", run.id)).toMatchObject({ state: "cut", done: 2, total: 7 });
  await work(store, where, await store.one("ana", run.id), care());
  expect(await store.one("ana", run.id)).toMatchObject({ state: "done", done: 7, error: null });
  expect(windows).toBe(3 + 5);
  expect((await store.items(run)).map(({ place }) => place)).toEqual([-1, 0, 1, 2, 3, 4, 5, 6]);
});

test("a model that is another file by now is not measured on", async () => {
  const { store } = await opened();
  const { plan, content } = planOf(["toy"]);
  const run = await store.add("ana", plan, content);
  const stopping = new AbortController();
  const first = toy({ digest: "aa", onWindow: () => stopping.abort(new Error("stop")) });
  const at = (engine = first) => ({ ...bare, engines: several([engine]) });
  await expect(work(store, at(), run, care(stopping.signal))).rejects.toThrow("stop");
  const again = work(store, at(toy({ digest: "bb" })), run, care());
  await expect(again).rejects.toMatchObject({ code: "evaluation_model_changed" });
  const left = await store.one("ana", run.id);
  expect(left).toMatchObject({ state: "failed", error: { code: "evaluation_model_changed" } });
});

test("an engine that gives no scores is refused by name, and what others gave is kept", async () => {
  const { store } = await opened();
  const { plan, content } = planOf(["toy", "mute"]);
  const run = await store.add("ana", plan, content);
  const { scoreTokens: _none, ...mute } = toy({ id: "mute" });
  const where = { ...bare, engines: several([toy(), mute]) };
  await expect(work(store, where, run, care())).rejects.toMatchObject({
    code: "evaluation_no_scores",
  });
  const report = await reportOf(store, await store.one("ana", run.id));
  expect(report.models[0]?.perplexity).toHaveLength(1);
  expect(report.models[1]?.perplexity).toEqual([]);
});

test("as a job it waits for those who chat, and goes on after a restart", async () => {
  const { store, db, vault, scrub } = await opened();
  const { plan, content } = planOf(["toy"]);
  const run = await store.add("ana", plan, content);
  let busy = false;
  let windows = 0;
  const onWindow = () => {
    windows += 1;
    busy = windows === 3;
  };
  const where = { ...bare, engines: several([toy({ onWindow })]) };
  const kind = evaluationJob(store, where);
  const start = async () => {
    const jobs = jobsOn({ db, vault, scrub }, { kinds: () => [kind], busy: () => busy });
    await jobs.start();
    return jobs;
  };
  const first = await start();
  const { id } = await first.begin(kind, "ana", { run: run.id, title: "fox.txt" });
  await expect.poll(async () => (await first.one("ana", id)).state).toBe("paused");
  expect(windows).toBe(3);
  await first.stop();
  // As a crash would have left it.
  await store.mark(run, "running");
  busy = false;
  const second = await start();
  await expect.poll(async () => (await second.one("ana", id)).state).toBe("done");
  expect(windows).toBe(7);
  expect(await store.one("ana", run.id)).toMatchObject({ state: "done", done: 7 });
  await second.stop();
});

test("nothing of it can be read in the database", async () => {
  const { store, db } = await opened();
  const { plan, content } = planOf(["toy"]);
  const run = await store.add("ana", plan, content);
  const where = { ...bare, engines: several([toy()]) };
  await work(store, where, run, care());
  for (const table of ["evaluation_run", "evaluation_source", "evaluation_item"]) {
    const rows = JSON.stringify(await db.selectFrom(table).selectAll().execute());
    // No word of letters alone, which sealed bytes can spell by chance.
    expect(rows).not.toMatch(/brown fox|fox\.txt|"toy|"nats/);
  }
});

test("a long text is kept in parts, and comes back whole", async () => {
  const { store } = await opened();
  const { plan, content } = planOf(["toy"], "ñ fox ".repeat(100_000));
  const run = await store.add("ana", plan, content);
  expect(await store.content(run)).toBe(content);
});

test("it is its owner's alone, and goes with its owner", async () => {
  const { store } = await opened();
  const { plan, content } = planOf(["toy"]);
  const run = await store.add("ana", plan, content);
  const where = { ...bare, engines: several([toy()]) };
  await work(store, where, run, care());
  expect((await store.one("ana", run.id.slice(0, 8))).id).toBe(run.id);
  await expect(store.one("eva", run.id)).rejects.toMatchObject({ code: "evaluation_not_found" });
  await expect(store.one("ana", "")).rejects.toMatchObject({ code: "evaluation_not_found" });
  const rights = rightsOf(store);
  const items = await store.items(run);
  await rights.giveTo?.("ana", "eva");
  expect(await store.list("ana")).toEqual([]);
  const hers = await store.one("eva", run.id);
  expect(await store.items(hers)).toEqual(items);
  expect(await store.content(hers)).toBe(content);
  const files = await Array.fromAsync(rights.collect("eva", "en"));
  expect(files.map(({ path }) => path)).toEqual([`evaluations/${run.id}.json`]);
  expect(String(files[0]?.content)).toContain("The quick brown fox");
  expect(await rights.erase("eva")).toMatchObject([{ count: 1 }]);
  expect(await rights.erase("eva")).toMatchObject([{ count: 0 }]);
  expect(await store.items(run)).toEqual([]);
});

test("what ran when the process ended is cut", async () => {
  const { store } = await opened();
  const { plan, content } = planOf(["toy"]);
  const run = await store.add("ana", plan, content);
  await store.mark(run, "running");
  await store.settle();
  expect((await store.one("ana", run.id)).state).toBe("cut");
});
