/** What the engines do, once a second, while somebody looks. */
import type { EngineEvent, EngineNow } from "../../../../src/features/metrics/api.ts";
import { type Problem, request, toProblem } from "../../chat/problem.ts";
import { readEvents } from "../../chat/sse.ts";
import { createStore } from "../../ui/store.ts";
import { whileVisible } from "../../ui/visible.ts";

export type { EngineEvent, EngineNow };

interface State {
  readonly now: EngineEvent | null;
  /** Tokens a second, one for each of the last seconds, newest last. */
  readonly speeds: readonly number[];
  readonly problem: Problem | null;
}

/** Seconds that the curve shows. */
export const HISTORY = 60;
const PAUSE_MS = 2000;
const fresh: State = { now: null, speeds: [], problem: null };

export const store = createStore<State>(fresh);

/** Keeps the store up to date until the signal is aborted; while the page is hidden, it rests. */
export async function watchEngine(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const seen = await whileVisible(signal);
    try {
      const response = await request("/api/engine", { signal: seen });
      store.set(fresh);
      for await (const now of readEvents<EngineEvent>(response)) {
        const { speeds } = store.get();
        const { tokensPerSecond: speed } = now;
        store.set({ now, speeds: speed === null ? speeds : [...speeds, speed].slice(-HISTORY) });
      }
    } catch (thrown) {
      if (seen.aborted) continue;
      store.set({ problem: toProblem(thrown) });
    }
    if (!seen.aborted) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
