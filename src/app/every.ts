/** Work that features want done again and again. */
import type { Repeated } from "../core/feature.ts";

/**
 * Does each once, and then again and again until it is disposed of, which waits for what is being
 * done. What fails is logged, keeps nobody from the server, and is tried again at its time.
 */
export async function repeat(
  work: readonly Repeated[],
  log: (line: string, error: unknown) => void,
): Promise<AsyncDisposable> {
  const turns = new Map<Repeated, { timer?: NodeJS.Timeout; running: Promise<unknown> }>();
  let over = false;
  const once = async (one: Repeated) => {
    const running = one.run().catch((thrown) => log(one.failed, thrown));
    turns.set(one, { running });
    await running;
    if (!over) turns.set(one, { running, timer: setTimeout(once, one.ms, one) });
  };
  for (const one of work) await once(one);
  return {
    async [Symbol.asyncDispose]() {
      over = true;
      for (const { timer } of turns.values()) clearTimeout(timer);
      await Promise.all([...turns.values()].map(({ running }) => running));
    },
  };
}
