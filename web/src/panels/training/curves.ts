/** The curves of runs, read while they grow. */
import { useEffect, useRef, useState } from "react";
import type { PointsReply, TrainingRun } from "../../../../src/features/training/api.ts";
import { getJson } from "../../ui/json.ts";
import { isActive } from "./Entry.tsx";
import type { Point } from "./pace.ts";

const PAUSE_MS = 2000;

/** By the id of the run. */
export function useCurves(runs: readonly TrainingRun[]): ReadonlyMap<string, readonly Point[]> {
  const [curves, setCurves] = useState<ReadonlyMap<string, readonly Point[]>>(new Map());
  const known = useRef(new Map<string, readonly Point[]>());
  const ids = runs.map(({ id }) => id).join();
  const active = runs.some(isActive);
  useEffect(() => {
    const asking = new AbortController();
    const look = async () => {
      for (const id of ids.split(",").filter(Boolean)) {
        const before = known.current.get(id) ?? [];
        // The last step once more, behind which a validation may have come.
        const after = (before.at(-1)?.step ?? 0) - 1;
        const path = `/api/training/${id}/points?after=${after}`;
        const reply = await getJson<PointsReply>(path, asking.signal).catch(() => null);
        if (asking.signal.aborted) return;
        if (reply)
          known.current.set(id, [...before.filter((one) => one.step <= after), ...reply.points]);
      }
      setCurves(new Map(known.current));
    };
    void look();
    const timer = active ? setInterval(() => void look(), PAUSE_MS) : undefined;
    return () => {
      asking.abort();
      clearInterval(timer);
    };
  }, [ids, active]);
  return curves;
}
