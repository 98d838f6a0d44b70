/** What the feature's commands fetch, with a line of progress; Ctrl-C ends it. */
import { interruptible } from "../../terminal/interrupt.ts";

/** @param total bytes that will come, about */
export async function fetching(
  name: string,
  total: number,
  load: (onBytes: (bytes: number) => void, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const { progressLine } = await import("../../terminal/progress.ts");
  using stopping = interruptible();
  const line = progressLine(process.stderr);
  try {
    await load((bytes) => line.show(name, Math.min(bytes, total), total, null), stopping.signal);
  } finally {
    line.clear();
  }
}
