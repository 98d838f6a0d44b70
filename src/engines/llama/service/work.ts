/** A piece of work that is done again by the next process when one dies at it. */
import type { Channel } from "./channel.ts";
import { Gone } from "./channel.ts";
import { deadly } from "./errors.ts";
import type { Supervisor } from "./supervisor.ts";
import { type Quarantine, Suspicion } from "./suspects.ts";

export interface Ground {
  /** The model's, for errors. */
  readonly name: string;
  readonly supervisor: Supervisor;
  readonly quarantine: Quarantine;
}

/**
 * Does it until a process lives to the end of it.
 *
 * @param work throws Gone when the process has died; it is called again with the next one
 * @returns undefined when it was aborted before it could end
 * @throws CharlaError `request_stops_engine`, `engine_given_up`, `engine_stopped`, and what `work`
 *   throws
 */
export async function persist<Result>(
  { name, supervisor, quarantine }: Ground,
  signal: AbortSignal,
  work: (channel: Channel) => Promise<Result>,
): Promise<Result | undefined> {
  const suspicion = new Suspicion();
  while (!signal.aborted) {
    await Promise.race([supervisor.up(), aborted(signal)]);
    if (!(await quarantine.enter(suspicion.apart, signal))) return undefined;
    try {
      if (signal.aborted) return undefined;
      // It may have died again while others were let in before.
      return await work(await supervisor.up());
    } catch (thrown) {
      if (!(thrown instanceof Gone)) throw thrown;
      suspicion.saw(thrown);
      if (suspicion.guilty && !signal.aborted) throw deadly(name);
    } finally {
      quarantine.leave();
    }
  }
  return undefined;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
