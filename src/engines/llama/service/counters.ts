/** What the engine has done since it was started, over all its processes. */
import type { EngineLoad } from "../../../core/extras.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Those that are counted where answers pass by; the others are counted where they happen. */
export type Counters = Mutable<Omit<EngineLoad["counters"], "refused" | "restarts">>;

export function counters(): Counters {
  return {
    ...{ promptTokens: 0, cachedTokens: 0, restoredTokens: 0, completionTokens: 0 },
    ...{ requests: 0, cancelled: 0 },
  };
}
