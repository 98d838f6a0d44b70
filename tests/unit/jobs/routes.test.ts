/** Jobs over HTTP in a whole server, through its death, and by the command while none runs. */
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { features } from "../../../src/app/features.ts";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import type { Feature } from "../../../src/core/feature.ts";
import type { JobKind, Jobs } from "../../../src/core/jobs.ts";
import { jobReply, jobsReply } from "../../../src/features/jobs/api.ts";
import {
  CLI,
  charla,
  ended,
  printed,
  ROOT,
  start,
  temporary,
  terminal,
} from "../../fixtures/charla.ts";

const kind: JobKind<string> = {
  ...{ name: "test.work", lane: "disk", label: { en: "Work", es: "Trabajo" }, unit: "items" },
  ...{ input: z.string(), title: (input) => input },
  async run({ signal, progress }) {
    progress(1, 4);
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  },
};

async function server(home: string) {
  let jobs: Jobs | undefined;
  const begins: Feature = {
    name: "test-jobs",
    load: async () => ({
      name: "test-jobs",
      open(house) {
        jobs = house.jobs;
        return { jobs: [kind] };
      },
    }),
  };
  const list = features as Feature[];
  list.push(begins);
  onTestFinished(() => void list.splice(list.indexOf(begins), 1));
  const app = await startApp(readConfig({ engine: "scripted", port: 0, home }, {}), () => {});
  const send = async (method: string, path: string) => {
    const response = await fetch(`${app.url}/api/jobs${path}`, { method });
    // biome-ignore lint/suspicious/noExplicitAny: what is in it is what the tests find out
    return (response.status === 204 ? undefined : await response.json()) as any;
  };
  return { app, jobs: jobs as unknown as Jobs, send };
}

test("jobs are listed, watched, cancelled, taken up again and removed, and left to the command", async () => {
  const home = temporary();
  const { app, jobs, send } = await server(home);
  const { id } = await jobs.begin(kind, "solo", "mine");
  await jobs.begin(kind, "ana", "hers");
  await expect
    .poll(async () => (await send("GET", "")).items.find((job: { id: string }) => job.id === id))
    .toMatchObject({ state: "running", done: 1, total: 4, title: "mine", own: true });
  const all = jobsReply.parse(await send("GET", "")).items;
  expect(all.find(({ own }) => !own)).toMatchObject({
    kind: "test.work",
    title: null,
    error: null,
  });

  const events = await fetch(`${app.url}/api/jobs/${id}/events`);
  expect(await send("POST", `/${id}/cancel`)).toMatchObject({ state: "cancelled" });
  // The stream ends with the job.
  const text = await events.text();
  const last = jobReply.parse(JSON.parse(text.trim().split("\n\n").at(-1)?.slice(6) ?? ""));
  expect(last.state).toBe("cancelled");
  expect(last.log.map(({ es }) => es)).toEqual(["Creada.", "En marcha.", "Cancelada."]);

  expect(await send("POST", `/${id}/resume`)).toMatchObject({ endedAt: null });
  await app.stop();
  const env = { CHARLA_HOME: home };
  const listed = JSON.parse((await charla(["jobs", "--json"], { env })).stdout);
  expect(listed).toMatchObject([
    { id, state: "queued", owner: "solo" },
    { state: "queued", owner: "ana" },
  ]);
  const cancelled = await charla(["jobs", "cancel", id], { env });
  expect(cancelled.stdout).toMatch(/cancelled .*25 %/);
  expect((await charla(["jobs", "log", id], { env })).stdout).toContain("Cancelled.");
  expect(await charla(["jobs", "log", "none"], { env })).toMatchObject({ code: 1 });
});

