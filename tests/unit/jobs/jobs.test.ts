/** Long work: stored, sealed, cancelled, gone on with, and in nobody's way. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import type { Job, JobKind, Running } from "../../../src/core/jobs.ts";
import { isQuiet } from "../../../src/jobs/policy.ts";
import type { JobRunner } from "../../../src/jobs/runner.ts";
import { JobStore } from "../../../src/jobs/store.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { type GivenJobs, testJobs } from "../../fixtures/jobs.ts";

type Counting = JobKind<{ name: string }, number>;

function kindOf(
  run: Counting["run"],
  more: Partial<Pick<Counting, "lane" | "name" | "same">> = {},
): Counting {
  return {
    ...{ name: "count", lane: "net", label: { en: "Count", es: "Cuenta" }, unit: "items" },
    ...{ input: z.object({ name: z.string() }), saved: z.number(), title: ({ name }) => name },
    ...more,
    run,
  };
}

/** Work that goes on until it is told to end. */
const endless = ({ signal }: Running<unknown, number>) =>
  new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

type Opened = Awaited<ReturnType<typeof freshDatabase>>;
async function runner(kinds: readonly Counting[], given: GivenJobs = {}, at?: Opened) {
  const opened = at ?? (await freshDatabase());
  const jobs = await testJobs(opened, { kinds: () => kinds as readonly JobKind[], ...given });
  await jobs.start();
  onTestFinished(() => jobs.stop());
  return { jobs, opened };
}

async function until(jobs: JobRunner, id: string, holds: (job: Job) => boolean, owner = "ana") {
  const signal = new AbortController().signal;
  for (;;) {
    const change = jobs.change(signal);
    const job = await jobs.one(owner, id);
    if (holds(job)) return job;
    await change;
  }
}
const ended = (job: Job) => job.endedAt !== null;
const says = (job: Awaited<ReturnType<typeof until>>) => job.log.map(({ en }) => en);

test("a job runs, shows how far it is, and is done", async () => {
  const kind = kindOf(async ({ progress, note }) => {
    progress(1, 3);
    note({ en: "Halfway.", es: "A medias." });
  });
  const { jobs } = await runner([kind]);
  const { id } = await jobs.begin(kind, "ana", { name: "three" });
  const job = await until(jobs, id, ended);
  expect(job).toMatchObject({ state: "done", done: 3, total: 3, title: "three", error: null });
  expect(says(job)).toEqual(["Begun.", "Started.", "Halfway.", "Done."]);
  await expect(jobs.resume("ana", id)).rejects.toMatchObject({ code: "job_done" });
});

test("what fails says why, goes on when it is wanted, and is forgotten", async () => {
  let fails = true;
  const kind = kindOf(async () => {
    if (fails) throw new TypeError("broken");
  });
  const { jobs } = await runner([kind], { log: () => {} });
  const { id } = await jobs.begin(kind, "ana", { name: "it" });
  expect(await until(jobs, id, ended)).toMatchObject({
    state: "failed",
    error: { code: "internal_error" },
  });
  fails = false;
  expect(await jobs.resume("ana", id)).toMatchObject({ error: null, endedAt: null });
  expect((await until(jobs, id, ended)).state).toBe("done");
  await jobs.remove("ana", id);
  expect(await jobs.list("ana")).toEqual([]);
});

test("who cancels ends it at once, whether it runs or waits", async () => {
  const kind = kindOf(endless);
  const { jobs } = await runner([kind], { policy: { net: 1 } });
  const first = await jobs.begin(kind, "ana", { name: "1" });
  const second = await jobs.begin(kind, "ana", { name: "2" });
  await until(jobs, first.id, ({ state }) => state === "running");
  expect((await jobs.one("ana", second.id)).state).toBe("queued");
  expect((await jobs.cancel("ana", second.id)).state).toBe("cancelled");
  expect((await jobs.cancel("ana", first.id)).state).toBe("cancelled");
  expect(jobs.underWay(kind)).toEqual([]);
});

test("a lane has its limit, and whoever has less under way is next", async () => {
  const kind = kindOf(endless);
  const { jobs } = await runner([kind], { policy: { net: 2, of_person: 3 } });
  const ids: Record<string, string> = {};
  for (const [owner, name] of [
    ["ana", "a1"],
    ["ana", "a2"],
    ["ana", "a3"],
    ["eva", "e1"],
  ] as const)
    ids[name] = (await jobs.begin(kind, owner, { name })).id;
  await expect(jobs.begin(kind, "ana", { name: "a4" })).rejects.toMatchObject({
    code: "jobs_limited",
    status: 429,
  });
  await jobs.cancel("ana", ids.a1 as string);
  await until(jobs, ids.e1 as string, ({ state }) => state === "running", "eva");
  expect((await jobs.one("ana", ids.a3 as string)).state).toBe("queued");
});

