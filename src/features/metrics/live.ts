/** What the engines do at this moment, once a second, for as long as somebody looks. */
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineLoad } from "../../core/extras.ts";
import type { EngineEvent, EngineNow } from "./api.ts";
import type { Activity } from "./measure.ts";

const EVERY_MS = 1000;
/** Engines may count in steps as coarse as a second, so the speed is a mean over a few. */
const WINDOW = 3;

/**
 * @param loads of the engines in memory
 * @param whole tells also what is counted, which would show a member the sizes of others' texts
 */
export async function* watch(
  activity: Activity,
  loads: () => readonly EngineLoad[],
  whole: boolean,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  const samples: Sample[] = [];
  while (!signal.aborted) {
    const now = loads();
    samples.push({ at: performance.now(), tokens: written(now, activity) });
    if (samples.length > WINDOW + 1) samples.shift();
    yield {
      whole,
      tokensPerSecond: whole ? speed(samples) : null,
      running: activity.running,
      serverMemoryBytes: whole ? process.memoryUsage.rss() : null,
      engines: now.map(whole ? toNow : toGlimpse),
    };
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** How many tokens had been written at a time, in milliseconds on the clock of `performance`. */
interface Sample {
  readonly at: number;
  readonly tokens: number;
}

/** The engines' own count is exact; without one, the pieces of text are counted. */
function written(loads: readonly EngineLoad[], activity: Activity): number {
  if (loads.length === 0) return activity.tokens;
  return loads.reduce((sum, { counters }) => sum + counters.completionTokens, 0);
}

export function speed(samples: readonly Sample[]): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last || last === first) return null;
  // An engine that is closed takes its count along.
  return Math.max(0, ((last.tokens - first.tokens) * 1000) / (last.at - first.at));
}

function toNow({ lastFailure, ...load }: EngineLoad): EngineNow {
  return { ...load, lastFailure: lastFailure?.toJSON() ?? null };
}

/** How busy it is, and nothing that grows with anybody's text. */
function toGlimpse({ model, name, slots, busy, queued, kvTokens }: EngineLoad): EngineNow {
  const hidden = { kvUsedTokens: null, counters: null, memoryBytes: null, lastFailure: null };
  return { model, name, slots, busy, queued, kvTokens, ...hidden };
}
