/**
 * `npm run soak`: many people on one server for minutes, some of whom read slowly, stop reading or
 * leave. Memory has to stay flat, nothing may fail but by a limit, and nothing may be stuck at the
 * end. See README.md beside this file.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { median } from "../src/core/statistics.ts";
import type { Program } from "./processes.ts";
import { inspect } from "./soak/heap.ts";
import { besideHostile } from "./soak/hostile.ts";
import { administrator, people } from "./soak/people.ts";
import { live, READERS, type Reader, type Signals } from "./soak/readers.ts";
import { engineOf, serve } from "./soak/server.ts";
import { starter } from "./starter.ts";

const USAGE = `npm run soak -- [--minutes 5] [--users 256] [--json FILE]
npm run soak -- --hostile [--minutes 2] [--model FILE] [--only ATTACK ...] [--json FILE] [--profile FILE]`;
/** All of them come from one machine here, which in life they do not; a person's limits stay. */
const POLICY =
  "[limits]\nrequests_per_minute = { address = 0 }\nat_once = { requests_of_address = 0 }\n";
const SETTINGS = { CHARLA_ENGINE: "scripted" };
const SAMPLE_MS = 1000;
/** Answers that were under way are given so long to end, connections to be closed, in seconds. */
const END_S = 60;
/** Growth that still counts as flat, and the least that is looked at, in megabytes. */
const FLAT = 0.1;
const NOISE_MB = 8;

interface Sample {
  /** Minutes since the people came. */
  readonly at: number;
  /** Megabytes of 10^6 bytes. */
  readonly mb: number;
}

async function main(minutes: number, users: number, json: string | undefined): Promise<boolean> {
  const [load = 0] = loadavg();
  if (load > 1) console.error(`The machine is busy (load ${load.toFixed(1)}).`);
  const home = mkdtempSync(join(tmpdir(), "charla-soak-"));
  const { server, url, token, port } = await serve(home, SETTINGS, POLICY);
  try {
    console.error(`making ${users} accounts`);
    const admin = await administrator(url, token);
    const all = await people(url, admin, users);
    const inspector = await inspect(port);
    const descriptors = openFiles(server.pid);
    const before = await inspector.held();
    const outcomes = new Map<string, Map<string, number>>(
      READERS.map((one) => [one.name, new Map()]),
    );
    const [over, closing] = [new AbortController(), new AbortController()];
    const signals: Signals = { over: over.signal, closing: closing.signal };
    const kinds = READERS.flatMap((reader) => Array<Reader>(reader.share).fill(reader));
    const lives = all.map((person) => {
      const reader = kinds[person.number % kinds.length] as Reader;
      const own = outcomes.get(reader.name) as Map<string, number>;
      const tell = (outcome: string) => own.set(outcome, (own.get(outcome) ?? 0) + 1);
      return live(url, person, reader, signals, tell);
    });
    const samples = await Promise.race([watch(server, minutes), server.gone]);
    over.abort();
    // Those who do not read are still there, and must not keep an answer from ending.
    const held = await settled(url, admin);
    closing.abort();
    await Promise.all(lives);
    const after = await settled(url, admin);
    const left = await closed(server.pid, descriptors);
    const heap = { before, after: await inspector.held() };
    inspector.close();
    const result = { users, minutes, samples, heap, outcomes, held, after, left };
    report(result);
    if (json) writeFileSync(json, `${JSON.stringify(result, replacer, 1)}\n`);
    return verdict(result);
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

const minutesSince = (began: number) => (performance.now() - began) / 60_000;

async function watch(server: Program, minutes: number): Promise<Sample[]> {
  const began = performance.now();
  const samples: Sample[] = [];
  for (let at = 0; at < minutes; at = minutesSince(began)) {
    samples.push({ at, mb: residentMegabytes(server.pid) });
    if (samples.length % 30 === 0) {
      console.error(`  ${at.toFixed(1)} minutes: ${samples.at(-1)?.mb.toFixed(0)} MB`);
    }
    await sleep(SAMPLE_MS);
  }
  return samples;
}

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6;
}

const openFiles = (pid: number) => readdirSync(`/proc/${pid}/fd`).length;

/** What is still under way when nobody asks any more; waits for it to end. */
interface Rest {
  readonly running: number;
  readonly busy: number;
  readonly queued: number;
}

async function settled(url: string, cookie: string): Promise<Rest> {
  let rest = { running: Number.NaN, busy: Number.NaN, queued: Number.NaN };
  for (let waited = 0; waited < END_S; waited++) {
    const { running, busy, queued } = await engineOf(url, cookie);
    rest = { running, busy, queued };
    if (rest.running + rest.busy + rest.queued === 0) break;
    await sleep(1000);
  }
  return rest;
}

/** How many more files and sockets are open than before anybody came; waits for them to close. */
async function closed(pid: number, before: number): Promise<number> {
  for (let waited = 0; waited < END_S && openFiles(pid) > before; waited++) await sleep(1000);
  return Math.max(0, openFiles(pid) - before);
}

/**
 * Of the parts of the time after the first fifth, in which code is compiled and the heap finds its
 * size. Between two collections memory rises and falls, so peaks are compared, not moments.
 */
function memory(samples: readonly Sample[], minutes: number) {
  const part = (from: number, to: number) =>
    samples.filter(({ at }) => at >= from * minutes && at < to * minutes).map(({ mb }) => mb);
  const parts = [part(0.2, 0.46), part(0.46, 0.73), part(0.73, 2)];
  const [first, , last] = parts.map((values) => Math.max(...values));
  const grows = tooMuch(first ?? 0, last ?? 0);
  const text = parts.map((values) => `${show(median(values))} (${show(Math.max(...values))})`);
  const rest = samples.filter(({ at }) => at >= minutes / 5);
  return { grows, text: text.join(", "), slope: slope(rest).toFixed(2) };
}

const tooMuch = (first: number, last: number) => last > first * (1 + FLAT) + NOISE_MB;
const show = (value: number) => (Number.isFinite(value) ? value.toFixed(0) : "none");

/** Least squares, in megabytes a minute. */
function slope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [x, y] = [mean(samples.map(({ at }) => at)), mean(samples.map(({ mb }) => mb))];
  const over = mean(samples.map(({ at, mb }) => (at - x) * (mb - y)));
  return over / mean(samples.map(({ at }) => (at - x) ** 2));
}