test("a second job on the same thing is the first", async () => {
  const kind = kindOf(endless, { same: ({ name }) => name });
  const { jobs } = await runner([kind]);
  const [first, again, other] = await Promise.all(
    ["x", "x", "y"].map((name) => jobs.begin(kind, "ana", { name })),
  );
  expect(again?.id).toBe(first?.id);
  expect(other?.id).not.toBe(first?.id);
});

test("a job is its owner's; others see that it is there, and not what it is about", async () => {
  const kind = kindOf(endless);
  const { jobs, opened } = await runner([kind]);
  const { id } = await jobs.begin(kind, "ana", { name: "zafiro" });
  for (const act of ["one", "cancel", "resume", "remove"] as const)
    await expect(jobs[act]("eva", id)).rejects.toMatchObject({
      code: "job_not_found",
      status: 404,
    });
  expect(await jobs.list("eva")).toEqual([]);
  const [seen] = await jobs.others("eva");
  expect(seen).toMatchObject({ id, owner: "ana", kind: "count", title: null });
  const rows = JSON.stringify(await opened.db.selectFrom("job").selectAll().execute());
  expect(rows + JSON.stringify(seen)).not.toContain("zafiro");
});

test("a job that is ended while its beginning is stored leaves nothing behind", async () => {
  const stored = Promise.withResolvers<void>();
  const write = JobStore.prototype.write;
  const slow = vi.spyOn(JobStore.prototype, "write").mockImplementation(async function (
    this: JobStore,
    job,
  ) {
    if (job.state === "running") await stored.promise;
    return write.call(this, job);
  });
  onTestFinished(() => slow.mockRestore());
  let ran = false;
  const kind = kindOf(async () => {
    ran = true;
  });
  const { jobs } = await runner([kind], { graceMs: 1 });
  const { id } = await jobs.begin(kind, "ana", { name: "it" });
  await expect.poll(async () => (await jobs.one("ana", id)).state).toBe("running");
  const stopping = jobs.stop();
  // What had waited for the end of the work would be an error that nobody takes.
  await sleep(20);
  stored.resolve();
  await stopping;
  expect(ran).toBe(false);
  expect((await jobs.one("ana", id)).state).toBe("queued");
});

test("a server that stops in good order goes on where it had saved", async () => {
  const saved: (number | undefined)[] = [];
  const kind = kindOf(async (job) => {
    saved.push(job.saved);
    if (job.saved === 2) return;
    await job.save(2);
    await endless(job);
  });
  const { jobs, opened } = await runner([kind]);
  const { id } = await jobs.begin(kind, "ana", { name: "it" });
  await expect.poll(() => saved.length).toBe(1);
  await expect
    .poll(async () => (await opened.db.selectFrom("job").select("saved").executeTakeFirst())?.saved)
    .not.toBe(null);
  await jobs.stop();
  const next = await runner([kind], {}, opened);
  expect((await until(next.jobs, id, ended)).state).toBe("done");
  expect(saved).toEqual([undefined, 2]);
});

test("a job at whose place the server dies three times has failed, unless it came further", async () => {
  const kind = kindOf(endless);
  const { jobs, opened } = await runner([kind]);
  const { id } = await jobs.begin(kind, "ana", { name: "it" });
  await until(jobs, id, ({ state }) => state === "running");
  await jobs.stop();
  /** As the row stands when a process is killed. */
  const die = async (done: number) => {
    await opened.db.updateTable("job").set({ state: "running", done }).execute();
    const next = await runner([kind], {}, opened);
    const job = await until(next.jobs, id, ({ state }) => state !== "queued");
    const { deaths } = await opened.db.selectFrom("job").select("deaths").executeTakeFirstOrThrow();
    await opened.db.updateTable("job").set({ deaths }).execute();
    if (job.state === "failed") return job;
    await next.jobs.stop();
    await opened.db.updateTable("job").set({ deaths }).execute();
    return job;
  };
  expect((await die(0)).state).toBe("running");
  expect((await die(0)).state).toBe("running");
  expect((await die(5)).state).toBe("running");
  expect((await die(5)).state).toBe("running");
  expect(await die(5)).toMatchObject({ state: "failed", error: { code: "job_died" } });
});

