/**
 * Remembers beside the database that an older state of it was put there, until everybody who has to
 * know has been told, also if the power fails in between: who was erased since then must not come
 * back. The note is made just before the data counts; made in vain, it does no harm.
 */
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Opened } from "../../core/feature.ts";

const note = (home: string) => join(home, "restored.txt");

/** @param takenAt ISO time of the state that was put there */
export function noteRestore(home: string, takenAt: string): void {
  const before = pending(home)?.toISOString() ?? takenAt;
  const file = openSync(note(home), "w", 0o600);
  writeSync(file, before < takenAt ? before : takenAt);
  fsyncSync(file);
  closeSync(file);
}

/** Tells the features what they were not told yet; called before anybody is served. */
export async function tellOfRestore(
  home: string,
  features: readonly Pick<Opened, "afterRestore">[],
): Promise<void> {
  const takenAt = pending(home);
  if (!takenAt) return;
  for (const feature of features) await feature.afterRestore?.(takenAt);
  rmSync(note(home), { force: true });
}

function pending(home: string): Date | undefined {
  try {
    const takenAt = new Date(readFileSync(note(home), "utf8"));
    // Cut off while it was written: then nothing was put there, and all that was erased may be old.
    return Number.isNaN(takenAt.getTime()) ? new Date(0) : takenAt;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}
