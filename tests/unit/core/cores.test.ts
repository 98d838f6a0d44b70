/** Processors of a container, by both versions of control groups. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { coresHere } from "../../../src/core/cores.ts";

/** A system that describes itself by these files. */
function system(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "charla-cores-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(name)), { recursive: true });
    writeFileSync(join(root, name), `${content}\n`);
  }
  return root;
}
const TWO = { "proc/self/cgroup": "0::/system.slice/charla.service" };
const ONE = { "proc/self/cgroup": "8:pids:/box\n4:cpu,cpuacct:/box\n1:name=systemd:/" };
const cpu = (folder: string, quota: string) => ({
  [`sys/fs/cgroup/cpu/${folder}cpu.cfs_quota_us`]: quota,
  [`sys/fs/cgroup/cpu/${folder}cpu.cfs_period_us`]: "100000",
});

it.each<[string, number, Readonly<Record<string, string>>]>([
  ["no control groups", 8, {}],
  ["version 2 without a limit", 8, { ...TWO, "sys/fs/cgroup/cpu.max": "max 100000" }],
  [
    "version 2 with one",
    2,
    { ...TWO, "sys/fs/cgroup/system.slice/charla.service/cpu.max": "250000 100000" },
  ],
  [
    "version 2 with one above",
    3,
    { ...TWO, "sys/fs/cgroup/system.slice/cpu.max": "300000 100000" },
  ],
  [
    "version 2 with several, of which the least counts",
    1,
    {
      ...TWO,
      "sys/fs/cgroup/system.slice/cpu.max": "400000 100000",
      "sys/fs/cgroup/system.slice/charla.service/cpu.max": "150000 100000",
    },
  ],
  ["a path of the host in a container", 4, { ...TWO, "sys/fs/cgroup/cpu.max": "400000 100000" }],
  ["less than one", 1, { ...TWO, "sys/fs/cgroup/cpu.max": "50000 100000" }],
  ["more than there are", 8, { ...TWO, "sys/fs/cgroup/cpu.max": "6400000 100000" }],
  ["version 1 without a limit", 8, { ...ONE, ...cpu("box/", "-1") }],
  ["version 1 with one", 2, { ...ONE, ...cpu("box/", "200000"), ...cpu("", "-1") }],
  ["nonsense", 8, { ...TWO, "sys/fs/cgroup/cpu.max": "many of them" }],
])("%s", (_name, count, files) => {
  expect(coresHere(system(files), 8)).toBe(count);
});

it("finds some here", () => {
  expect(coresHere()).toBeGreaterThanOrEqual(1);
});
