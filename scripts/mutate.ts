/**
 * `npm run mutate [-- SECTION...] [--jobs N]`: makes each change of `tests/mutations` in a copy of the
 * clone, one at a time, and says which of them no test has noticed. Exits with 1 when fewer than 90 of
 * 100 were noticed.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { mutated, ROOT, readSections, type Site } from "./mutations.ts";

const LEAST = 0.9;
/** A change that makes a test wait for ever is noticed, too. */
const MAX_MS = 180_000;
const COPIED = ["src", "tests", "scripts", "examples", "web/src", "package.json", "tsconfig.json"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: "string", default: "1" } },
});
const sections = readSections().filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
);

function copy(): string {
  const folder = mkdtempSync(join(tmpdir(), "charla-mutate-"));
  for (const path of [...COPIED, "vitest.config.ts"]) {
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Whether a test fails. */
function notices(folder: string, tests: readonly string[]): Promise<boolean> {
  const vitest = join(folder, "node_modules/vitest/vitest.mjs");
  const options = ["run", "--project", "unit", "--bail", "1", "--maxWorkers", "1"];
  const child = spawn(process.execPath, [vitest, ...options, ...tests], {
    ...{ cwd: folder, stdio: "ignore", timeout: MAX_MS },
    env: { ...process.env, CI: "" },
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code !== 0));
  });
}

interface Job {
  readonly section: string;
  readonly tests: readonly string[];
  readonly site: Site;
}

const survivors: Job[] = [];
const counts = new Map<string, { caught: number; all: number }>();

async function work(folder: string, jobs: Job[]): Promise<void> {
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    const { section, tests, site } = job;
    const path = join(folder, site.file);
    const source = readFileSync(path, "utf8");
    const changed = mutated(source, site);
    if (changed === undefined) throw new Error(`${site.file} has not once: ${site.search}`);
    writeFileSync(path, changed);
    const caught = await notices(folder, tests).finally(() => writeFileSync(path, source));
    const count = counts.get(section) ?? { caught: 0, all: 0 };
    counts.set(section, { caught: count.caught + Number(caught), all: count.all + 1 });
    if (!caught) survivors.push(job);
    const line = `${caught ? "noticed " : "SURVIVED"} ${site.file}: ${site.search}`;
    console.log(`${line} -> ${site.replacement}`);
  }
}

const folders: string[] = [];
try {
  const jobs = sections.flatMap(({ name, tests, sites }) =>
    sites.map((site): Job => ({ section: name, tests, site })),
  );
  folders.push(...Array.from({ length: Number(values.jobs) }, copy));
  // Tests that fail without any change would notice everything.
  const all = [...new Set(sections.flatMap(({ tests }) => tests))];
  for (const path of all) {
    if (await notices(folders[0] as string, [path])) throw new Error(`${path} fails by itself`);
  }
  await Promise.all(folders.map((folder) => work(folder, jobs)));
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

for (const { site } of survivors) {
  console.log(`\n${site.file}\n- ${site.search}\n+ ${site.replacement}`);
}
const total = { caught: 0, all: 0 };
console.log();
for (const [name, { caught, all }] of counts) {
  console.log(`${name.padEnd(12)} ${String(caught).padStart(3)} of ${all}`);
  total.caught += caught;
  total.all += all;
}
const share = total.caught / total.all;
console.log(`${"all".padEnd(12)} ${total.caught} of ${total.all}, ${(share * 100).toFixed(1)} %`);
process.exitCode = share < LEAST ? 1 : 0;
