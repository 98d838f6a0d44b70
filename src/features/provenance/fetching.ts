/** Long work of the feature's commands: ended by Ctrl-C, and what is fetched has a line of progress. */

export function interrupted(): AbortController {
  const abort = new AbortController();
  process.once("SIGINT", () => abort.abort(new Error("interrupted")));
  return abort;
}

/** @param total bytes that will come, about */
export async function fetching(
  name: string,
  total: number,
  load: (onBytes: (bytes: number) => void, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const { progressLine } = await import("../../terminal/progress.ts");
  const { signal } = interrupted();
  const line = progressLine(process.stderr);
  try {
    await load((bytes) => line.show(name, Math.min(bytes, total), total, null), signal);
  } finally {
    line.clear();
  }
}
