/** What Linux tells of a process in /proc: its children, memory and processor time. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

export const supported = existsSync("/proc/self/smaps_rollup");

function file(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended
  }
}

/** Processes that this one has started, and theirs. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    // The name in parentheses may hold spaces; the parent is the second field after it.
    const parent = file(`/proc/${entry}/stat`).split(") ").at(-1)?.split(" ")[1];
    if (/^\d+$/.test(entry) && parent) parents.set(Number(entry), Number(parent));
  }
  const found: number[] = [];
  for (let next = [pid]; next.length > 0; ) {
    next = [...parents].flatMap(([child, parent]) => (next.includes(parent) ? [child] : []));
    found.push(...next);
  }
  return found;
}

/** Proportional set size in megabytes of 10^6 bytes: shared pages count once over all processes. */
export function memory(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(file(`/proc/${pid}/smaps_rollup`))?.[1];
  return (Number(kilobytes ?? Number.NaN) * 1024) / 1e6;
}

/**
 * Microseconds of processor time of the processes, all threads that still live. The scheduler
 * counts nanoseconds, where /proc/<pid>/stat counts hundredths of a second.
 */
export function processorTime(pids: readonly number[]): number {
  let nanoseconds = 0;
  for (const pid of pids) {
    for (const task of tasks(pid)) {
      nanoseconds += Number(file(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0] || 0);
    }
  }
  return nanoseconds / 1000;
}

function tasks(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