test("what nothing does any more has failed", async () => {
  const kind = kindOf(endless);
  const { jobs, opened } = await runner([kind]);
  const { id } = await jobs.begin(kind, "ana", { name: "it" });
  await jobs.stop();
  const next = await runner([], {}, opened);
  expect(await next.jobs.one("ana", id)).toMatchObject({
    state: "failed",
    title: null,
    error: { code: "job_unknown" },
  });
});

test("work that computes waits while people chat, before it begins and in between", async () => {
  let busy = true;
  const steps: number[] = [];
  const kind = kindOf(
    async ({ turn, progress }) => {
      for (let step = 1; step <= 2; step++) {
        await turn();
        steps.push(step);
        progress(step, 2);
        busy = step === 1;
      }
    },
    { lane: "compute" },
  );
  const { jobs } = await runner([kind], { busy: () => busy });
  const { id } = await jobs.begin(kind, "ana", { name: "it" });
  expect((await jobs.one("ana", id)).state).toBe("queued");
  busy = false;
  await until(jobs, id, ({ state }) => state === "paused");
  expect(steps).toEqual([1]);
  busy = false;
  const job = await until(jobs, id, ended);
  expect(steps).toEqual([1, 2]);
  expect(says(job)).toContain("Waits while people chat.");
});

test("nothing is computed in quiet hours, and all else goes on", async () => {
  let now = new Date(2026, 0, 1, 23, 0);
  const policy = { quiet_hours: "22:00-06:00" };
  const slow = kindOf(async ({ turn }) => turn(), { lane: "compute" });
  const net = kindOf(async ({ turn }) => turn(), { name: "net" });
  const { jobs } = await runner([slow, net], { policy, now: () => now });
  const first = await jobs.begin(slow, "ana", { name: "1" });
  const second = await jobs.begin(net, "ana", { name: "2" });
  await until(jobs, second.id, ended);
  expect((await jobs.one("ana", first.id)).state).toBe("queued");
  now = new Date(2026, 0, 2, 6, 0);
  await until(jobs, first.id, ended);
});

test.each([
  ["22:00-06:00", 22, 0, true],
  ["22:00-06:00", 5, 59, true],
  ["22:00-06:00", 6, 0, false],
  ["08:30-12:00", 8, 29, false],
  ["08:30-12:00", 8, 30, true],
  ["", 3, 0, false],
])("the hours %s are quiet at %i:%i: %s", (hours, hour, minute, quiet) => {
  expect(isQuiet(hours, new Date(2026, 0, 1, hour, minute))).toBe(quiet);
});

test("a person has the own jobs, gives them away with their work, and has them erased", async () => {
  const kind = kindOf(endless);
  const { jobs } = await runner([kind]);
  const { rights } = jobs.opened;
  const { id } = await jobs.begin(kind, "ana", { name: "hers" });
  await until(jobs, id, ({ state }) => state === "running");
  const files = async (person: string) =>
    (await Array.fromAsync(rights?.collect(person, "en") ?? [])).map(({ content }) => content);
  expect((await files("ana")).join()).toContain("hers");
  await rights?.giveTo?.("ana", "eva");
  expect(await files("ana")).toEqual([]);
  expect(await until(jobs, id, ({ state }) => state === "running", "eva")).toMatchObject({
    title: "hers",
  });
  expect(await rights?.erase("eva")).toMatchObject([{ what: "jobs", count: 1 }]);
  expect(await rights?.erase("eva")).toMatchObject([{ what: "jobs", count: 0 }]);
  expect(jobs.underWay(kind)).toEqual([]);
});

test("what has ended is forgotten after its days", async () => {
  let now = new Date("2026-01-01T00:00:00Z");
  const kind = kindOf(async () => {});
  const { jobs } = await runner([kind], { now: () => now, policy: { keep_days: 2 } });
  const { id } = await jobs.begin(kind, "ana", { name: "it" });
  await until(jobs, id, ended);
  now = new Date("2026-01-02T00:00:00Z");
  const periods = { auditMonths: 1, deletedChatMinutes: 1 };
  await jobs.opened.expire?.(periods);
  expect(await jobs.list("ana")).toHaveLength(1);
  now = new Date("2026-01-04T00:00:00Z");
  await jobs.opened.expire?.(periods);
  expect(await jobs.list("ana")).toEqual([]);
});
