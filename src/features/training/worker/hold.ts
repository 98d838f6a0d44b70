/** One at a time works at a folder, whichever process it is in. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setupRuns } from "../errors.ts";

/** @throws CharlaError `training_setup_runs` while another process holds it */
export async function hold(folder: string): Promise<AsyncDisposable> {
  const file = join(folder, "held");
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(file, String(process.pid), { flag: "wx" });
      return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
      const pid = Number(await readFile(file, "utf8").catch(() => ""));
      if (attempt > 0 || lives(pid)) throw setupRuns();
      await rm(file, { force: true });
    }
  }
}

function lives(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}