interface Result {
  readonly users: number;
  readonly minutes: number;
  /** Resident memory, each second. */
  readonly samples: readonly Sample[];
  /** What the server holds before anybody asks, and when all have left, in megabytes. */
  readonly heap: { readonly before: number; readonly after: number };
  /** How often what came of a request, by the kind of reader. */
  readonly outcomes: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly held: Rest;
  readonly after: Rest;
  readonly left: number;
}

const FINE = ["whole", "left", "429"];
const failures = ({ outcomes }: Result) =>
  [...outcomes.values()].flatMap((own) => [...own].filter(([outcome]) => !FINE.includes(outcome)));
const stuck = ({ running, busy, queued }: Rest) => running + busy + queued;

function report(result: Result): void {
  const { users, minutes, outcomes, samples, heap, held, after, left } = result;
  const rss = memory(samples, minutes);
  const rows = [...outcomes].map(([name, own]) => {
    const others = [...own].filter(([outcome]) => !FINE.includes(outcome));
    const counts = FINE.map((outcome) => own.get(outcome) ?? 0);
    return [name, ...counts, others.map(([what, n]) => `${what}: ${n}`).join(", ") || "none"];
  });
  console.log(`${users} people, ${minutes} minutes\n`);
  console.log("| People | whole | left by them | 429 | errors |\n|---|---:|---:|---:|---|");
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log(`
| | |
|---|---:|
| resident memory when the first one asks, MB | ${show(samples[0]?.mb ?? Number.NaN)} |
| in three parts of the time after the first fifth: median (peak), MB | ${rss.text} |
| slope of it, MB a minute | ${rss.slope} |
| held in the heap before anybody asks, when all have left, MB | ${[heap.before, heap.after].map(show).join(", ")} |
| answers, slots, line while slow readers stay | ${held.running}, ${held.busy}, ${held.queued} |
| the same when all have left | ${after.running}, ${after.busy}, ${after.queued} |
| files and sockets left open | ${left} |
`);
}

function verdict(result: Result): boolean {
  const { minutes, samples, heap, after, left } = result;
  const wrong = [
    ...(memory(samples, minutes).grows ? ["resident memory grows"] : []),
    ...(tooMuch(heap.before, heap.after) ? ["the heap grows"] : []),
    ...(failures(result).length > 0 ? ["requests failed"] : []),
    ...(stuck(after) > 0 || left > 0 ? ["something is stuck"] : []),
    ...(result.held.busy > 0 ? ["a slow reader holds a slot"] : []),
  ];
  console.log(wrong.length === 0 ? "passed" : `failed: ${wrong.join(", ")}`);
  return wrong.length === 0;
}

const replacer = (_key: string, value: unknown) =>
  value instanceof Map ? Object.fromEntries(value) : value;

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    users: { type: "string", default: "256" },
    json: { type: "string" },
    hostile: { type: "boolean", default: false },
    model: { type: "string" },
    only: { type: "string", multiple: true, default: [] },
    profile: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const { hostile, json, only, profile } = values;
const minutes = Number(values.minutes ?? (hostile ? 2 : 5));
const users = Number(values.users);
if (values.help || !(minutes > 0) || !(users >= 1)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}
const model = () => resolve(values.model ?? process.env.CHARLA_TEST_MODEL ?? starter());
const passed = hostile
  ? await besideHostile({ minutes, model: model(), only, json, profile })
  : await main(minutes, users, json);
// Connections that are kept alive must not keep it.
process.exit(passed ? 0 : 1);
