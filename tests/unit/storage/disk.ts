/**
 * A small disk of its own, in memory, to fill up or make read-only. Needs root on Linux.
 */
import { execFileSync } from "node:child_process";
import { onTestFinished } from "vitest";

export const NO_DISK = "mounting a disk in memory needs root on Linux";

const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { stdio: "ignore" });

/** @returns false where this user or system cannot mount one */
export function mountDisk(at: string, size: string): boolean {
  try {
    run("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", at);
  } catch {
    return false;
  }
  onTestFinished(() => void run("umount", "-l", at));
  return true;
}

/** @param option "ro" or "size=..." */
export function remountDisk(at: string, option: string): void {
  run("mount", "-o", `remount,${option}`, at);
}
