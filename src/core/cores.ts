/**
 * How many processors this process may use. A container is given a share of the machine's, which the
 * system lets it use on all of them: as many threads would only get in each other's way. Node counts
 * what the process is bound to, and a share only where control groups are of version 2.
 * Sources: Linux, "Control Group v2", `cpu.max`; "CFS Bandwidth Control" of version 1.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

/** @param root of the files that the system describes itself by */
export function coresHere(root = "/", all = availableParallelism()): number {
  const shares = groupsOf(read(root, "proc/self/cgroup")).flatMap(({ mount, path, share }) =>
    // A group has no more than those that it is in. In a container the path may be one of the host's,
    // which is not to be seen there, and the top is the container's own.
    above(path).flatMap((one) => share(join(root, mount, one)) ?? []),
  );
  return Math.max(1, Math.floor(Math.min(all, ...shares)));
}

interface Group {
  readonly mount: string;
  readonly path: string;
  /** In processors; undefined where there is no limit. */
  share(folder: string): number | undefined;
}

/** Lines of "number:controllers:path"; of version 2 without controllers. Source: cgroups(7). */
function groupsOf(text: string): readonly Group[] {
  return text.split("\n").flatMap((line): Group[] => {
    const [, controllers, path = "/"] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === "") return [{ mount: "sys/fs/cgroup", path, share: ofTwo }];
    if (!controllers?.split(",").includes("cpu")) return [];
    return [{ mount: "sys/fs/cgroup/cpu", path, share: ofOne }];
  });
}

/** "100000 50000": of a period, in microseconds; or "max". */
function ofTwo(folder: string): number | undefined {
  const [quota = "max", period] = read(folder, "cpu.max").trim().split(" ");
  return shareOf(quota, period);
}

const ofOne = (folder: string) =>
  shareOf(read(folder, "cpu.cfs_quota_us"), read(folder, "cpu.cfs_period_us"));

/** -1, "max" and nothing are no limit. */
function shareOf(quota: string, period = ""): number | undefined {
  const share = Number.parseInt(quota, 10) / Number.parseInt(period, 10);
  return share > 0 ? share : undefined;
}

/** "/a/b" as itself, "/a" and "/". */
function above(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...above(parent)];
}

function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    // Not on this system, or not for this process to see: then it sets no limit that could be known.
    return "";
  }
}
