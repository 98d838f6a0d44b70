/** What is older than its period goes: at the start, and every day. */
import type { RecordAct } from "../../core/audit.ts";
import type { Feature } from "../../core/feature.ts";
import { periodsOf, type RetentionPolicy } from "./policy.ts";

export const DAY_MS = 86_400_000;

interface Ground {
  features(): readonly Feature[];
  readonly record: RecordAct;
  readonly policy: RetentionPolicy;
}

/** @returns how much of each kind went */
export async function expire(ground: Ground): Promise<Readonly<Record<string, number>>> {
  const periods = periodsOf(ground.policy);
  const counts: Record<string, number> = {};
  for (const feature of ground.features()) {
    for (const { what, count } of (await feature.expire?.(periods)) ?? []) {
      if (count > 0) counts[what] = (counts[what] ?? 0) + count;
    }
  }
  if (Object.keys(counts).length === 0) return counts;
  await ground.record({ actor: "system", act: "retention.ran", details: counts });
  return counts;
}