test("the command asks the server that runs: it lists, watches, cancels and resumes", async () => {
  const home = temporary();
  const { app, jobs } = await server(home);
  const env = { CHARLA_HOME: home };
  const { id } = await jobs.begin(kind, "solo", "mine");
  const listed = await charla(["jobs"], { env });
  expect(listed).toMatchObject({ code: 0 });
  expect(listed.stdout).toMatch(new RegExp(`${id} +(running|waiting) .*Work: mine`));

  const watching = start(process.execPath, [CLI, "jobs", "watch"], { env });
  await printed(watching, new RegExp(`${id} {2}running {2}25 %`));
  expect((await charla(["jobs", "cancel", id], { env })).stdout).toContain("cancelled");
  await printed(watching, new RegExp(`${id} {2}cancelled`));
  watching.kill("SIGINT");
  expect((await ended(watching)).code).toBe(0);
  expect((await charla(["jobs", "resume", id], { env })).stdout).toMatch(/running|waiting/);
  expect((await charla(["jobs", "log", id], { env })).stdout).toContain("Cancelled.");
  expect(await charla(["jobs", "cancel", "none"], { env })).toMatchObject({ code: 1 });
  await app.stop();
  const over = await charla(["jobs", "watch"], { env });
  expect(over.stdout).toContain(id);
  expect(over.stderr).toContain("No server runs");
});

test("in a terminal the list is drawn over itself, and keys choose and cancel", async () => {
  const home = temporary();
  const { app, jobs } = await server(home);
  await jobs.begin(kind, "solo", "older");
  const { id } = await jobs.begin(kind, "solo", "newer");
  const watching = terminal(`${process.execPath} ${CLI} jobs watch`, { CHARLA_HOME: home });
  await printed(watching, /> .*newer[\s\S]*older[\s\S]*c cancels it/);
  watching.stdin?.write("\x1b[B");
  await printed(watching, /newer[\s\S]*> .*older/);
  watching.stdin?.write("\x1b[A");
  await printed(watching, /> .*newer/);
  watching.stdin?.write("c");
  await printed(watching, /> .*cancelled/);
  expect((await jobs.one("solo", id)).state).toBe("cancelled");
  watching.stdin?.write("q");
  expect((await ended(watching)).code).toBe(0);
  await app.stop();
});

test("a job goes on from what it saved after its process was killed", async () => {
  const home = temporary();
  const script = join(home, "work.ts");
  const from = (path: string) => JSON.stringify(join(ROOT, path));
  await writeFile(
    script,
    `import * as z from ${from("node_modules/zod/index.js")};
import { features } from ${from("src/app/features.ts")};
import { startApp } from ${from("src/app.ts")};
import { readConfig } from ${from("src/config.ts")};
const kind = {
  name: "test.steps", lane: "disk", label: { en: "Steps", es: "Pasos" }, unit: "items",
  input: z.string(), saved: z.number(),
  async run({ saved = 0, save, progress }) {
    console.log("from", saved);
    for (let step = saved + 1; step <= 3; step++) {
      await save(step);
      progress(step, 3);
      console.log("saved", step);
      if (saved === 0 && step === 2) await new Promise(() => {});
    }
  },
};
let jobs;
const open = (house) => { jobs = house.jobs; return { jobs: [kind] }; };
features.push({ name: "test-steps", load: async () => ({ name: "test-steps", open }) });
await startApp(readConfig({ engine: "scripted", port: 0, home: process.argv[2] }, {}), () => {});
if ((await jobs.list("solo")).length === 0) await jobs.begin(kind, "solo", "it");
for (;;) {
  const [job] = await jobs.list("solo");
  if (job.endedAt) { console.log("ended", job.state); process.exit(0); }
  await new Promise((resolve) => setTimeout(resolve, 20));
}
`,
  );
  const heard = async (last: string) => {
    const child = start(process.execPath, [script, join(home, "data")]);
    let text = "";
    const said = Promise.withResolvers<void>();
    child.stderr?.on("data", (chunk) => (text += chunk));
    child.stdout?.on("data", (chunk) => {
      text += chunk;
      if (text.includes(last)) said.resolve();
    });
    const over = once(child, "close");
    await Promise.race([said.promise, over]);
    child.kill("SIGKILL");
    await over;
    return text;
  };
  expect(await heard("saved 2")).toContain("from 0");
  const second = await heard("ended");
  expect(second).toContain("from 2");
  expect(second).toContain("ended done");
});
